import type { Layer, LayerWeight } from '../graph/layers.js';
import type { Node } from '../graph/node.js';
import { Failure } from '../messages/failure.js';
import type { NumberSource } from '../tensor/measure.js';
import { elementCount, elementTypes } from '../tensor/elementType.js';
import { readNumbers } from '../tensor/numbers.js';

/** Elements of a chunk. */
const chunkElements = 1 << 20;

/** Is this input a weight whose numbers are packed beyond its element type? */
export function isPacked(node: Node, input: number): boolean {
  return node.is('MatMulNBits', 'com.microsoft') && input === 1;
}

export interface Packing {
  readonly bits: 2 | 4 | 8;
  readonly blockSize: number;
  readonly rows: number;
  readonly columns: number;
  /** Blocks, and bytes, of a row. */
  readonly blocks: number;
  readonly bytesARow: number;
}

/** `bits` holds only after `checkPacking`. */
export function packingOf({ node }: Layer, { shape }: LayerWeight): Packing {
  const bits = node.int('bits', 4) as Packing['bits'];
  const blockSize = node.int('block_size', 32);
  const [rows = 0, columns = 0] = shape;
  const blocks = Math.ceil(columns / blockSize);
  return { bits, blockSize, rows, columns, blocks, bytesARow: (blocks * blockSize * bits) / 8 };
}

/** Fails where there are not the bytes, or the scales, that the shape asks for. */
export function checkPacking(layer: Layer, weight: LayerWeight): void {
  const { bits, rows, columns, blocks, bytesARow } = packingOf(layer, weight);
  const of = { weight: weight.name, layer: layer.name };
  const found = weight.tensor.bytes.byteLength;
  const expected = rows * bytesARow;
  if (found !== expected || ![2, 4, 8].includes(bits)) {
    throw new Failure('inspect.packed-size', { ...of, found, rows, columns, bits, expected });
  }
  const { scale } = weight.quantization ?? {};
  const scales = scale && elementCount(scale.shape);
  if (scales !== undefined && scales !== rows * blocks) {
    const shape = `[${weight.shape.join(', ')}]`;
    throw new Failure('inspect.scale-shape', { ...of, scales, expected: rows * blocks, shape });
  }
}

/**
 * The real numbers [N, K] of a MatMulNBits weight (onnxruntime ContribOperators, MatMulNBits): uint8 [N, blocks, bytes a
 * block], each row of K in blocks of `block_size` numbers of `bits` bits, the low ones first; a scale a block; zero points
 * packed likewise, row by row, or as numbers of the scale's type, or 2^(bits - 1) where there are none.
 */
export function packedNumbers(layer: Layer, weight: LayerWeight): NumberSource {
  const { tensor, shape, quantization } = weight;
  const { bits, blockSize, rows, columns, blocks, bytesARow } = packingOf(layer, weight);
  return {
    shape,
    async *chunks(signal) {
      checkPacking(layer, weight);
      const scales = quantization?.scale ? await readNumbers(quantization.scale) : undefined;
      const zeroPoints = await packedZeroPoints(layer, weight);
      const rowsAChunk = Math.max(1, Math.floor(chunkElements / Math.max(1, columns)));
      for (let row = 0; row < rows; row += rowsAChunk) {
        signal?.throwIfAborted();
        const count = Math.min(rowsAChunk, rows - row);
        const bytes = await tensor.bytes.read(row * bytesARow, (row + count) * bytesARow);
        const real = new Float32Array(count * columns);
        for (let i = 0; i < count; i++) {
          for (let k = 0; k < columns; k++) {
            const block = (row + i) * blocks + Math.floor(k / blockSize);
            const code = bitsAt(bytes, i * bytesARow * 8 + k * bits, bits);
            real[i * columns + k] = (code - zeroPoints(block)) * (scales?.[block] ?? 1);
          }
        }
        yield real;
      }
    },
  };
}

/** The zero point of a block, by its place among all: as stored, or in the middle where none is. */
export async function packedZeroPoints(layer: Layer, weight: LayerWeight): Promise<(block: number) => number> {
  const { bits, blocks } = packingOf(layer, weight);
  const stored = weight.quantization?.zeroPoint;
  if (!stored) return () => 2 ** (bits - 1);
  if (elementTypes[stored.elementType].kind === 'float') {
    const numbers = await readNumbers(stored);
    return (block) => numbers[block]!;
  }
  const packed = await stored.bytes.read();
  const bytesOfARow = Math.ceil((blocks * bits) / 8);
  return (block) => bitsAt(packed, Math.floor(block / blocks) * bytesOfARow * 8 + (block % blocks) * bits, bits);
}

/** The codes of a MatMulNBits weight [N, K], row by row; those that only fill up the last block of a row are left out. */
export function packedCodes(layer: Layer, weight: LayerWeight): NumberSource {
  const { bits, rows, columns, bytesARow } = packingOf(layer, weight);
  return {
    shape: weight.shape,
    async *chunks(signal) {
      checkPacking(layer, weight);
      const rowsAChunk = Math.max(1, Math.floor(chunkElements / Math.max(1, columns)));
      for (let row = 0; row < rows; row += rowsAChunk) {
        signal?.throwIfAborted();
        const count = Math.min(rowsAChunk, rows - row);
        const bytes = await weight.tensor.bytes.read(row * bytesARow, (row + count) * bytesARow);
        const codes = new Float32Array(count * columns);
        for (let i = 0; i < count; i++) {
          for (let k = 0; k < columns; k++) codes[i * columns + k] = bitsAt(bytes, i * bytesARow * 8 + k * bits, bits);
        }
        yield codes;
      }
    },
  };
}

/** The unsigned number of 2, 4 or 8 bits that starts at a bit. */
function bitsAt(bytes: Uint8Array, bit: number, bits: number): number {
  return (bytes[bit >> 3]! >> (bit & 7)) & ((1 << bits) - 1);
}
