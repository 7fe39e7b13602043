import { basename } from 'node:path';
import type { Comparison, Disagreement, LayerPair, OutputComparison } from '../evaluate/comparison.js';
import { english } from '../messages/catalog.js';
import {
  formatBytes,
  formatCount,
  formatDecibels,
  formatInteger,
  formatNumber,
  formatPercent,
  formatRatio,
  formatSeconds,
} from '../messages/units.js';
import { formatTable, type Column } from './table.js';

const right = { align: 'right' as const };

/** Two models side by side, as tables for people. */
export function comparisonText({ totals, layers, outputs }: Comparison): string {
  const parts = [totalsTable(totals), layersTable(layers, outputs !== undefined)];
  if (outputs) parts.push(outputsText(outputs, layers));
  return parts.join('\n\n');
}

function totalsTable({ a, b }: Comparison['totals']): string {
  return formatTable(
    [{ title: '' }, { title: 'a', ...right }, { title: 'b', ...right }, { title: 'change', ...right }],
    [
      ['file', formatBytes(a.bytes), formatBytes(b.bytes), formatRatio(a.bytes, b.bytes)],
      ['parameters', formatCount(a.parameters), formatCount(b.parameters), formatRatio(a.parameters, b.parameters)],
      ['MACs a sample', ...[a.macs, b.macs].map((macs) => (macs === null ? 'unknown' : formatCount(macs)))],
      ['layers', String(a.layers), String(b.layers)],
    ],
  );
}

function layersTable(layers: readonly LayerPair[], measured: boolean): string {
  const columns: Column[] = [
    { title: 'layer', yields: true },
    { title: 'op' },
    { title: '' },
    { title: 'type' },
    { title: 'bytes a', ...right },
    { title: 'bytes b', ...right },
    { title: 'largest error', ...right },
    { title: 'SQNR', ...right },
    ...(measured
      ? [
          { title: 'local', ...right },
          { title: 'cumulative', ...right },
        ]
      : []),
    { title: 'what changed' },
  ];
  return formatTable(
    columns,
    layers.map((pair) => pairRow(pair, measured)),
  );
}

function pairRow(pair: LayerPair, measured: boolean): string[] {
  const { a, b, op, status, bytes, dtype, error, activations, changes } = pair;
  const types = [dtype.a, dtype.b].map((type) => type ?? '–');
  const decibels = (value: number | null | undefined) => (typeof value === 'number' ? formatDecibels(value) : '');
  return [
    a ?? b ?? '',
    op,
    status,
    types[0] === types[1] ? types[0]! : types.join(' → '),
    formatBytes(bytes.a),
    formatBytes(bytes.b),
    error ? formatNumber(error.max) : '',
    error ? formatDecibels(error.sqnrDb) : '',
    ...(measured ? [decibels(activations?.localSqnrDb), decibels(activations?.cumulativeSqnrDb)] : []),
    [...(a !== null && b !== null && a !== b ? [`now ${b}`] : []), ...changes.map(english)].join('; '),
  ];
}

function outputsText(outputs: OutputComparison, layers: readonly LayerPair[]): string {
  const { data, samples, agreement, disagreements, measured, passes, worstLayer, notes, seconds } = outputs;
  const split = passes > 1 ? `, in ${passes} passes` : '';
  const lines = [
    `Outputs on ${formatInteger(samples)} samples of ${basename(data)} (${measured} layers measured, ${formatSeconds(seconds)}${split})`,
  ];
  if (agreement) {
    const top1 = agreement.top1 === null ? '' : `, top-1 agreement ${formatPercent(agreement.top1)}`;
    lines.push(`SQNR ${formatDecibels(agreement.sqnrDb)}${top1}, cosine ${agreement.cosine.toFixed(6)}`);
  }
  const worst = layers.find(({ b }) => b !== null && b === worstLayer)?.activations?.localSqnrDb;
  if (typeof worst === 'number') {
    lines.push(`Most error arises in ${worstLayer}: local SQNR ${formatDecibels(worst)}`);
  }
  if (disagreements && disagreements.count > 0) {
    const { count, rows, worst: samplesOf } = disagreements;
    lines.push(`The classes differ for ${formatInteger(count)} of ${formatInteger(rows)}; the most decided ones:`);
    lines.push(disagreementTable(samplesOf));
  }
  return [...lines, ...notes.map((note) => `- ${english(note)}`)].join('\n');
}

function disagreementTable(worst: readonly Disagreement[]): string {
  return formatTable(
    [
      { title: 'sample', ...right },
      { title: 'row', ...right },
      { title: 'class of a', ...right },
      { title: 'class of b', ...right },
      { title: 'label', ...right },
      { title: 'gap', ...right },
    ],
    worst.map(({ sample, row, classA, classB, label, gap }) => [
      String(sample),
      String(row),
      String(classA),
      String(classB),
      label === undefined ? '' : String(label),
      formatNumber(gap),
    ]),
  );
}
