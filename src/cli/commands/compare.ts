import { compareModels } from '../../evaluate/compareModels.js';
import type { Comparison, LayerPair } from '../../evaluate/comparison.js';
import { toContractJson } from '../../messages/contractJson.js';
import { formatBytes, formatCount, formatDecibels, formatNumber, formatRatio } from '../../messages/units.js';
import type { CommandContext, CommandResult } from '../command.js';
import { formatTable } from '../table.js';

/** Two models layer by layer. */
export async function compare({ positionals, signal, onProgress }: CommandContext): Promise<CommandResult> {
  const [a, b] = positionals as [string, string];
  const comparison = await compareModels(a, b, { signal, onProgress });
  return { json: () => toContractJson(comparison), text: () => comparisonText(comparison) };
}

function comparisonText({ totals: { a, b }, layers }: Comparison): string {
  const right = { align: 'right' as const };
  const totals = formatTable(
    [{ title: '' }, { title: 'a', ...right }, { title: 'b', ...right }, { title: 'change', ...right }],
    [
      ['file', formatBytes(a.bytes), formatBytes(b.bytes), formatRatio(a.bytes, b.bytes)],
      ['parameters', formatCount(a.parameters), formatCount(b.parameters), formatRatio(a.parameters, b.parameters)],
      ['MACs a sample', ...[a.macs, b.macs].map((macs) => (macs === null ? 'unknown' : formatCount(macs)))],
      ['layers', String(a.layers), String(b.layers)],
    ],
  );
  const rows = formatTable(
    [
      { title: 'layer', yields: true },
      { title: 'op' },
      { title: '' },
      { title: 'type' },
      { title: 'bytes a', ...right },
      { title: 'bytes b', ...right },
      { title: 'largest error', ...right },
      { title: 'SQNR', ...right },
    ],
    layers.map(pairRow),
  );
  return `${totals}\n\n${rows}`;
}

function pairRow({ a, b, op, status, bytes, dtype, error }: LayerPair): string[] {
  const types = [dtype.a, dtype.b].map((type) => type ?? '–');
  return [
    a ?? b ?? '',
    op,
    status,
    types[0] === types[1] ? types[0]! : types.join(' → '),
    formatBytes(bytes.a),
    formatBytes(bytes.b),
    error ? formatNumber(error.max) : '',
    error ? formatDecibels(error.sqnrDb) : '',
  ];
}
