/** A matrix as MatMulNBits stores it (onnxruntime, ContribOperators.md, MatMulNBits). */
import { packBits } from '../../../tensor/packedBits.js';
import type { RoundedWeight } from '../rounding/rounding.js';
import { scaleLayout } from '../scaleLayout.js';

/** The widths that MatMulNBits has kernels for. */
export type BlockedBits = 2 | 4 | 8;

export interface BlockedMatrix {
  /** K inputs, N outputs. */
  readonly inputs: number;
  readonly outputs: number;
  readonly bits: BlockedBits;
  /** A power of two of 16 or more. */
  readonly blockSize: number;
  /** [N, blocks * blockSize], unsigned, an element a code. */
  readonly codes: Uint8Array;
  /** [N, blocks] */
  readonly scales: Float32Array;
  /** [N, blocks], unsigned; whole numbers but for half-quadratic quantization. Null: all in the middle of the range. */
  readonly zeroPoints: Float32Array | null;
}

/**
 * The blocked form of the integers of a matrix, whose sums run over `blockAxis`. Where its scales are those of columns or
 * of the whole, each block has a copy. What fills the last block up stands for zero.
 */
export function blockedMatrix(
  { codes, parameters }: RoundedWeight,
  shape: readonly [number, number],
  blockAxis: number,
  bits: BlockedBits,
): BlockedMatrix {
  const inputs = shape[blockAxis] as number;
  const outputs = shape[1 - blockAxis] as number;
  const blockSize = parameters.blockSize ?? fittingBlockSize(inputs);
  const blocks = Math.ceil(inputs / blockSize);
  const lowest = parameters.type.startsWith('u') ? 0 : -(2 ** (bits - 1));
  const { scaleOf } = scaleLayout(shape, parameters);
  const elementAt = (n: number, k: number) => (blockAxis === 0 ? k * outputs + n : n * inputs + k);
  const scales = new Float32Array(outputs * blocks);
  const zeroPoints = new Float32Array(outputs * blocks);
  const unsigned = new Uint8Array(outputs * blocks * blockSize);
  for (let n = 0; n < outputs; n++) {
    for (let block = 0; block < blocks; block++) {
      const first = block * blockSize;
      const end = Math.min(first + blockSize, inputs);
      const at = n * blocks + block;
      const scale = scaleOf(elementAt(n, first));
      const zeroPoint = (parameters.zeroPoints[scale] as number) - lowest;
      scales[at] = parameters.scales[scale] as number;
      zeroPoints[at] = zeroPoint;
      const row = n * blocks * blockSize;
      for (let k = first; k < end; k++) unsigned[row + k] = (codes[elementAt(n, k)] as number) - lowest;
      unsigned.fill(Math.round(zeroPoint), row + end, row + first + blockSize);
    }
  }
  const middle = 2 ** (bits - 1);
  return {
    inputs,
    outputs,
    bits,
    blockSize,
    codes: unsigned,
    scales,
    zeroPoints: zeroPoints.every((each) => each === middle) ? null : zeroPoints,
  };
}

/** The block size that wastes least where all blocks of a column share a scale; of equals the largest. */
function fittingBlockSize(inputs: number): number {
  const bytesOf = (size: number) => Math.ceil(inputs / size) * (size + 8);
  return [256, 128, 64, 32, 16].reduce((best, size) => (bytesOf(size) < bytesOf(best) ? size : best));
}

/** [N, blocks, bytes of a block] */
export function packedCodes({ codes, bits }: BlockedMatrix): Uint8Array {
  return bits === 8 ? codes : packBits(codes, bits);
}

/** [N, bytes of a row]: each row begins at a byte, and is filled up with the middle of the range. */
export function packedZeroPoints(zeroPoints: ArrayLike<number>, rows: number, bits: BlockedBits): Uint8Array {
  const count = zeroPoints.length / rows;
  const width = Math.ceil((count * bits) / 8);
  const filled = new Uint8Array((rows * width * 8) / bits).fill(2 ** (bits - 1));
  const rowLength = filled.length / rows;
  for (let i = 0; i < zeroPoints.length; i++) {
    filled[Math.floor(i / count) * rowLength + (i % count)] = zeroPoints[i] as number;
  }
  return bits === 8 ? filled : packBits(filled, bits);
}
