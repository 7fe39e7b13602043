import type { ComparedQuery, ComparedRow } from '../../src/protocol/engineService.js';
import { Value } from '../figure.js';
import type { Figure } from '../format/figures.js';
import { bytes, decibels, nothing, ratio, real } from '../format/figures.js';
import { messageText, t } from '../format/text.js';
import type { Column } from '../grid/grid.js';
import { LayerName } from '../layerName.js';

type Key = ComparedQuery['sortBy'];

const nameOf = ({ pair }: ComparedRow): string => pair.b ?? pair.a ?? '';

/** What was done to the layer, or why nothing was. */
function doneTo({ pair, choice, skipped }: ComparedRow): { readonly text: string; readonly quiet: boolean } {
  const isMatched = pair.a !== null && pair.b !== null;
  if (choice !== null && isMatched) return { text: choice, quiet: false };
  if (skipped !== null) return { text: messageText(skipped), quiet: true };
  if (pair.status === 'same') return { text: '', quiet: true };
  const why = pair.changes.map(messageText).join('; ');
  if (pair.status === 'changed') return { text: why, quiet: false };
  const status = t(`page.compare.${pair.status}`);
  return { text: why === '' ? status : `${status}: ${why}`, quiet: false };
}

/** All that is known of what was done, for the tooltip and the clipboard. */
function allDoneTo(row: ComparedRow): string {
  const { text } = doneTo(row);
  const why = row.pair.changes.map(messageText).join('; ');
  const by = row.pair.matchedBy ? t(`page.compare.matchedBy.${row.pair.matchedBy}`) : '';
  return [text, row.choice ?? '', why, by]
    .filter((part, i, parts) => part !== '' && !parts.slice(0, i).some((other) => other.includes(part)))
    .join('\n');
}

function typeOf({ pair: { dtype } }: ComparedRow): string {
  if (dtype.a === dtype.b) return dtype.a ?? '';
  return `${dtype.a ?? nothing} → ${dtype.b ?? nothing}`;
}

const sizeOf = (size: number): Figure | null => (size === 0 ? null : bytes(size));

const size = (which: 'a' | 'b', from?: number): Column<ComparedRow, Key> => ({
  id: `bytes-${which}`,
  title: which === 'a' ? 'page.compare.bytesBefore' : 'page.compare.bytesAfter',
  width: '72px',
  numeric: true,
  sort: which === 'a' ? 'bytesA' : 'bytesB',
  from,
  cell: ({ pair }) => {
    const figure = sizeOf(pair.bytes[which]);
    return figure && <Value figure={figure} />;
  },
  exact: ({ pair }) => bytes(pair.bytes[which]).exact,
});

/** What data showed of the layer; empty where nothing was measured. */
function activationError(which: 'local' | 'cumulative'): Column<ComparedRow, Key> {
  const valueOf = ({ pair: { activations } }: ComparedRow): number | null =>
    (which === 'local' ? activations?.localSqnrDb : activations?.cumulativeSqnrDb) ?? null;
  return {
    id: which,
    title: which === 'local' ? 'page.compare.local' : 'page.compare.cumulative',
    width: '72px',
    numeric: true,
    from: which === 'local' ? 426 : 498,
    sort: which,
    cell: (row) => {
      const value = valueOf(row);
      return value === null ? null : <Value figure={decibels(value)} provenance="measured" />;
    },
    exact: (row) => {
      const value = valueOf(row);
      if (value !== null) return decibels(value).exact;
      const missing = row.pair.activations?.missing;
      return missing ? messageText(missing) : '';
    },
  };
}

const errorColumns = [activationError('local'), activationError('cumulative')];
/** Pixels that they take. */
const errorWidth = 144;

/** The columns, with those of measured errors or without. Those that matter least leave a narrow table first. */
const columns = (withErrors: boolean, taken = withErrors ? errorWidth : 0): readonly Column<ComparedRow, Key>[] => [
  {
    id: 'name',
    title: 'page.layers.name',
    width: 'minmax(96px, 2fr)',
    sort: 'name',
    cell: (row) => <LayerName name={nameOf(row)} />,
    exact: ({ pair }) =>
      pair.a !== null && pair.b !== null && pair.a !== pair.b ? `${pair.a} → ${pair.b}` : (pair.b ?? pair.a ?? ''),
  },
  {
    id: 'op',
    title: 'page.layers.op',
    width: 'minmax(72px, 1fr)',
    sort: 'op',
    from: 606 + taken,
    cell: ({ pair }) => pair.op,
    exact: ({ pair }) => pair.op,
  },
  {
    id: 'done',
    title: 'page.compare.done',
    width: 'minmax(90px, 2.4fr)',
    sort: 'status',
    cell: (row) => {
      const { text, quiet } = doneTo(row);
      return quiet ? <span class="quiet">{text}</span> : text;
    },
    exact: allDoneTo,
  },
  {
    id: 'type',
    title: 'page.layers.dtype',
    width: '108px',
    from: 534 + taken,
    cell: typeOf,
    exact: typeOf,
  },
  size('a', 426 + taken),
  size('b'),
  {
    id: 'ratio',
    title: 'page.compare.ratio',
    width: '56px',
    numeric: true,
    from: 662 + taken,
    cell: ({ pair: { bytes: sizes } }) =>
      sizes.a > 0 && sizes.b > 0 && sizes.a !== sizes.b ? <Value figure={ratio(sizes.b / sizes.a)} /> : null,
    exact: ({ pair: { bytes: sizes } }) => (sizes.a > 0 ? ratio(sizes.b / sizes.a).exact : ''),
  },
  {
    id: 'error',
    title: 'page.compare.error',
    width: '76px',
    numeric: true,
    sort: 'error',
    cell: ({ pair: { error } }) => error && <Value figure={decibels(error.sqnrDb)} provenance="measured" />,
    exact: ({ pair: { error } }) =>
      error
        ? t('page.compare.error.exact', {
            sqnr: decibels(error.sqnrDb).exact,
            max: real(error.max).exact,
            mean: real(error.mean).exact,
          })
        : '',
  },
  ...(withErrors ? errorColumns : []),
];

export const comparedColumns = { plain: columns(false), withErrors: columns(true) } as const;
