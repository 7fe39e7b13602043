import { encode } from 'fast-png';
import { decodeJpeg, exifOrientation } from './jpeg.js';
import { oriented } from './arrange.js';
import { ImageError, type Pixels } from './pixels.js';
import { decodePng, pngOrientation, pngSignature } from './png.js';

/**
 * Decodes a JPEG or PNG, told by its first bytes. `orient` turns it as its camera was held (Exif), as OpenCV does and Pillow
 * does not of itself. Throws an ImageError.
 */
export async function decodeImage(bytes: Uint8Array, orient: boolean): Promise<Pixels> {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    const pixels = decodeJpeg(bytes);
    return orient ? oriented(pixels, exifOrientation(bytes)) : pixels;
  }
  if (pngSignature.every((byte, i) => bytes[i] === byte)) {
    const pixels = await decodePng(bytes);
    return orient ? oriented(pixels, pngOrientation(bytes)) : pixels;
  }
  throw new ImageError('it is neither JPEG nor PNG');
}

/** The pixels as a PNG file. */
export function encodePng({ width, height, channels, data }: Pixels): Uint8Array {
  return encode({ width, height, channels, depth: 8, data });
}
