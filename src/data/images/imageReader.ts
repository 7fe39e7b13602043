import type { Pixels } from './pixels.js';
import type { PixelPlan } from './preparedPixels.js';

/** What reads image files as a model sees them. */
export interface ImageReader {
  /** How many at once. */
  readonly lanes: number;
  /** Rejects with an ImageError. */
  read(file: string, plan: PixelPlan): Promise<Pixels>;
}

/** Reads on the thread that asks, which does nothing else meanwhile: for a few small images. */
export const readOnThisThread: ImageReader = {
  lanes: 1,
  // Decoders are loaded with the first image.
  read: async (file, plan) => (await import('./prepareImage.js')).prepareImage(file, plan),
};
