/** JPEG images, decoded by libjpeg-turbo, which Pillow and OpenCV use too: the same pixels to the bit. */
import wasm from '@cwasm/jpeg-turbo/jpeg-turbo.wasm';
import { orientationIn } from './exif.js';
import { checkSize, ImageError, type Pixels } from './pixels.js';

/** The part of the TurboJPEG API (turbojpeg.h, 2.0) that the module exports; pointers are bytes of its memory. */
interface TurboJpeg {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(bytes: number): number;
  tjInitDecompress(): number;
  tjDecompressHeader3(
    handle: number,
    bytes: number,
    length: number,
    width: number,
    height: number,
    subsampling: number,
    colorSpace: number,
  ): number;
  tjDecompress2(
    handle: number,
    bytes: number,
    length: number,
    target: number,
    width: number,
    pitch: number,
    height: number,
    pixelFormat: number,
    flags: number,
  ): number;
}

/** TJPF_ and TJCS_ of turbojpeg.h. */
const pixelFormats = { rgb: 0, gray: 6, cmyk: 11 };
const colorSpaces = { gray: 2, cmyk: 3, ycck: 4 };

/** What of the global WebAssembly is used: neither Node's types nor those of ES2023 have it. */
interface WebAssemblyGlobal {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyGlobal };

let compiled: object | undefined;

/**
 * Decodes a baseline or progressive JPEG, gray, color or CMYK. Each image gets a fresh instance: one that met a damaged
 * image is in no state to go on, and the memory that a large image took is given back. Throws an ImageError.
 */
export function decodeJpeg(bytes: Uint8Array): Pixels {
  const turbo = instantiate();
  try {
    return decode(turbo, bytes);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError('its data is damaged', { cause: error });
  }
}

function instantiate(): TurboJpeg {
  compiled ??= new WebAssembly.Module(wasm);
  // libjpeg leaves an image that it cannot go on with by longjmp.
  const leave = () => {
    throw new ImageError('its data is damaged');
  };
  const nothing = () => 0;
  const system = {
    proc_exit: leave,
    environ_get: nothing,
    environ_sizes_get: nothing,
    fd_close: nothing,
    fd_seek: nothing,
    fd_write: nothing,
  };
  const { exports } = new WebAssembly.Instance(compiled, {
    env: { setjmp: nothing, longjmp: leave },
    wasi_snapshot_preview1: system,
  });
  return exports as TurboJpeg;
}

function decode(turbo: TurboJpeg, bytes: Uint8Array): Pixels {
  const handle = turbo.tjInitDecompress();
  const source = allocate(turbo, bytes.byteLength);
  new Uint8Array(turbo.memory.buffer).set(bytes, source);
  const header = allocate(turbo, 16);
  const fields = [header, header + 4, header + 8, header + 12] as const;
  if (turbo.tjDecompressHeader3(handle, source, bytes.byteLength, ...fields) !== 0) {
    throw new ImageError('its header is damaged');
  }
  const [width, height, , colorSpace] = new Uint32Array(turbo.memory.buffer, header, 4) as unknown as number[];
  checkSize(width!, height!);
  const isGray = colorSpace === colorSpaces.gray;
  const isCmyk = colorSpace === colorSpaces.cmyk || colorSpace === colorSpaces.ycck;
  const [format, channels] = isGray ? [pixelFormats.gray, 1] : isCmyk ? [pixelFormats.cmyk, 4] : [pixelFormats.rgb, 3];
  const length = width! * height! * channels;
  const target = allocate(turbo, length);
  const pitch = width! * channels;
  const status = turbo.tjDecompress2(handle, source, bytes.byteLength, target, width!, pitch, height!, format, 0);
  // Anything but 0 is a warning here: of an image without its end, or of one with bytes too many, which all readers accept.
  if (status !== 0 && !hasEnd(bytes)) throw new ImageError('it ends before its last row');
  const data = new Uint8Array(turbo.memory.buffer, target, length);
  const size = { width: width!, height: height! };
  if (isCmyk) return { ...size, channels: 3, data: rgbOfCmyk(data, bytes) };
  return { ...size, channels: isGray ? 1 : 3, data: data.slice() };
}

function allocate(turbo: TurboJpeg, bytes: number): number {
  const pointer = turbo.malloc(bytes);
  if (pointer === 0) throw new ImageError('it is too large for the memory of its decoder');
  return pointer;
}

/** Whether the marker EOI stands somewhere behind the image. */
function hasEnd(bytes: Uint8Array): boolean {
  for (let at = bytes.byteLength - 2; at > 1; at--) if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  return false;
}

/** Adobe stores inks inverted; without profiles, what an ink takes away is taken from what black leaves (as Pillow does). */
function rgbOfCmyk(inks: Uint8Array, file: Uint8Array): Uint8Array {
  const inverted = hasAdobeMarker(file);
  const rgb = new Uint8Array((inks.length / 4) * 3);
  for (let from = 0, to = 0; from < inks.length; from += 4) {
    const ink = (i: number) => (inverted ? 255 - inks[from + i]! : inks[from + i]!);
    const left = 255 - ink(3);
    for (let channel = 0; channel < 3; channel++) rgb[to++] = Math.max(0, left - product255(ink(channel), left));
  }
  return rgb;
}

/** a * b / 255, rounded. */
function product255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

function hasAdobeMarker(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { marker, start, end } of segments(view)) {
    if (marker === 0xee && end - start >= 12 && text(view, start, 5) === 'Adobe') return true;
  }
  return false;
}

interface Segment {
  readonly marker: number;
  /** Where its content begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** The segments before the first scan (ITU-T T.81, annex B). */
function* segments(view: DataView): Generator<Segment> {
  for (let at = 2; at + 4 <= view.byteLength && view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = view.getUint16(at + 2);
    const end = at + 2 + length;
    if (marker === 0xda || length < 2 || end > view.byteLength) return;
    yield { marker, start: at + 4, end };
    at = end;
  }
}

function text(view: DataView, at: number, length: number): string {
  return String.fromCharCode(...Array.from({ length }, (_, i) => view.getUint8(at + i)));
}

/** How the camera was held, as `orientationIn` tells; 1 where the file does not say. */
export function exifOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { marker, start, end } of segments(view)) {
    if (marker !== 0xe1 || end - start < 6 || text(view, start, 6) !== 'Exif\0\0') continue;
    return orientationIn(new DataView(bytes.buffer, bytes.byteOffset + start + 6, end - start - 6));
  }
  return 1;
}
