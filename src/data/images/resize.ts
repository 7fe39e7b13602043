import type { Pixels } from './pixels.js';

export type Interpolation = 'nearest' | 'bilinear' | 'bicubic';

interface Kernel {
  /** Half its width, in pixels. */
  readonly support: number;
  weight(distance: number): number;
}

const kernels: Readonly<Record<Exclude<Interpolation, 'nearest'>, Kernel>> = {
  bilinear: { support: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) },
  /** R. Keys, "Cubic convolution interpolation", 1981, with a = -0.5. */
  bicubic: {
    support: 2,
    weight(distance) {
      const [x, a] = [Math.abs(distance), -0.5];
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
};

/** Bits behind the point of a weight. */
const PRECISION = 22;

/** For each pixel of a line: where its sources begin, and their weights in fixed point. */
interface Line {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `taps` to a pixel. */
  readonly weights: Int32Array;
  readonly taps: number;
}

/**
 * Resizes an image, pixel centers at halves. With `antialias` the kernel widens where the image shrinks, and the result is
 * that of Pillow's Image.resize to the bit (two passes in fixed point, horizontal first); without, each pixel is
 * interpolated from its nearest neighbours alone, as torch.nn.functional.interpolate(align_corners=False) and OpenCV do.
 */
export function resize(
  pixels: Pixels,
  width: number,
  height: number,
  interpolation: Interpolation,
  antialias: boolean,
): Pixels {
  if (width === pixels.width && height === pixels.height) return pixels;
  if (interpolation === 'nearest') return nearest(pixels, width, height);
  const kernel = kernels[interpolation];
  const { channels } = pixels;
  let { data } = pixels;
  if (width !== pixels.width) {
    const line = lineOf(pixels.width, width, kernel, antialias);
    data = filterRows(data, pixels.width, pixels.height, channels, line);
  }
  if (height !== pixels.height) {
    const line = lineOf(pixels.height, height, kernel, antialias);
    data = filterColumns(data, width * channels, line);
  }
  return { width, height, channels, data };
}

function nearest({ width, height, channels, data }: Pixels, newWidth: number, newHeight: number): Pixels {
  const source = (i: number, from: number, to: number) => Math.min(from - 1, Math.floor(((i + 0.5) * from) / to));
  const result = new Uint8Array(newWidth * newHeight * channels);
  for (let y = 0, to = 0; y < newHeight; y++) {
    const row = source(y, height, newHeight) * width;
    for (let x = 0; x < newWidth; x++) {
      const from = (row + source(x, width, newWidth)) * channels;
      for (let channel = 0; channel < channels; channel++) result[to++] = data[from + channel]!;
    }
  }
  return { width: newWidth, height: newHeight, channels, data: result };
}

function lineOf(from: number, to: number, { support, weight }: Kernel, antialias: boolean): Line {
  const scale = from / to;
  const stretch = antialias ? Math.max(1, scale) : 1;
  const reach = support * stretch;
  const taps = Math.ceil(reach) * 2 + 1;
  const [starts, counts, weights] = [new Int32Array(to), new Int32Array(to), new Int32Array(to * taps)];
  const exact = new Float64Array(taps);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - reach + 0.5));
    const count = Math.min(from, Math.trunc(center + reach + 0.5)) - start;
    let sum = 0;
    for (let tap = 0; tap < count; tap++) {
      exact[tap] = weight((tap + start - center + 0.5) * (1 / stretch));
      sum += exact[tap]!;
    }
    starts[i] = start;
    counts[i] = count;
    for (let tap = 0; tap < count; tap++) {
      const share = (sum === 0 ? exact[tap]! : exact[tap]! / sum) * 2 ** PRECISION;
      weights[i * taps + tap] = Math.trunc(share < 0 ? share - 0.5 : share + 0.5);
    }
  }
  return { starts, counts, weights, taps };
}

const half = 1 << (PRECISION - 1);

function clipped(sum: number): number {
  const value = sum >> PRECISION;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

function filterRows(data: Uint8Array, width: number, height: number, channels: 1 | 3, line: Line): Uint8Array {
  const { starts, counts, weights, taps } = line;
  const newWidth = starts.length;
  const result = new Uint8Array(newWidth * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < newWidth; x++) {
      let from = (y * width + starts[x]!) * channels;
      const last = x * taps + counts[x]!;
      if (channels === 1) {
        let sum = half;
        for (let tap = x * taps; tap < last; tap++) sum += data[from++]! * weights[tap]!;
        result[to++] = clipped(sum);
        continue;
      }
      let red = half;
      let green = half;
      let blue = half;
      for (let tap = x * taps; tap < last; tap++, from += 3) {
        const weight = weights[tap]!;
        red += data[from]! * weight;
        green += data[from + 1]! * weight;
        blue += data[from + 2]! * weight;
      }
      result[to] = clipped(red);
      result[to + 1] = clipped(green);
      result[to + 2] = clipped(blue);
      to += 3;
    }
  }
  return result;
}

function filterColumns(data: Uint8Array, rowLength: number, line: Line): Uint8Array {
  const { starts, counts, weights, taps } = line;
  const result = new Uint8Array(starts.length * rowLength);
  const sums = new Int32Array(rowLength);
  for (let y = 0; y < starts.length; y++) {
    sums.fill(half);
    for (let tap = 0; tap < counts[y]!; tap++) {
      const weight = weights[y * taps + tap]!;
      const row = (starts[y]! + tap) * rowLength;
      for (let x = 0; x < rowLength; x++) sums[x]! += data[row + x]! * weight;
    }
    for (let x = 0; x < rowLength; x++) result[y * rowLength + x] = clipped(sums[x]!);
  }
  return result;
}
