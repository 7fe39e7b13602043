/** A worker of the ImagePool: a thread that reads one image after the other. */
import { Transfer, worker } from 'workerpool';
import { ImageError, type Pixels } from './pixels.js';
import { prepareImage } from './prepareImage.js';
import type { PixelPlan } from './preparedPixels.js';

/** What is wrong with an image is answered: thrown, it would arrive as another kind of error. */
export type ImageAnswer = Pixels | { readonly trouble: string };

async function prepare(file: string, plan: PixelPlan): Promise<ImageAnswer> {
  try {
    const pixels = await prepareImage(file, plan);
    // What is handed over is not copied.
    return new Transfer(pixels, [pixels.data.buffer]) as unknown as Pixels;
  } catch (error) {
    if (error instanceof ImageError) return { trouble: error.message };
    throw error;
  }
}

const methods = { prepare };

export type ImageWorker = typeof methods;

worker(methods);
