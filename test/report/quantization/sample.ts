/** A sample model: quantized as `tare compress` does it, from file to file, and measured. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../../../src/compress/method.js';
import type { Dataset } from '../../../src/data/dataset.js';
import { modelInputs } from '../../../src/data/modelInput.js';
import { openDataset } from '../../../src/data/openDataset.js';
import { splitDataset } from '../../../src/data/split.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { compressModel } from '../../../src/recipe/pipeline.js';
import type { Runtime } from '../../../src/runtime/session.js';
import { root } from '../../rig/folders.js';
import type { Quality } from './quality.js';
import { qualityOf } from './quality.js';

export const sampleNames = [
  'lenet-300-100',
  'lenet-5',
  'resnet-digits',
  'mobilenet-digits',
  'mobilenet-digits-bn',
  'mobilenet-digits-unbalanced',
  'vit-digits',
];

/** What is asked for: a preset, options, or both. */
export interface Asked {
  readonly preset?: string;
  readonly options?: Readonly<Record<string, Json>>;
}

/** `validate`: what a seed leaves of the calibration set for decisions. */
export type Part = 'validate' | 'test';

export const digitsPath = (part: 'calibration' | 'test') => join(root, 'media', 'sample', `digits-${part}.npz`);

export function samplePath(name: string): string {
  const folder = name === 'lenet-5' ? ['media', 'sample'] : ['test', 'fixtures'];
  return join(root, ...folder, `${name}.onnx`);
}

const written = join(root, 'out', 'report', 'quantization');

export class Sample {
  /** Scores of the float model, by part and seed. */
  readonly #expected = new Map<string, Promise<Float32Array>>();

  private constructor(
    readonly name: string,
    private readonly runtime: Runtime,
    private readonly calibration: Dataset,
    private readonly test: Dataset,
  ) {}

  static async open(name: string, runtime: Runtime): Promise<Sample> {
    const { model, close } = await openModel(samplePath(name));
    const digits = (part: 'calibration' | 'test') => openDataset(digitsPath(part), modelInputs(model));
    const sample = new Sample(name, runtime, await digits('calibration'), await digits('test'));
    await close();
    return sample;
  }

  /** Writes the quantized model and gives its path, which the next one takes over. */
  async quantize({ preset, options = {} }: Asked, seed: number): Promise<string> {
    await mkdir(written, { recursive: true });
    const { output } = await compressModel(
      {
        input: samplePath(this.name),
        output: join(written, `${this.name}.onnx`),
        method: 'quantize',
        preset,
        options,
        data: digitsPath('calibration'),
        test: null,
        maxDrop: null,
        measure: false,
        seed,
      },
      { runtime: this.runtime },
    );
    return output;
  }

  async measure(path: string, part: Part, seed: number): Promise<Quality> {
    const dataset = this.#part(part, seed);
    return qualityOf(await this.#floatScores(part, seed), await this.#scores(path, dataset), dataset.labels!);
  }

  async float(part: Part, seed: number): Promise<Quality> {
    const scores = await this.#floatScores(part, seed);
    return qualityOf(scores, scores, this.#part(part, seed).labels!);
  }

  #part(part: Part, seed: number): Dataset {
    return part === 'test' ? this.test : splitDataset(this.calibration, seed).validate;
  }

  #floatScores(part: Part, seed: number): Promise<Float32Array> {
    const key = part === 'test' ? part : `${part} ${seed}`;
    const scores = this.#expected.get(key) ?? this.#scores(samplePath(this.name), this.#part(part, seed));
    this.#expected.set(key, scores);
    return scores;
  }

  async #scores(path: string, dataset: Dataset): Promise<Float32Array> {
    const session = await this.runtime.load({ kind: 'file', path });
    const { feeds } = await dataset.read(Array.from({ length: dataset.sampleCount }, (_, i) => i));
    const results = await session.run(feeds, ['logits']);
    await session.release();
    return results['logits']!.data as Float32Array;
  }
}
