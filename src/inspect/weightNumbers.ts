/** The numbers of a weight as its operator sees them, read from the file as they are needed. */
import type { Layer, LayerWeight } from '../graph/layers.js';
import type { NumberSource } from '../tensor/measure.js';
import { tensorNumbers } from '../tensor/numbers.js';
import type { Numbers } from '../tensor/statistics.js';
import type { Dequantization } from './dequantization.js';
import { dequantizationOf } from './dequantization.js';
import { isPacked, packedNumbers } from './packedNumbers.js';
import { sparseNumbers } from './sparseNumbers.js';

/** A quantized weight's are the real numbers it stands for, a sparse one's are those of the dense tensor. */
export function weightNumbers(layer: Layer, weight: LayerWeight): NumberSource {
  if (weight.sparse) return sparseNumbers(weight.sparse);
  if (isPacked(layer.node, weight.input)) return packedNumbers(layer, weight);
  const integers = tensorNumbers(weight.tensor);
  if (!weight.quantization) return integers;
  return {
    shape: weight.shape,
    async *chunks(signal) {
      const dequantization = (await dequantizationOf(layer, weight))!;
      let position = 0;
      for await (const chunk of integers.chunks(signal)) {
        yield dequantize(chunk, position, weight.shape, dequantization);
        position += chunk.length;
      }
    },
  };
}

/**
 * The real numbers of integers that begin at element `position` of a tensor, with the roundings to float32
 * of onnxruntime.
 */
export function dequantize(
  integers: Numbers,
  position: number,
  shape: readonly number[],
  { scales, zeroPoints, axis, blockSize }: Dequantization,
): Float32Array {
  const real = new Float32Array(integers.length);
  if (axis === undefined) {
    const scale = scales[0] ?? 1;
    const zeroPoint = zeroPoints?.[0] ?? 0;
    for (let i = 0; i < real.length; i++) real[i] = Math.fround(integers[i]! - zeroPoint) * scale;
    return real;
  }
  const length = shape[axis] ?? 1;
  const inner = shape.slice(axis + 1).reduce((product, dimension) => product * dimension, 1);
  const blocks = blockSize === undefined ? 0 : Math.ceil(length / blockSize);
  let outer = Math.floor(position / (inner * length));
  let along = Math.floor(position / inner) % length;
  let end = inner - (position % inner);
  for (let i = 0; i < real.length; end += inner) {
    if (end > real.length) end = real.length;
    if (blockSize === undefined) {
      const scale = scales[scales.length > 1 ? along : 0]!;
      const zeroPoint = zeroPoints?.[zeroPoints.length > 1 ? along : 0] ?? 0;
      for (; i < end; i++) real[i] = Math.fround(integers[i]! - zeroPoint) * scale;
    } else {
      const first = (outer * blocks + Math.floor(along / blockSize)) * inner + ((position + i) % inner);
      for (let at = first; i < end; i++, at++) {
        real[i] = Math.fround(integers[i]! - (zeroPoints?.[at] ?? 0)) * scales[at]!;
      }
    }
    if (++along === length) {
      along = 0;
      outer++;
    }
  }
  return real;
}
