import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import { inLanes } from '../../threads/inLanes.js';
import type { FeedSource } from '../feedSource.js';
import type { ModelInput } from '../modelInput.js';
import { imageShape, imageTensor, planImages, type ImagePlan } from './imagePlan.js';
import { readOnThisThread, type ImageReader } from './imageReader.js';
import { ImageError, type Pixels } from './pixels.js';
import type { PixelPlan } from './preparedPixels.js';
import type { Preprocessing } from './preprocessing.js';

/** The most bytes of prepared pixels that are kept for the next time they are read. */
const keptBytes = 256 << 20;
export interface ImageSourceOptions {
  readonly notes?: readonly Message[];
  /** On this thread where not given. */
  readonly reader?: ImageReader;
}

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
  { notes = [], reader = readOnThisThread }: ImageSourceOptions = {},
): FeedSource {
  const { plan, notes: planned } = planImages(preprocessing, input);
  const { height, width } = plan;
  const fixed = height !== null && width !== null;
  const images = new PreparedImages(files, plan, reader);
  return {
    name,
    input,
    elementType: plan.elementType,
    sampleCount: files.length,
    sampleShape: fixed ? imageShape(plan, height, width) : undefined,
    stacked: plan.layout.batched && fixed,
    warnings: [...planned, ...notes],
    read: async (samples) => imageTensor(await images.read(samples), plan),
  };
}

/** The images of a source as the model sees them. */
class PreparedImages {
  readonly #pixels: PixelPlan;
  readonly #kept = new Map<number, Pixels>();
  #bytes = 0;

  constructor(
    private readonly files: readonly string[],
    plan: ImagePlan,
    private readonly reader: ImageReader,
  ) {
    this.#pixels = pixelsOf(plan);
  }

  read(samples: readonly number[]): Promise<Pixels[]> {
    return inLanes(samples, this.reader.lanes, undefined, (sample) => this.#image(sample));
  }

  async #image(sample: number): Promise<Pixels> {
    const kept = this.#kept.get(sample);
    if (kept) return kept;
    const pixels = await this.#prepare(this.files[sample]!);
    // What is read in rounds is read first again: keeping the first serves the next round best.
    if (this.#bytes + pixels.data.length <= keptBytes && !this.#kept.has(sample)) {
      this.#kept.set(sample, pixels);
      this.#bytes += pixels.data.length;
    }
    return pixels;
  }

  /** Fails with `data.image` that names the file. */
  async #prepare(file: string): Promise<Pixels> {
    try {
      return await this.reader.read(file, this.#pixels);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      throw new Failure('data.image', { file, detail: error.message }, { cause: error });
    }
  }
}

/** Without the values, which no reader needs. */
function pixelsOf({ values: _values, range: _range, layout: _layout, ...pixels }: ImagePlan): PixelPlan {
  return pixels;
}
