/** PNG images (W3C, Portable Network Graphics, second edition). */
import { promisify } from 'node:util';
import { crc32, deflateSync, inflate } from 'node:zlib';
import { convertIndexedToRgb, decode, type DecodedPng } from 'fast-png';
import { orientationIn } from './exif.js';
import { checkSize, ImageError, type Pixels } from './pixels.js';

const inflateBytes = promisify(inflate) as (bytes: Uint8Array, options: object) => Promise<Buffer>;

export const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colorType: number;
  readonly interlaced: boolean;
}

/** Channels by color type: gray, color, palette, gray with alpha, color with alpha. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Adam7: where each pass begins and how far its pixels lie apart, in columns and rows. */
const passes: readonly (readonly [x: number, y: number, dx: number, dy: number])[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** How the camera was held, of the chunk eXIf (PNG, third edition, 11.3.3.5); 1 where the file does not say. */
export function pngOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = pngSignature.length; at + 12 <= bytes.byteLength;) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.byteLength) return 1;
    // The four letters eXIf.
    if (view.getUint32(at + 4) === 0x65584966) {
      return orientationIn(new DataView(bytes.buffer, bytes.byteOffset + at + 8, length));
    }
    at += 12 + length;
  }
  return 1;
}

/**
 * Decodes a PNG of any kind; of 16 bits a channel the upper 8 count, and transparency is left out, as Pillow's conversion to
 * "RGB" does. Data is inflated on another thread, and no further than the size that the header claims. Throws an ImageError.
 */
export async function decodePng(bytes: Uint8Array): Promise<Pixels> {
  const { header, palette, data } = readChunks(bytes);
  const { width, height, colorType } = header;
  checkSize(width, height);
  const parts = header.interlaced ? passes : [wholeImage];
  const plain = await inflated(data, dataBytes(header));
  const channels = colorType === 0 || colorType === 4 ? 1 : 3;
  const pixels = new Uint8Array(width * height * channels);
  let at = 0;
  for (const part of parts) {
    const size = sizeOf(header, part);
    const length = rowsBytes(header, size);
    if (length > 0)
      scatter(pixels, width, channels, part, decodeRows(header, size, palette, plain.subarray(at, at + length)));
    at += length;
  }
  return { width, height, channels, data: pixels };
}

interface Chunks {
  readonly header: Header;
  readonly palette: Uint8Array | undefined;
  /** All of IDAT. */
  readonly data: Uint8Array;
}

function readChunks(bytes: Uint8Array): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const critical = new Map<string, Uint8Array>();
  const data: Uint8Array[] = [];
  let ended = false;
  for (let at = pngSignature.length; !ended;) {
    if (at + 12 > bytes.byteLength) throw new ImageError('it ends before its last chunk');
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 8 + length;
    if (end + 4 > bytes.byteLength) throw new ImageError(`it ends inside its chunk ${type}`);
    const content = bytes.subarray(at + 8, end);
    if (['IHDR', 'PLTE', 'IDAT', 'IEND'].includes(type)) {
      if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end))
        throw new ImageError(`its chunk ${type} is damaged`);
      if (type === 'IDAT') data.push(content);
      else critical.set(type, content);
    }
    ended = type === 'IEND';
    at = end + 4;
  }
  const first = critical.get('IHDR');
  if (first?.length !== 13) throw new ImageError('its header is missing');
  const header = readHeader(first);
  const palette = critical.get('PLTE');
  if (header.colorType === 3 && !palette) throw new ImageError('its palette is missing');
  return { header, palette, data: Buffer.concat(data) };
}

