import { gridParameters } from '../parameters.js';
import type { Range } from '../../method.js';
import { weightRanges } from '../calibration/weightRanges.js';
import { fullRange, scaleRange } from '../integerRange.js';
import type { WeightFormat } from '../layerSettings.js';
import type { Granularity } from '../scaleLayout.js';
import { scaleLayout } from '../scaleLayout.js';
import type { ValueParameters } from '../valueParameters.js';

/**
 * The scales and zero points of a weight by the clipping ranges that its format asks for; undefined where an element is
 * not finite. All integers of the type are used: nothing is added up in integers, so that nothing can saturate.
 */
export function weightGrid(
  data: Float32Array,
  shape: readonly number[],
  granularity: Granularity,
  { type, symmetric, powerOfTwo, calibration, percentile, range: given }: WeightFormat,
): ValueParameters | undefined {
  const integers = scaleRange(type, symmetric, false);
  const parametersOf = (range: Range) => gridParameters(range, { integers, symmetric, powerOfTwo });
  const ranges = weightRanges(data, scaleLayout(shape, granularity), {
    calibration,
    percentile,
    symmetric,
    integers: fullRange(type),
    parametersOf,
  });
  if (!ranges) return undefined;
  const all = ranges.map((range) => parametersOf(given ?? range));
  return {
    type,
    ...granularity,
    integers: fullRange(type),
    scales: Float32Array.from(all, (each) => each.scale),
    zeroPoints: all.map((each) => each.zeroPoint),
  };
}
