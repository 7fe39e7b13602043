/** Findings on what the numbers of weights have in common: of what is read once more when all is measured. */
import type { LayerWeight } from '../../graph/layers.js';
import { sentence } from '../../messages/catalog.js';
import type { SentenceId } from '../../messages/catalog.js';
import { formatBytes, formatInteger, formatNumber, formatPercent } from '../../messages/units.js';
import { elementCount } from '../../tensor/elementType.js';
import { gridOfValues } from './gridOfValues.js';
import type { RankedFinding } from './rankedFinding.js';
import { breakEvenRank } from './rowSketch.js';
import type { WeightContent } from './weightContent.js';

/** `total`: the parameters of the model. */
export function contentFindings(contents: readonly WeightContent[], total: number): RankedFinding[] {
  return [...narrowerForms(contents, total), ...contents.flatMap(alike), ...contents.flatMap(lowRank)];
}

/** A weight that a narrower form would hold exactly, and what that would save. */
interface Narrower {
  readonly content: WeightContent;
  readonly saved: number;
  readonly bits?: number;
  readonly step?: number;
}

/** A weight counts where it would save most. */
function narrowerForms(contents: readonly WeightContent[], total: number): RankedFinding[] {
  const byKind = { grid: [], few: [], float16: [], bfloat16: [] } as Record<string, Narrower[]>;
  for (const content of contents) {
    const { values, weight } = content;
    const grid = values.values ? gridOfValues(values.values) : undefined;
    const table = values.values ? tableBytes(weight, values.values.length) : Infinity;
    const integers = grid ? (weight.elements * grid.bits) / 8 : Infinity;
    const half = values.float16 || values.bfloat16 ? weight.bytes / 2 : Infinity;
    const least = Math.min(table, integers, half);
    if (least >= weight.bytes) continue;
    const saved = weight.bytes - least;
    if (integers === least) byKind.grid!.push({ content, saved, ...grid });
    else if (table === least) byKind.few!.push({ content, saved });
    else byKind[values.float16 ? 'float16' : 'bfloat16']!.push({ content, saved });
  }
  const all = formatInteger(total);
  return [
    together('on-a-grid', 'inspect.finding.on-a-grid', byKind.grid!, all, ({ step, bits }) => ({
      step: formatNumber(step!),
      bits: String(Math.max(bits!, ...byKind.grid!.map((each) => each.bits!))),
    })),
    together('few-values', 'inspect.finding.few-values', byKind.few!, all, ({ content }) => ({
      values: formatInteger(content.values.values!.length),
    })),
    together('exactly-float16', 'inspect.finding.exactly-float16', byKind.float16!, all),
    together('exactly-bfloat16', 'inspect.finding.exactly-bfloat16', byKind.bfloat16!, all),
  ].flat();
}

/** Indices of 2, 4 or 8 bits into a table of the different numbers; few numbers many times over, or it is no table. */
function tableBytes({ elements, bytes }: LayerWeight, values: number): number {
  if (values * 4 > elements) return Infinity;
  const bits = values <= 4 ? 2 : values <= 16 ? 4 : 8;
  return (elements * bits) / 8 + (values * bytes) / elements;
}

/** One finding for all weights of a kind, that shows the one that would save most. */
function together(
  kind: string,
  id: SentenceId,
  found: readonly Narrower[],
  total: string,
  more: (largest: Narrower) => Record<string, string> = () => ({}),
): RankedFinding[] {
  if (found.length === 0) return [];
  const largest = found.reduce((a, b) => (b.saved > a.saved ? b : a));
  const { layer, weight } = largest.content;
  const savedBytes = found.reduce((sum, { saved }) => sum + saved, 0);
  const params = {
    count: formatInteger(found.length),
    total,
    weight: weight.name,
    layer: layer.name,
    bytes: formatBytes(savedBytes),
  };
  return [
    {
      layer: layer.name,
      kind,
      message: sentence(id, { ...params, ...more(largest) }),
      savedBytes,
      concernedBytes: found.reduce((sum, { content }) => sum + content.weight.bytes, 0),
      shows: { page: 'layers', layer: layer.name, weight: weight.name, tab: 'weights' },
    },
  ];
}

function alike({ layer, weight, alike: found }: WeightContent): RankedFinding[] {
  if (!found) return [];
  const { duplicates, channels, pair } = found;
  const savedBytes = (weight.bytes * duplicates) / channels;
  const message = sentence('inspect.finding.near-duplicates', {
    layer: layer.name,
    duplicates: formatInteger(duplicates),
    channels: formatInteger(channels),
    first: pair[0],
    second: pair[1],
    bytes: formatBytes(savedBytes),
  });
  return [
    {
      layer: layer.name,
      kind: 'near-duplicates',
      message,
      savedBytes,
      concernedBytes: weight.bytes,
      shows: { page: 'layers', layer: layer.name, weight: weight.name, tab: 'channels' },
    },
  ];
}

function lowRank({ layer, weight, rank: found }: WeightContent): RankedFinding[] {
  if (!found) return [];
  const { rank, full, energy } = found;
  const rows = weight.shape[0]!;
  const savedBytes = weight.bytes * (1 - rank / breakEvenRank(rows, elementCount(weight.shape) / rows));
  const message = sentence('inspect.finding.low-rank', {
    layer: layer.name,
    weight: weight.name,
    rank: formatInteger(rank),
    full: formatInteger(full),
    energy: formatPercent(energy),
    bytes: formatBytes(savedBytes),
  });
  return [
    {
      layer: layer.name,
      kind: 'low-rank',
      message,
      savedBytes,
      concernedBytes: weight.bytes,
      shows: { page: 'layers', layer: layer.name, weight: weight.name, tab: 'weights' },
    },
  ];
}
