import { elementTypes } from '../../../tensor/elementType.js';
import { groupElements } from '../calibration/groupElements.js';
import type { QuantizeOptions } from '../options.js';
import { roundHalfToEven } from '../parameters.js';
import { scaleLayout } from '../scaleLayout.js';
import type { ValueParameters } from '../valueParameters.js';
import { codesOf } from '../weights.js';
import type { Codes } from '../weights.js';
import { halfQuadratic } from './halfQuadratic.js';
import type { RoundedWeight, Rounding, RoundingTask } from './rounding.js';

/** Half-quadratic quantization of every weight, without any data. */
export const halfQuadraticRounding: Rounding<QuantizeOptions> = (_model, tasks, _options, { signal, onProgress }) => {
  const weights = new Map<string, RoundedWeight>();
  for (const task of tasks) {
    signal?.throwIfAborted();
    if (elementTypes[task.parameters.type].kind === 'integer') weights.set(task.weight, roundOnBetterGrid(task));
    onProgress?.(weights.size / tasks.length);
  }
  return Promise.resolve({ weights, notes: [] });
};

function roundOnBetterGrid({ data, shape, parameters, realZeroPoints = false }: RoundingTask): RoundedWeight {
  const { elements, starts } = groupElements(data, scaleLayout(shape, parameters));
  const scales = new Float32Array(parameters.scales.length);
  const zeroPoints = new Array<number>(scales.length);
  for (let s = 0; s < scales.length; s++) {
    const start = { scale: parameters.scales[s] as number, zeroPoint: parameters.zeroPoints[s] as number };
    const group = elements.subarray(starts[s], starts[s + 1]);
    const better = halfQuadratic(group, start, parameters.integers, realZeroPoints ? 'zero-point' : 'scale');
    scales[s] = better.scale;
    zeroPoints[s] = better.zeroPoint;
  }
  const better = { ...parameters, scales, zeroPoints };
  return { codes: nearestCodes(data, shape, better), parameters: better };
}

/** Zero points that are not whole are added before anything is rounded. */
function nearestCodes(data: Float32Array, shape: readonly number[], parameters: ValueParameters): Codes {
  const { type, integers, scales, zeroPoints } = parameters;
  const codes = codesOf(type, data.length);
  scaleLayout(shape, parameters).forEachRun((start, end, first, step) => {
    for (let at = start, s = first; at < end; at++, s += step) {
      const code = roundHalfToEven((data[at] as number) / (scales[s] as number) + (zeroPoints[s] as number));
      codes[at] = Math.min(Math.max(code, integers.min), integers.max);
    }
  });
  return codes;
}
