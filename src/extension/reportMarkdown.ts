import * as path from 'node:path';
import { formatBytes, formatCount, formatInteger, formatNumber, formatPercent, withSign } from '../messages/units.js';
import type { Evaluation } from '../evaluate/evaluation.js';
import type { CompressReport } from '../recipe/report.js';
import { t, translate } from './translate.js';

interface Row {
  readonly label: string;
  readonly original: string;
  readonly compressed: string;
  readonly change: string;
}

/** A report as Markdown: the totals as a table, what they were measured on, the notes, and the layers left as they are. */
export function reportMarkdown(report: CompressReport): string {
  const { input, output, method, applied, skipped, notes, agreement, after, command } = report;
  const parts = [
    `# ${t('extension.report.title', { output: path.basename(output) })}`,
    t('extension.report.from', { input: path.basename(input), method }),
    table(totals(report)),
    measuredOn(report),
    accuracyChange(report),
    metricChange(report),
  ];
  if (agreement) {
    parts.push(
      t('extension.report.agreement', {
        top1: agreement.top1 === null ? '–' : formatPercent(agreement.top1),
        sqnr: agreement.sqnrDb.toFixed(1),
        cosine: agreement.cosine.toFixed(5),
      }),
    );
  }
  parts.push(...notes.map((note) => `- ${translate(note)}`));
  parts.push(t('extension.report.layers', { applied: applied.length, skipped: skipped.length }));
  if (skipped.length > 0) {
    parts.push(`## ${t('extension.report.skipped')}`);
    parts.push(skipped.map(({ layer, reason }) => `- \`${layer}\`: ${translate(reason)}`).join('\n'));
  }
  parts.push(t('extension.report.again'), ['```sh', command, '```'].join('\n'));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;

  function measuredOn({ measuredOn }: CompressReport): string {
    if (measuredOn === 'nothing') return '';
    const data = t(`extension.report.data.${measuredOn}`);
    return t('extension.report.samples', { samples: formatInteger(after.samples), data });
  }
}

/** A difference of accuracy is worth no more than the samples it rests on. */
function accuracyChange({ accuracyChange: change }: CompressReport): string {
  if (!change) return '';
  const points = (share: number) => `${share > 0 ? '+' : ''}${(share * 100).toFixed(2)}`;
  return t('extension.report.accuracy-change', {
    points: points(change.difference),
    low: points(change.interval[0]),
    high: points(change.interval[1]),
    won: change.wonSamples,
    lost: change.lostSamples,
  });
}

/** As much of the metric's difference as the samples tell. */
function metricChange({ metric }: CompressReport): string {
  if (!metric?.interval || metric.difference === undefined) return '';
  const signed = (value: number) => withSign(value, formatNumber);
  const [low, high] = metric.interval.map(signed) as [string, string];
  const { name, difference } = metric;
  return t('extension.report.metric-change', { name: cell(name), difference: signed(difference), low, high });
}

function metricRow({ name, betterIs, before, after }: NonNullable<CompressReport['metric']>): Row {
  return {
    label: t(`extension.report.row.metric.${betterIs}`, { name: cell(name) }),
    original: formatNumber(before),
    compressed: formatNumber(after),
    change: withSign(after - before, formatNumber),
  };
}

/** A name as it stands in a table, whatever is in it. */
function cell(name: string): string {
  return name.replace(/[|\\]/g, '\\$&').replace(/\s+/g, ' ');
}

function totals({ before, after, metric }: CompressReport): Row[] {
  const rows: (Row | undefined)[] = [
    ratioRow('extension.report.row.bytes', before.bytes, after.bytes, formatBytes),
    ratioRow('extension.report.row.compressed-bytes', before.compressedBytes, after.compressedBytes, formatBytes),
    ratioRow('extension.report.row.parameters', before.parameters, after.parameters, formatCount),
    shareRow('extension.report.row.accuracy', before.accuracy, after.accuracy),
    shareRow('extension.report.row.top5', before.top5, after.top5),
    metric && metricRow(metric),
    ratioRow('extension.report.row.latency', median(before), median(after), (ms) => `${ms.toPrecision(3)} ms`),
    ratioRow('extension.report.row.memory', before.peakMemoryBytes, after.peakMemoryBytes, formatBytes),
  ];
  return rows.filter((row) => row !== undefined);
}

const median = ({ latencyMs }: Evaluation) => latencyMs?.median ?? null;

function ratioRow(
  label: Parameters<typeof t>[0],
  original: number | null,
  compressed: number | null,
  format: (value: number) => string,
): Row | undefined {
  if (original === null || compressed === null) return undefined;
  const change = original > 0 ? `${(compressed / original).toFixed(2)}x` : '';
  return { label: t(label), original: format(original), compressed: format(compressed), change };
}

function shareRow(label: Parameters<typeof t>[0], original?: number, compressed?: number): Row | undefined {
  if (original === undefined || compressed === undefined) return undefined;
  const points = (compressed - original) * 100;
  const change = t('extension.report.points', { points: `${points > 0 ? '+' : ''}${points.toFixed(2)}` });
  return { label: t(label), original: formatPercent(original), compressed: formatPercent(compressed), change };
}

function table(rows: readonly Row[]): string {
  const head = (['original', 'compressed', 'change'] as const).map((name) => t(`extension.report.column.${name}`));
  return [
    `| | ${head.join(' | ')} |`,
    '|---|---:|---:|---:|',
    ...rows.map(({ label, original, compressed, change }) => `| ${label} | ${original} | ${compressed} | ${change} |`),
  ].join('\n');
}
