import type { AccuracyChange, Agreement, Evaluation, LatencyRatio, MetricFigures } from '../evaluate/evaluation.js';
import {
  formatBytes,
  formatCount,
  formatDecibels,
  formatInteger,
  formatNumber,
  formatPercent,
  formatRatio,
  withSign,
} from '../messages/units.js';
import { formatTable } from './table.js';

interface Pair {
  readonly before: Evaluation;
  readonly after: Evaluation;
  readonly agreement?: Agreement | null;
  readonly accuracyChange?: AccuracyChange;
  readonly latencyRatio?: LatencyRatio;
}

type Row = readonly [string, string, string, string];

/** One model's figures. */
export function evaluationTable(evaluation: Evaluation): string {
  const rows = figures.flatMap(({ title, of, format }) => {
    const value = of(evaluation);
    return value === undefined || value === null ? [] : [[title(evaluation), format(value)]];
  });
  return formatTable([{ title: '' }, { title: 'measured', align: 'right' }], rows);
}

/** Two models' figures side by side, then how far they agree. */
export function pairTable(pair: Pair, names: readonly [string, string] = ['original', 'compressed']): string {
  const rows = figures.flatMap((figure) => pairRow(figure, pair));
  const table = formatTable(
    [
      { title: '' },
      { title: names[0], align: 'right' },
      { title: names[1], align: 'right' },
      { title: 'change', align: 'right' },
    ],
    rows,
  );
  return [table, ...agreementLines(pair)].join('\n');
}

interface Figure {
  readonly title: (evaluation: Evaluation) => string;
  readonly of: (evaluation: Evaluation) => number | null | undefined;
  readonly format: (value: number) => string;
  readonly change: (before: number, after: number, pair: Pair) => string;
}

const asDifference = (format: (value: number) => string) => (before: number, after: number) =>
  `${formatRatio(before, after)}, ${withSign(after - before, format)}`;
const asPoints = (before: number, after: number) =>
  `${withSign((after - before) * 100, (value) => value.toFixed(2))} points`;
const milliseconds = (value: number) => `${value.toPrecision(3)} ms`;

const figures: readonly Figure[] = [
  { title: () => 'file', of: ({ bytes }) => bytes, format: formatBytes, change: asDifference(formatBytes) },
  {
    title: () => 'file, gzip',
    of: ({ compressedBytes }) => compressedBytes,
    format: formatBytes,
    change: asDifference(formatBytes),
  },
  {
    title: () => 'parameters',
    of: ({ parameters }) => parameters,
    format: formatCount,
    change: asDifference(formatCount),
  },
  { title: () => 'nonzero', of: ({ nonzero }) => nonzero, format: formatCount, change: asDifference(formatCount) },
  { title: () => 'MACs a sample', of: ({ macs }) => macs, format: formatCount, change: asDifference(formatCount) },
  {
    title: ({ samples }) => `accuracy of ${formatInteger(samples)} samples`,
    of: ({ accuracy }) => accuracy,
    format: (value) => formatPercent(value),
    change: asPoints,
  },
  {
    title: ({ topK }) => `top-${topK?.k ?? 'k'} accuracy`,
    of: ({ topK }) => topK?.accuracy,
    format: (value) => formatPercent(value),
    change: asPoints,
  },
  { title: () => 'top-5 accuracy', of: ({ top5 }) => top5, format: (value) => formatPercent(value), change: asPoints },
  {
    title: ({ latencyMs }) => `latency, batch ${latencyMs?.batch ?? 1}, median`,
    of: ({ latencyMs }) => latencyMs?.median,
    format: milliseconds,
    change: (before, after, { latencyRatio }) =>
      latencyRatio ? `${latencyRatio.median.toFixed(2)}x, in pairs` : formatRatio(before, after),
  },
  {
    title: () => 'peak memory',
    of: ({ peakMemoryBytes }) => peakMemoryBytes,
    format: formatBytes,
    change: asDifference(formatBytes),
  },
];

/** The metric of the user's, of one model or of two. */
export function metricLine({ name, betterIs, model, against, difference, interval }: MetricFigures): string {
  const better = `${betterIs} is better`;
  if (against === undefined) return `${name} (${better}): ${formatNumber(model)}.`;
  const signed = (value: number) => withSign(value, formatNumber);
  const chance = interval ? ` (95 % interval ${signed(interval[0])} to ${signed(interval[1])})` : '';
  return `${name} (${better}): ${formatNumber(against)} → ${formatNumber(model)}, ${signed(difference!)}${chance}.`;
}

function pairRow(figure: Figure, pair: Pair): Row[] {
  const before = figure.of(pair.before) ?? undefined;
  const after = figure.of(pair.after) ?? undefined;
  if (before === undefined && after === undefined) return [];
  const shown = (value: number | undefined) => (value === undefined ? 'unknown' : figure.format(value));
  const change = before === undefined || after === undefined ? '' : figure.change(before, after, pair);
  return [[figure.title(pair.before), shown(before), shown(after), change]];
}

function agreementLines({ agreement, accuracyChange }: Pair): string[] {
  const lines: string[] = [];
  if (accuracyChange) {
    const points = (value: number) => withSign(value * 100, (number) => number.toFixed(2));
    const [low, high] = accuracyChange.interval;
    lines.push(
      `Accuracy changed by ${points(accuracyChange.difference)} points (95 % interval ${points(low)} to ${points(high)}): ` +
        `${accuracyChange.lostSamples} samples lost, ${accuracyChange.wonSamples} won.`,
    );
  }
  if (agreement) {
    const { top1, samples, sqnrDb, cosine, outputs = [] } = agreement;
    const over = `${formatInteger(samples)} samples`;
    const figures = `SQNR ${formatDecibels(sqnrDb)}, cosine ${cosine.toFixed(5)}`;
    lines.push(
      top1 === null
        ? `Outputs agree over ${over}: ${figures}.`
        : `Outputs agree on the first class for ${formatPercent(top1)} of ${over}; ${figures}.`,
    );
    if (outputs.length > 0) {
      lines.push(`SQNR by output: ${outputs.map((each) => `${each.name} ${formatDecibels(each.sqnrDb)}`).join(', ')}.`);
    }
  }
  return lines;
}
