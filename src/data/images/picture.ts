import { numbersOfArray } from '../../tensor/numbers.js';
import type { TensorArray } from '../../tensor/tensor.js';
import { imageLayout } from './imageLayout.js';
import type { Pixels } from './pixels.js';

/**
 * A tensor as the picture that it is: its first sample, from its least value (black) to its greatest (white), its channels
 * in their order as red, green and blue. Undefined where its shape is none of an image, a lone row or column among them.
 */
export function pictureOf({ elementType, shape, data }: TensorArray): Pixels | undefined {
  const layout = layoutOf(elementType, shape);
  if (!layout || layout.height === null || layout.width === null) return undefined;
  const { height, width, channels, order } = layout;
  if (height < 2 || width < 2) return undefined;
  const numbers = numbersOfArray(elementType, data).subarray(0, height * width * channels);
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of numbers) {
    if (!Number.isFinite(value)) continue;
    [least, greatest] = [Math.min(least, value), Math.max(greatest, value)];
  }
  const spread = greatest > least ? 255 / (greatest - least) : 0;
  const planar = order === 'chw' || order === 'flat';
  const result = new Uint8Array(height * width * channels);
  for (let at = 0, to = 0; at < height * width; at++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = numbers[planar ? channel * height * width + at : at * channels + channel]!;
      result[to++] = Math.max(0, Math.min(255, Math.round((value - least) * spread)));
    }
  }
  return { width, height, channels, data: result };
}

function layoutOf(elementType: TensorArray['elementType'], shape: readonly number[]) {
  try {
    return imageLayout({ name: '', elementType, shape }, {});
  } catch {
    return undefined;
  }
}
