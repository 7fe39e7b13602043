import type { Layer, LayerWeight } from '../graph/layers.js';
import { weightNumbers } from '../inspect/weightNumbers.js';
import type { NumberSource } from '../tensor/measure.js';
import type { Numbers } from '../tensor/statistics.js';
import type { WeightError } from './comparison.js';
import { foldedNumbers, type FoldedNormalization } from './foldedNormalization.js';

/** A weight as its layer reads it, or as it would be with the BatchNormalization after the layer folded in. */
export interface ReadWeight {
  readonly layer: Layer;
  readonly weight: LayerWeight;
  readonly folded?: FoldedNormalization;
}

/** The real numbers of a weight. */
export function numbersOfWeight({ layer, weight, folded }: ReadWeight): NumberSource {
  const source = weightNumbers(layer, weight);
  return folded ? foldedNumbers(source, layer, weight, folded) : source;
}

/**
 * How far the real numbers of weight b lie from those of a, read in chunks; null where the shapes differ. A Gemm may keep
 * its matrix transposed (transB): it is then compared with the transposed other. Elements that are not finite count where
 * they differ: the errors are then infinite.
 */
export async function weightError(a: ReadWeight, b: ReadWeight, signal?: AbortSignal): Promise<WeightError | null> {
  const first = numbersOfWeight(a);
  const second = numbersOfWeight(b);
  const turn = first.shape.length === 2 && isTransposed(a) !== isTransposed(b);
  const comparable = turn ? await transposed(second, signal) : second;
  if (comparable.shape.join() !== first.shape.join()) return null;

  let [max, sum, signal2, noise2, count] = [0, 0, 0, 0, 0];
  for await (const [x, y] of inStep(first, comparable, signal)) {
    signal?.throwIfAborted();
    count += x.length;
    for (let i = 0; i < x.length; i++) {
      if (Object.is(x[i], y[i])) {
        if (Number.isFinite(x[i])) signal2 += x[i]! * x[i]!;
        continue;
      }
      const difference = Math.abs(x[i]! - y[i]!);
      const error = Number.isNaN(difference) ? Infinity : difference;
      if (error > max) max = error;
      sum += error;
      noise2 += error * error;
      if (Number.isFinite(x[i])) signal2 += x[i]! * x[i]!;
    }
  }
  if (count === 0) return null;
  return { max, mean: sum / count, sqnrDb: noise2 === 0 ? Infinity : 10 * Math.log10(signal2 / noise2) };
}

function isTransposed({ layer, weight }: ReadWeight): boolean {
  const { node } = layer;
  const isMatrix = (node.is('Gemm') && weight.input === 1) || (node.opType === 'QGemm' && weight.input === 3);
  return isMatrix && node.int('transB', 0) !== 0;
}

/** A matrix read whole and turned; layers that are compared turned are small against the memory of any machine. */
async function transposed(source: NumberSource, signal: AbortSignal | undefined): Promise<NumberSource> {
  const [rows, columns] = source.shape as [number, number];
  const turned = new Float64Array(rows * columns);
  let position = 0;
  for await (const chunk of source.chunks(signal)) {
    for (let i = 0; i < chunk.length; i++, position++) {
      turned[(position % columns) * rows + Math.floor(position / columns)] = chunk[i]!;
    }
  }
  return {
    shape: [columns, rows],
    async *chunks() {
      yield turned;
    },
  };
}

/** The chunks of two sources of equal length, cut to pieces of equal length. */
async function* inStep(
  first: NumberSource,
  second: NumberSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<[Numbers, Numbers]> {
  const others = second.chunks(signal)[Symbol.asyncIterator]();
  try {
    let rest: Numbers = new Float32Array(0);
    for await (const chunk of first.chunks(signal)) {
      for (let at = 0; at < chunk.length;) {
        while (rest.length === 0) {
          const next = await others.next();
          if (next.done) return;
          rest = next.value;
        }
        const length = Math.min(rest.length, chunk.length - at);
        yield [chunk.subarray(at, at + length), rest.subarray(0, length)];
        rest = rest.subarray(length);
        at += length;
      }
    }
  } finally {
    await others.return?.();
  }
}
