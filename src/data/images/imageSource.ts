import { readFile, stat } from 'node:fs/promises';
import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import type { FeedSource } from '../feedSource.js';
import type { ModelInput } from '../modelInput.js';
import { decodeImage } from './decodeImage.js';
import { imageShape, imageTensor, planImages, preparedPixels, type ImagePlan } from './imagePlan.js';
import { ImageError, type Pixels } from './pixels.js';
import type { Preprocessing } from './preprocessing.js';

/** The most bytes of prepared pixels that are kept for the next time they are read. */
const keptBytes = 256 << 20;
/** The longest file that is read as an image. */
const longestFile = 512 << 20;

/**
 * Image files that feed an input, decoded when they are read; those read last are kept as bytes, within a bound.
 *
 * @param preprocessing null: what is usual for the input of the model, which a note tells
 */
export function imageSource(
  name: string,
  files: readonly string[],
  input: ModelInput,
  preprocessing: Preprocessing | null,
  notes: readonly Message[] = [],
): FeedSource {
  const { plan, notes: planned } = planImages(preprocessing, input);
  const { height, width } = plan;
  const fixed = height !== null && width !== null;
  const images = new PreparedImages(files, plan);
  return {
    name,
    input,
    elementType: plan.elementType,
    sampleCount: files.length,
    sampleShape: fixed ? imageShape(plan, height, width) : undefined,
    stacked: plan.layout.batched && fixed,
    warnings: [...planned, ...notes],
    async read(samples) {
      const read = [];
      for (const sample of samples) read.push(await images.read(sample));
      return imageTensor(read, plan);
    },
  };
}

class PreparedImages {
  readonly #kept = new Map<number, Pixels>();
  #bytes = 0;

  constructor(
    private readonly files: readonly string[],
    private readonly plan: ImagePlan,
  ) {}

  async read(sample: number): Promise<Pixels> {
    const kept = this.#kept.get(sample);
    if (kept) return kept;
    const pixels = await prepare(this.files[sample]!, this.plan);
    // What is read in rounds is read first again: keeping the first serves the next round best.
    if (this.#bytes + pixels.data.length <= keptBytes && !this.#kept.has(sample)) {
      this.#kept.set(sample, pixels);
      this.#bytes += pixels.data.length;
    }
    return pixels;
  }
}

/** Reads an image as the model sees it. Fails with `data.image` that names the file. */
async function prepare(file: string, plan: ImagePlan): Promise<Pixels> {
  try {
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) throw new ImageError('there is no such file');
    if (found.size > longestFile) throw new ImageError(`it is longer than ${longestFile} bytes`);
    return preparedPixels(await decodeImage(await readFile(file), plan.orient), plan);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    throw new Failure('data.image', { file, detail: error.message }, { cause: error });
  }
}
