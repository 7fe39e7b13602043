/** The integers that onnxruntime's block quantizer makes, to the bit (MatMulNBitsQuantizer and its kernels). */
import { roundHalfToEven } from '../parameters.js';
import type { BlockedBits, BlockedMatrix } from './blockedMatrix.js';

interface Block {
  readonly scale: number;
  readonly zeroPoint: number;
}

/**
 * Quantizes a matrix [K, N] in blocks along K (MlasQuantizeBlockwise). Scales are in float32. Symmetric: the element of the
 * greatest magnitude becomes the least integer, so that a scale can be negative. Otherwise the range is widened to hold
 * zero. Codes are rounded half away from zero, by the reciprocal of the scale.
 */
export function quantizeLikeOnnxruntime(
  data: Float32Array,
  [inputs, outputs]: readonly [number, number],
  bits: BlockedBits,
  blockSize: number,
  symmetric: boolean,
): BlockedMatrix {
  const blocks = Math.ceil(inputs / blockSize);
  const codes = new Uint8Array(outputs * blocks * blockSize);
  const scales = new Float32Array(outputs * blocks);
  const zeroPoints = new Float32Array(outputs * blocks);
  const greatest = 2 ** bits - 1;
  for (let n = 0; n < outputs; n++) {
    const row = n * blocks * blockSize;
    for (let block = 0; block < blocks; block++) {
      const first = block * blockSize;
      const end = Math.min(first + blockSize, inputs);
      let min = Infinity;
      let max = -Infinity;
      for (let k = first; k < end; k++) {
        const x = data[k * outputs + n] as number;
        if (x < min) min = x;
        if (x > max) max = x;
      }
      const { scale, zeroPoint } = symmetric ? symmetricBlock(min, max, bits) : asymmetricBlock(min, max, bits);
      scales[n * blocks + block] = scale;
      zeroPoints[n * blocks + block] = zeroPoint;
      const perScale = scale === 0 ? 0 : Math.fround(1 / scale);
      for (let k = first; k < end; k++) {
        const steps = Math.fround(Math.fround((data[k * outputs + n] as number) * perScale) + zeroPoint);
        codes[row + k] = Math.min(Math.max(roundHalfAway(steps), 0), greatest);
      }
    }
    leaveFormerPack(codes, row, inputs, bits);
  }
  return { inputs, outputs, bits, blockSize, codes, scales, zeroPoints: symmetric ? null : zeroPoints };
}

function symmetricBlock(min: number, max: number, bits: BlockedBits): Block {
  const middle = 2 ** (bits - 1);
  const farthest = Math.abs(max) > Math.abs(min) ? max : min;
  return { scale: Math.fround(farthest / -middle), zeroPoint: middle };
}

function asymmetricBlock(min: number, max: number, bits: BlockedBits): Block {
  const greatest = 2 ** bits - 1;
  const low = Math.min(min, 0);
  const high = Math.max(max, 0);
  const scale = Math.fround(Math.fround(high - low) / greatest);
  const zero = scale === 0 ? low : Math.fround(-Math.fround(low / scale));
  return { scale, zeroPoint: Math.min(Math.max(roundHalfAway(zero), 0), greatest) };
}

function roundHalfAway(value: number): number {
  return value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5);
}

/** Where K ends within a byte, the rest of that byte is what stood there in the byte before: the kernel leaves it so. */
function leaveFormerPack(codes: Uint8Array, row: number, inputs: number, bits: BlockedBits): void {
  const pack = 8 / bits;
  for (let k = inputs; k % pack !== 0; k++) codes[row + k] = k < pack ? 0 : (codes[row + k - pack] as number);
}

export interface BlockedTable {
  /** Shaped as the data. */
  readonly codes: Int8Array | Uint8Array;
  /** [rows, blocks] */
  readonly scales: Float32Array;
  readonly zeroPoints: Uint8Array | null;
}

/**
 * Quantizes a table [rows, columns] to 4 bits in blocks of a row (DefaultWeightOnlyQuantizer.quantize_ndarray), which is not
 * what the kernel for matrices does: it divides by the scale, and rounds half to even behind the zero point.
 */
export function quantizeTableLikeOnnxruntime(
  data: Float32Array,
  [rows, columns]: readonly [number, number],
  blockSize: number,
  symmetric: boolean,
): BlockedTable {
  const blocks = Math.ceil(columns / blockSize);
  const codes = symmetric ? new Int8Array(data.length) : new Uint8Array(data.length);
  const scales = new Float32Array(rows * blocks);
  const zeroPoints = new Uint8Array(rows * blocks);
  const [least, greatest] = symmetric ? [-8, 7] : [0, 15];
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) {
      const first = row * columns + block * blockSize;
      const end = Math.min(first + blockSize, (row + 1) * columns);
      const elements = data.subarray(first, end);
      const { scale, zeroPoint } = tableBlock(elements, symmetric);
      scales[row * blocks + block] = scale;
      zeroPoints[row * blocks + block] = zeroPoint;
      for (const [i, x] of elements.entries()) {
        const steps = Math.fround(Math.fround(x / scale) + zeroPoint);
        const code = scale === 0 ? zeroPoint : Math.min(Math.max(roundHalfToEven(steps), least), greatest);
        codes[first + i] = code;
      }
    }
  }
  return { codes, scales, zeroPoints: symmetric ? null : zeroPoints };
}

function tableBlock(elements: Float32Array, symmetric: boolean): Block {
  const min = elements.reduce((least, each) => Math.min(least, each), Infinity);
  const max = elements.reduce((most, each) => Math.max(most, each), -Infinity);
  if (symmetric) return { scale: Math.fround((Math.abs(max) > Math.abs(min) ? max : min) / -8), zeroPoint: 0 };
  const low = Math.min(min, 0);
  const scale = Math.fround(Math.fround(Math.max(max, 0) - low) / 15);
  const zero = scale === 0 ? 8 : roundHalfToEven(Math.fround(-low / scale));
  return { scale, zeroPoint: Math.min(Math.max(zero, 0), 15) };
}
