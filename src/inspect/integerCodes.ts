/** The integers that a quantized weight is stored as, and the grid that they stand on. */
import type { Layer, LayerWeight } from '../graph/layers.js';
import { elementTypes } from '../tensor/elementType.js';
import { readNumbers, tensorNumbers } from '../tensor/numbers.js';
import { dequantizationOf } from './dequantization.js';
import { isPacked, packedCodes, packedZeroPoints, packingOf } from './packedNumbers.js';

export interface IntegerCodes {
  /** The least and the greatest code that the type, or the packing, has. */
  readonly first: number;
  readonly last: number;
  /** How often each code occurs, from `first` on; where there are more than 256, neighbours share a count. */
  readonly counts: Float64Array;
  readonly codesPerCount: number;
  readonly elements: number;
  /** Codes that occur at all. */
  readonly used: number;
  /** The least and the greatest of them, and how many elements have each: what was clipped lies there. */
  readonly least: number;
  readonly greatest: number;
  readonly atLeast: number;
  readonly atGreatest: number;
  /** Scales and zero points in the order that the file has them: one, one a channel of `axis`, or one a block. */
  readonly scales: Float64Array;
  readonly zeroPoints: Float64Array;
  readonly axis: number | null;
  readonly blockSize: number | null;
}

const mostCounts = 256;

/** Reads the weight once. Undefined where its elements are no integers of up to 16 bits that stand for real numbers. */
export async function integerCodes(
  layer: Layer,
  weight: LayerWeight,
  signal?: AbortSignal,
): Promise<IntegerCodes | undefined> {
  const packed = isPacked(layer.node, weight.input);
  const range = packed ? packedRange(layer, weight) : typeRange(weight);
  if (!weight.quantization || weight.sparse || !range) return undefined;
  const { first, last } = range;
  const occurs = new Float64Array(last - first + 1);
  const source = packed ? packedCodes(layer, weight) : tensorNumbers(weight.tensor);
  for await (const chunk of source.chunks(signal)) {
    for (let i = 0; i < chunk.length; i++) occurs[chunk[i]! - first]!++;
  }
  return { ...range, ...summaryOf(occurs, first), ...(await gridOf(layer, weight, packed)) };
}

function typeRange({ tensor }: LayerWeight): { first: number; last: number } | undefined {
  const { range, bits } = elementTypes[tensor.elementType];
  return range && bits <= 16 ? { first: Number(range[0]), last: Number(range[1]) } : undefined;
}

function packedRange(layer: Layer, weight: LayerWeight): { first: number; last: number } {
  return { first: 0, last: 2 ** packingOf(layer, weight).bits - 1 };
}

function summaryOf(occurs: Float64Array, first: number) {
  const codesPerCount = Math.max(1, occurs.length / mostCounts);
  const counts = new Float64Array(occurs.length / codesPerCount);
  let [elements, used, least, greatest] = [0, 0, -1, -1];
  for (const [i, count] of occurs.entries()) {
    counts[Math.floor(i / codesPerCount)]! += count;
    if (count === 0) continue;
    elements += count;
    used++;
    if (least < 0) least = i;
    greatest = i;
  }
  return {
    counts,
    codesPerCount,
    elements,
    used,
    least: first + Math.max(0, least),
    greatest: first + Math.max(0, greatest),
    atLeast: occurs[least] ?? 0,
    atGreatest: occurs[greatest] ?? 0,
  };
}

async function gridOf(layer: Layer, weight: LayerWeight, packed: boolean) {
  if (packed) {
    const { blockSize, rows, blocks } = packingOf(layer, weight);
    const { scale } = weight.quantization!;
    const zeroPointOf = await packedZeroPoints(layer, weight);
    return {
      scales: scale ? Float64Array.from(await readNumbers(scale)) : Float64Array.of(1),
      zeroPoints: Float64Array.from({ length: rows * blocks }, (_, block) => zeroPointOf(block)),
      axis: 1,
      blockSize,
    };
  }
  const { scales, zeroPoints, axis, blockSize } = (await dequantizationOf(layer, weight))!;
  return {
    scales: Float64Array.from(scales),
    zeroPoints: Float64Array.from(zeroPoints ?? new Float64Array(scales.length)),
    axis: axis ?? null,
    blockSize: blockSize ?? null,
  };
}
