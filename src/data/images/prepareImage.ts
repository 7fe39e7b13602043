import { readFile, stat } from 'node:fs/promises';
import { systemReason } from '../../onnx/systemReason.js';
import { decodeImage } from './decodeImage.js';
import { ImageError, type Pixels } from './pixels.js';
import { preparedPixels, type PixelPlan } from './preparedPixels.js';

/** The longest file that is read as an image. */
const longestFile = 512 << 20;

/** Reads an image file as the model sees it, on the thread that asks. Throws an ImageError. */
export async function prepareImage(file: string, plan: PixelPlan): Promise<Pixels> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new ImageError('there is no such file');
  if (found.size > longestFile) throw new ImageError(`it is longer than ${longestFile} bytes`);
  const bytes = await readFile(file).catch((error: Error) => {
    throw new ImageError(systemReason(error.message), { cause: error });
  });
  return preparedPixels(await decodeImage(bytes, plan.orient), plan);
}
