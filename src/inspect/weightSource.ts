/** A weight as plain data, by which another thread can read and measure it. */
import type { Layer, LayerWeight } from '../graph/layers.js';
import type { ElementType } from '../tensor/elementType.js';
import { elementCount, elementTypes } from '../tensor/elementType.js';
import { isNumeric } from '../tensor/numbers.js';
import type { FileRange, Tensor } from '../tensor/tensor.js';
import { storedDequantization } from './dequantization.js';
import { checkPacking, isPacked, packingOf } from './packedNumbers.js';

/** Elements in the layout of `raw_data`, in a file or here. */
export interface StoredElements {
  readonly elementType: ElementType;
  readonly place: FileRange | Uint8Array;
}

/** `Dequantization`, its scales and zero points not read yet. */
export interface StoredScaling {
  readonly scales: StoredElements;
  readonly scaleCount: number;
  readonly zeroPoints?: StoredElements;
  readonly zeroPointCount: number;
  readonly axis?: number;
  readonly blockSize?: number;
}

/** Numbers [rows, columns] of MatMulNBits: `packedNumbers` says how they lie. */
export interface StoredPacking {
  readonly bits: 2 | 4 | 8;
  readonly blockSize: number;
  /** A scale a block; 1 where there are none. */
  readonly scales?: StoredElements;
  readonly zeroPoints?: StoredElements;
}

export interface WeightSource {
  readonly shape: readonly number[];
  readonly elements: StoredElements & { readonly place: FileRange };
  readonly scaling?: StoredScaling;
  readonly packing?: StoredPacking;
}

/**
 * The source of a weight whose elements lie in a file as they are; undefined for the others: sparse ones, those stored
 * number by number (`int32_data`), and combinations of types that no operator of ONNX has. Fails where the weight is
 * damaged.
 */
export async function weightSource(layer: Layer, weight: LayerWeight): Promise<WeightSource | undefined> {
  const { tensor, shape } = weight;
  const place = tensor.bytes.resident ? undefined : tensor.bytes.fileRange;
  if (weight.sparse || !place || !isNumeric(tensor.elementType)) return undefined;
  const elements = { elementType: tensor.elementType, place };

  if (isPacked(layer.node, weight.input)) {
    checkPacking(layer, weight);
    const { bits, blockSize } = packingOf(layer, weight);
    const { scale, zeroPoint } = weight.quantization ?? {};
    if (zeroPoint && elementTypes[zeroPoint.elementType].kind === 'float') return undefined;
    if (scale && !isNarrow(scale)) return undefined;
    const packing = { bits, blockSize, scales: await stored(scale), zeroPoints: await stored(zeroPoint) };
    return { shape, elements, packing };
  }

  if (elementCount(shape) !== elementCount(tensor.shape)) return undefined;
  const dequantization = await storedDequantization(layer, weight);
  if (!dequantization) return { shape, elements };
  const { scales, zeroPoints, axis, blockSize } = dequantization;
  if (![tensor, scales, zeroPoints ?? scales].every(isNarrow)) return undefined;
  const scaling = {
    scales: (await stored(scales))!,
    scaleCount: elementCount(scales.shape),
    zeroPoints: await stored(zeroPoints),
    zeroPointCount: zeroPoints ? elementCount(zeroPoints.shape) : 0,
    axis,
    blockSize,
  };
  return { shape, elements, scaling };
}

/** Are the elements numbers that float32 holds? */
function isNarrow({ elementType }: Tensor): boolean {
  return elementType === 'float32' || elementTypes[elementType].bits <= 16;
}

async function stored(tensor: Tensor | undefined): Promise<StoredElements | undefined> {
  if (!tensor) return undefined;
  const { bytes, elementType } = tensor;
  return { elementType, place: bytes.resident ?? bytes.fileRange ?? (await bytes.read()) };
}

/** Parts of a weight begin at multiples of so many elements: at whole bytes, and of a packed weight at whole rows. */
export function unitOf({ shape, elements, packing }: WeightSource): number {
  if (packing) return Math.max(1, shape[1]!);
  return elementTypes[elements.elementType].bits % 8 === 0 ? 1 : 8;
}

/** Are the numbers float64? The others are float32. */
export function isWide({ elements, scaling, packing }: WeightSource): boolean {
  return !scaling && !packing && elements.elementType !== 'float32' && elementTypes[elements.elementType].bits > 16;
}
