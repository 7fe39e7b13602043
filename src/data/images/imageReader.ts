import type { Pixels } from './pixels.js';
import { prepareImage } from './prepareImage.js';
import type { PixelPlan } from './preparedPixels.js';

/** What reads image files as a model sees them. */
export interface ImageReader {
  /** How many at once. */
  readonly lanes: number;
  /** Rejects with an ImageError. */
  read(file: string, plan: PixelPlan): Promise<Pixels>;
}

/** Reads on the thread that asks, which does nothing else meanwhile: for a few small images. */
export const readOnThisThread: ImageReader = { lanes: 1, read: prepareImage };
