import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import type { ApplyInput, Range } from '../../method.js';
import type { ActivationGrid, CalibrationChoice } from './activationRanges.js';
import { activationRanges } from './activationRanges.js';
import { layerwiseRanges } from './layerwisePercentile.js';

/** The range of every value of which something was measured, and what was decided of them. */
export interface CalibratedRanges {
  readonly ranges: ReadonlyMap<string, Range>;
  readonly notes: readonly Message[];
}

/** `activationRanges`, and for layerwise-percentile what the laboratory finds. */
export async function calibratedRanges(
  {
    model,
    statistics,
    options,
    laboratory,
    signal,
  }: Pick<ApplyInput<CalibrationChoice>, 'model' | 'statistics' | 'options' | 'laboratory' | 'signal'>,
  gridOf: (value: string) => ActivationGrid,
): Promise<CalibratedRanges> {
  const ranges = activationRanges(statistics, options, gridOf);
  if (options.calibration !== 'layerwise-percentile' || !laboratory) return { ranges, notes: [] };
  const searched = new Map(
    [...(statistics.distributions ?? [])].flatMap(([value, found]) =>
      found && found.infinities === 0 && found.histogram.counts.length > 1 ? [[value, found] as const] : [],
    ),
  );
  const chosen = await layerwiseRanges(model, searched, gridOf, laboratory, signal);
  const counts = new Map<number, number>();
  for (const [value, { range, percentile }] of chosen) {
    ranges.set(value, range);
    counts.set(percentile, (counts.get(percentile) ?? 0) + 1);
  }
  const choices = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([percentile, count]) => `${percentile} % x ${count}`)
    .join(', ');
  return { ranges, notes: [sentence('compress.quantize.note.layerwise-percentiles', { choices })] };
}
