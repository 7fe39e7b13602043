/** An image in memory: rows from the top, 8 bits a channel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Gray, or red, green and blue. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Why an image cannot be read, in words that end a sentence. */
export class ImageError extends Error {}

/** The most pixels of an image: what a file claims is believed up to here, and memory for it is taken no earlier. */
export const mostPixels = 2 ** 26;

/** Throws an ImageError where an image claims more than may be decoded, or nothing. */
export function checkSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw new ImageError(`it claims a size of ${width} x ${height} pixels`);
  if (width * height > mostPixels) {
    throw new ImageError(`it claims ${width} x ${height} pixels, more than the ${mostPixels} that are read`);
  }
}

/** Gray as three equal channels. */
export function toRgb({ width, height, channels, data }: Pixels): Pixels {
  if (channels === 3) return { width, height, channels, data };
  const rgb = new Uint8Array(3 * data.length);
  for (let i = 0, at = 0; i < data.length; i++, at += 3) rgb[at] = rgb[at + 1] = rgb[at + 2] = data[i]!;
  return { width, height, channels: 3, data: rgb };
}

/** Luma of ITU-R BT.601 in 16-bit fixed point, as Pillow's conversion to "L" computes it. */
export function toGray({ width, height, channels, data }: Pixels): Pixels {
  if (channels === 1) return { width, height, channels, data };
  const gray = new Uint8Array(width * height);
  for (let i = 0, at = 0; i < gray.length; i++, at += 3) {
    gray[i] = (19595 * data[at]! + 38470 * data[at + 1]! + 7471 * data[at + 2]! + 0x8000) >> 16;
  }
  return { width, height, channels: 1, data: gray };
}
