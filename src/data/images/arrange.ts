/** Moving the pixels of an image: turning, cropping, padding. */
import type { Pixels } from './pixels.js';

/** Turns and mirrors an image that was taken in an orientation of Exif 2.32, table 6 (1 is upright). */
export function oriented(pixels: Pixels, orientation: number): Pixels {
  if (orientation <= 1 || orientation > 8) return pixels;
  const { width, height, channels, data } = pixels;
  const turned = orientation >= 5;
  const [newWidth, newHeight] = turned ? [height, width] : [width, height];
  const mirrorX = [2, 3, 7, 8].includes(orientation);
  const mirrorY = [3, 4, 6, 7].includes(orientation);
  const result = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < newHeight; y++) {
    for (let x = 0; x < newWidth; x++) {
      const [across, down] = turned ? [y, x] : [x, y];
      const fromX = mirrorX ? width - 1 - across : across;
      const fromY = mirrorY ? height - 1 - down : down;
      const from = (fromY * width + fromX) * channels;
      for (let channel = 0; channel < channels; channel++) result[to++] = data[from + channel]!;
    }
  }
  return { width: newWidth, height: newHeight, channels, data: result };
}

/**
 * The rectangle of this size whose corner lies at (left, top) of the image; what lies outside of the image is filled with
 * `fill`, a value for all channels or one for each.
 */
export function windowOf(
  { width, height, channels, data }: Pixels,
  size: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
  fill: readonly number[],
): Pixels {
  const { left, top } = size;
  const result = new Uint8Array(size.width * size.height * channels);
  for (let i = 0; i < result.length; i++) result[i] = fill[i % channels] ?? fill[0] ?? 0;
  const [from, to] = [Math.max(0, left), Math.min(width, left + size.width)];
  for (let y = Math.max(0, top); y < Math.min(height, top + size.height); y++) {
    if (from >= to) break;
    const row = data.subarray((y * width + from) * channels, (y * width + to) * channels);
    result.set(row, ((y - top) * size.width + from - left) * channels);
  }
  return { width: size.width, height: size.height, channels, data: result };
}