function readHeader(content: Uint8Array): Header {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const [depth, colorType, interlace] = [view.getUint8(8), view.getUint8(9), view.getUint8(12)];
  const depths = colorType === 0 ? [1, 2, 4, 8, 16] : colorType === 3 ? [1, 2, 4, 8] : [8, 16];
  if (!(colorType in channelsOf) || !depths.includes(depth) || interlace > 1) {
    throw new ImageError('its header is damaged');
  }
  return { width: view.getUint32(0), height: view.getUint32(4), depth, colorType, interlaced: interlace === 1 };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

type Part = readonly [x: number, y: number, dx: number, dy: number];

const wholeImage: Part = [0, 0, 1, 1];

/** The pixels of a part of the image. */
function sizeOf({ width, height }: Size, [x, y, dx, dy]: Part): Size {
  return { width: Math.max(0, Math.ceil((width - x) / dx)), height: Math.max(0, Math.ceil((height - y) / dy)) };
}

/** Bytes of filtered rows: one for the filter, then the pixels. */
function rowsBytes({ depth, colorType }: Header, { width, height }: Size): number {
  return width === 0 ? 0 : height * (1 + Math.ceil((width * depth * channelsOf[colorType]!) / 8));
}

function dataBytes(header: Header): number {
  const parts = header.interlaced ? passes : [wholeImage];
  return parts.reduce((sum, part) => sum + rowsBytes(header, sizeOf(header, part)), 0);
}

async function inflated(data: Uint8Array, expected: number): Promise<Uint8Array> {
  const plain = await inflateBytes(data, { maxOutputLength: expected + 1 }).catch((error: unknown) => {
    const tooLong = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new ImageError(tooLong ? 'it holds more data than its size takes' : 'its data is damaged', { cause: error });
  });
  if (plain.length < expected) throw new ImageError('it ends before its last row');
  return plain.subarray(0, expected);
}

/** Decodes filtered rows that are not interlaced: as the file that holds them alone, not compressed. */
function decodeRows(
  { depth, colorType }: Header,
  { width, height }: Size,
  palette: Uint8Array | undefined,
  rows: Uint8Array,
): Pixels {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colorType], 8);
  const chunks: [string, Uint8Array][] = [['IHDR', header]];
  if (colorType === 3) chunks.push(['PLTE', palette!]);
  chunks.push(['IDAT', deflateSync(rows, { level: 0 })], ['IEND', new Uint8Array()]);
  try {
    return pixelsOf(decode(pngOf(chunks)));
  } catch (error) {
    throw new ImageError('its data is damaged', { cause: error });
  }
}

/** A file of chunks whose checksums are not asked for. */
function pngOf(chunks: readonly (readonly [type: string, content: Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.from(pngSignature)];
  for (const [type, content] of chunks) {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(content.length, 0);
    head.write(type, 4, 'latin1');
    parts.push(head, content, new Uint8Array(4));
  }
  return Buffer.concat(parts);
}

function scatter(target: Uint8Array, columns: number, channels: number, [x, y, dx, dy]: Part, part: Pixels): void {
  if (dx === 1 && dy === 1) return target.set(part.data);
  for (let row = 0, from = 0; row < part.height; row++) {
    for (let column = 0; column < part.width; column++) {
      const to = ((y + row * dy) * columns + x + column * dx) * channels;
      for (let channel = 0; channel < channels; channel++) target[to + channel] = part.data[from++]!;
    }
  }
}

function pixelsOf(png: DecodedPng): Pixels {
  const { width, height, channels, depth, data } = png;
  if (png.palette) return { width, height, channels: 3, data: Uint8Array.from(convertIndexedToRgb(png)) };
  const kept = channels < 3 ? 1 : 3;
  if (depth === 8 && kept === channels) return { width, height, channels: kept, data: data as Uint8Array };
  const pixels = new Uint8Array(width * height * kept);
  if (depth < 8) unpack(pixels, data, width, height, depth);
  else {
    const shift = depth - 8;
    for (let i = 0, from = 0, to = 0; i < width * height; i++, from += channels) {
      for (let channel = 0; channel < kept; channel++) pixels[to++] = data[from + channel]! >> shift;
    }
  }
  return { width, height, channels: kept, data: pixels };
}

/** Gray of less than 8 bits, the leftmost pixel in the highest bits; each row begins a byte. */
function unpack(pixels: Uint8Array, data: ArrayLike<number>, width: number, height: number, depth: number): void {
  const rowBytes = Math.ceil((width * depth) / 8);
  const greatest = (1 << depth) - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const code = (data[y * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & greatest;
      pixels[y * width + x] = (code * 255) / greatest;
    }
  }
}
