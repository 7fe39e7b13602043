import type { Histogram } from '../../tensor/histogram.js';
import { toContractJson } from '../../messages/contractJson.js';
import type { TableColumn } from './table.js';
import { csvTable } from './table.js';

export interface ExportedHistogram extends Histogram {
  readonly layer: string;
  readonly weight: string;
}

interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const columns: readonly TableColumn<Bin>[] = [
  { name: 'from', cell: ({ from }) => from },
  { name: 'to', cell: ({ to }) => to },
  { name: 'count', cell: ({ count }) => count },
];

/** A line a bin: its edges, of which it holds the lower one (the last also the upper), and its count. */
export function histogramCsv({ min, max, counts }: Histogram): Generator<string> {
  const edge = (i: number) => (i === counts.length ? max : min + ((max - min) * i) / counts.length);
  const bins = Array.from({ length: counts.length }, (_, i) => ({ from: edge(i), to: edge(i + 1), count: counts[i]! }));
  return csvTable(columns, Number.isNaN(min) ? [] : bins);
}

export function histogramJson({ layer, weight, min, max, counts }: ExportedHistogram): string[] {
  return [`${JSON.stringify(toContractJson({ layer, weight, min, max, counts }))}\n`];
}
