import type { TableColumn } from '../inspect/export/table.js';
import { english } from '../messages/catalog.js';
import type { LayerPair } from './comparison.js';

/** The columns of the table of compared layers; their names are a contract. */
export const comparisonColumns: readonly TableColumn<LayerPair>[] = [
  { name: 'a', cell: ({ a }) => a },
  { name: 'b', cell: ({ b }) => b },
  { name: 'op', cell: ({ op }) => op },
  { name: 'status', cell: ({ status }) => status },
  { name: 'matchedBy', cell: ({ matchedBy }) => matchedBy },
  { name: 'bytesA', cell: ({ bytes }) => bytes.a },
  { name: 'bytesB', cell: ({ bytes }) => bytes.b },
  { name: 'dtypeA', cell: ({ dtype }) => dtype.a },
  { name: 'dtypeB', cell: ({ dtype }) => dtype.b },
  { name: 'errorMax', cell: ({ error }) => error && error.max },
  { name: 'errorMean', cell: ({ error }) => error && error.mean },
  { name: 'sqnrDb', cell: ({ error }) => error && error.sqnrDb },
  { name: 'localSqnrDb', cell: ({ activations }) => activations?.localSqnrDb ?? null },
  { name: 'cumulativeSqnrDb', cell: ({ activations }) => activations?.cumulativeSqnrDb ?? null },
  { name: 'changes', cell: ({ changes }) => changes.map(english).join(' ') },
];
