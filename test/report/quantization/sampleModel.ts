/** A sample model, ready for the comparison of roundings of its weights. */
import { join } from 'node:path';
import { layersOf } from '../../../src/graph/layers.js';
import { copyModel } from '../../../src/graph/copy.js';
import type { Model } from '../../../src/graph/model.js';
import { parseOptions } from '../../../src/compress/options.js';
import type { Json, WorkContext } from '../../../src/compress/method.js';
import { weightRanges } from '../../../src/compress/quantize/calibration/weightRanges.js';
import { quantizationParameters } from '../../../src/compress/quantize/parameters.js';
import { prepare } from '../../../src/compress/quantize/prepare.js';
import { quantizeOptions } from '../../../src/compress/quantize/options.js';
import { roundingTasks } from '../../../src/compress/quantize/rounding/roundingTasks.js';
import { roundWeights } from '../../../src/compress/quantize/rounding/roundWeights.js';
import { scaleLayout } from '../../../src/compress/quantize/scaleLayout.js';
import { floatsOf } from '../../../src/compress/quantize/tensors.js';
import type { ValueParameters } from '../../../src/compress/quantize/valueParameters.js';
import { dequantizeArray } from '../../../src/compress/quantize/weights.js';
import type { Dataset } from '../../../src/data/dataset.js';
import { modelInputs } from '../../../src/data/modelInput.js';
import { openDataset } from '../../../src/data/openDataset.js';
import { splitDataset } from '../../../src/data/split.js';
import type { Message } from '../../../src/messages/message.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { laboratoryOn } from '../../../src/recipe/laboratory.js';
import { loadModel } from '../../../src/runtime/loadModel.js';
import type { Runtime } from '../../../src/runtime/session.js';
import { tensorOfArray } from '../../../src/tensor/tensor.js';
import { root } from '../../rig/folders.js';

export type Scales = 'minmax' | 'mse';

export interface Quality {
  /** In 0..1. */
  readonly accuracy: number;
  /** Mean Kullback-Leibler divergence of the class distribution from the float model's, in nats. */
  readonly divergence: number;
}

const target = { exactInt8Sums: true };

export interface Rounded {
  readonly model: Model;
  readonly notes: readonly Message[];
}

export type Part = 'validate' | 'test';

export class SampleModel {
  private constructor(
    readonly name: string,
    private readonly model: Model,
    private readonly runtime: Runtime,
    private readonly calibration: Dataset,
    private readonly test: Dataset,
    readonly close: () => Promise<void>,
  ) {}

  static async open(name: string, runtime: Runtime): Promise<SampleModel> {
    const folder = name === 'lenet-5' ? ['media', 'sample'] : ['test', 'fixtures'];
    const opened = await openModel(join(root, ...folder, `${name}.onnx`));
    const digits = (part: string) =>
      openDataset(join(root, 'media', 'sample', `digits-${part}.npz`), modelInputs(opened.model));
    const options = parseOptions({ name: 'quantize', options: quantizeOptions }, {});
    const { model } = await prepare(opened.model, options, { target, laboratory: null, seed: 0 });
    const [calibration, test] = [await digits('calibration'), await digits('test')];
    return new SampleModel(name, model, runtime, calibration, test, () => opened.close());
  }

  get float(): Model {
    return this.model;
  }

  /** The weights of all layers per channel at so many bits, rounded as the options say, as real numbers in the model. */
  async round(
    bits: 2 | 4,
    scales: Scales,
    settings: Readonly<Record<string, Json>>,
    seed: number,
    onProgress?: (fraction: number) => void,
  ): Promise<Rounded> {
    const { model } = this;
    const options = parseOptions({ name: 'quantize', options: quantizeOptions }, settings);
    const { fit } = splitDataset(this.calibration, seed);
    const context: WorkContext = {
      target,
      laboratory: laboratoryOn(fit, this.runtime, this.name),
      seed,
      onProgress,
    };
    const parameters = await channelParameters(model, bits, scales);
    const tasks = await roundingTasks(model, parameters, () => true);
    const { weights, notes } = await roundWeights(model, tasks, options, context);
    const copy = copyModel(model);
    for (const [name, { codes, parameters: own }] of weights) {
      const initializer = copy.graph.initializers.get(name)!;
      const { shape } = initializer.tensor;
      const tensor = tensorOfArray({ elementType: 'float32', shape, data: dequantizeArray(codes, shape, own) });
      copy.graph.initializers.set(name, { ...initializer, tensor });
    }
    return { model: copy, notes };
  }

  /** Against the float model. `validate` is what is left of the calibration set by seed. */
  async measure(model: Model, part: Part, seed = 0): Promise<Quality> {
    const dataset = part === 'test' ? this.test : splitDataset(this.calibration, seed).validate;
    const [expected, found] = [await this.#scores(this.model, dataset), await this.#scores(model, dataset)];
    const classes = expected.length / dataset.sampleCount;
    let [correct, divergence] = [0, 0];
    for (let i = 0; i < dataset.sampleCount; i++) {
      const scores = found.subarray(i * classes, (i + 1) * classes);
      if (scores.indexOf(Math.max(...scores)) === dataset.labels![i]) correct++;
      divergence += kullbackLeibler(expected.subarray(i * classes, (i + 1) * classes), scores);
    }
    return { accuracy: correct / dataset.sampleCount, divergence: divergence / dataset.sampleCount };
  }

  async #scores(model: Model, dataset: Dataset): Promise<Float32Array> {
    const session = await loadModel(this.runtime, model);
    const { feeds } = await dataset.read(Array.from({ length: dataset.sampleCount }, (_, i) => i));
    const results = await session.run(feeds, ['logits']);
    await session.release();
    return results['logits']!.data as Float32Array;
  }
}

/** Symmetric, a scale for each output channel. */
async function channelParameters(model: Model, bits: number, scales: Scales): Promise<[string, ValueParameters][]> {
  const integers = { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 };
  const parameters = new Map<string, ValueParameters>();
  for (const { node } of layersOf(model)) {
    const weight = node.inputs[1] ?? '';
    const tensor = model.graph.initializers.get(weight)?.tensor;
    if (!tensor || !['Conv', 'Gemm', 'MatMul'].includes(node.opType)) continue;
    const axis = node.is('Conv') || node.int('transB', 0) === 1 ? 0 : 1;
    const layout = scaleLayout(tensor.shape, { axis });
    const parametersOf = (range: { min: number; max: number }) => quantizationParameters(range, integers, true);
    const options = { calibration: scales, percentile: 100, symmetric: true, integers, parametersOf };
    const found = weightRanges(await floatsOf(tensor), layout, options)!.map(parametersOf);
    parameters.set(weight, {
      type: 'int8',
      axis,
      integers,
      scales: Float32Array.from(found, ({ scale }) => scale),
      zeroPoints: found.map(({ zeroPoint }) => zeroPoint),
    });
  }
  return [...parameters];
}

function kullbackLeibler(expected: Float32Array, found: Float32Array): number {
  const [p, q] = [logSoftmax(expected), logSoftmax(found)];
  return p.reduce((sum, log, i) => sum + Math.exp(log) * (log - q[i]!), 0);
}

function logSoftmax(scores: Float32Array): Float64Array {
  const most = Math.max(...scores);
  const total = Math.log(scores.reduce((sum, score) => sum + Math.exp(score - most), 0));
  return Float64Array.from(scores, (score) => score - most - total);
}
