import { basename } from 'node:path';
import { activationsByLayer, inspectedActivation } from '../inspect/activations/inspectedActivation.js';
import type { MeasuredActivation, MeasuredActivations } from '../inspect/activations/measureActivations.js';
import type { Inspection } from '../inspect/inspection.js';
import { english } from '../messages/catalog.js';
import { formatBytes, formatNumber, formatPercent, formatSeconds } from '../messages/units.js';
import { sparkline } from './sparkline.js';
import { formatTable } from './table.js';

const columns = [
  { title: 'layer', yields: true },
  { title: 'value', yields: true },
  { title: 'shape' },
  { title: 'min', align: 'right' as const },
  { title: 'max', align: 'right' as const },
  { title: 'mean', align: 'right' as const },
  { title: 'zeros', align: 'right' as const },
  { title: 'outlier', align: 'right' as const },
  { title: 'dead channels', align: 'right' as const },
  { title: 'histogram' },
];

const sparkBars = 12;

/** The activations as a table for people, and those that could not be seen by their reasons. */
export function activationsText({ layers }: Inspection, measured: MeasuredActivations): string {
  const { data, samples, passes, budgetBytes, seconds, values } = measured;
  const byLayer = activationsByLayer(measured);
  const rows = [-1, ...layers.keys()].flatMap((layer) =>
    (byLayer.get(layer) ?? [])
      .filter(({ statistics }) => statistics)
      .map((each) => row(layers[layer]?.name ?? 'input', each)),
  );
  const split = passes > 1 ? `, in ${passes} passes of at most ${formatBytes(budgetBytes)}` : '';
  return [
    `Activations over ${samples} ${samples === 1 ? 'sample' : 'samples'} of ${basename(data)} (${formatSeconds(seconds)}${split})`,
    formatTable(columns, rows),
    ...reasons(values),
  ].join('\n');
}

function row(layer: string, activation: MeasuredActivation): string[] {
  const { name, shape, min, max, mean, zeros, count, outlier, channels, histogram } = inspectedActivation(
    activation,
    sparkBars,
  );
  const figure = (value: number | null) => (value === null ? '' : formatNumber(value));
  return [
    layer,
    name,
    shape?.join('×') ?? '',
    figure(min),
    figure(max),
    figure(mean),
    zeros === null || !count ? '' : formatPercent(zeros / count, 1),
    outlier === null || Number.isNaN(outlier) ? '' : `${formatNumber(outlier)}x`,
    channels ? `${channels.dead.length} of ${channels.min.length}` : '',
    histogram ? sparkline(histogram.counts, sparkBars) : '',
  ];
}

/** One line a reason, with how many values it keeps from being seen. */
function reasons(values: readonly MeasuredActivation[]): string[] {
  const counts = new Map<string, number>();
  for (const { missing } of values) {
    if (missing) counts.set(english(missing), (counts.get(english(missing)) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `- Not measured: ${count} of ${values.length} values. ${reason}`);
}
