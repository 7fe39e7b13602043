import type { SentenceId } from '../../src/messages/catalog.js';
import type { LayerColumn, LayerRow } from '../../src/protocol/engineService.js';
import type { WeightCard } from '../../src/inspect/inspection.js';
import type { Column } from '../grid/grid.js';
import { Value } from '../figure.js';
import { count, inColumn, shape, share } from '../format/figures.js';
import { messageText, t } from '../format/text.js';
import { Icon } from '../icon.js';
import { LayerName } from '../layerName.js';
import { summaryOf } from '../state/layerRows.js';
import { Sparkline } from './sparkline.js';

/** The weight that stands for its layer: the largest. */
export function mainWeight({ card }: LayerRow): WeightCard | undefined {
  return card.weights.reduce<WeightCard | undefined>(
    (largest, weight) => (largest === undefined || weight.bytes > largest.bytes ? weight : largest),
    undefined,
  );
}

const unlessNone = (value: number, show: (value: number) => { text: string; exact: string }) =>
  value === 0 ? '' : <Value figure={show(value)} />;

export interface LayerTableColumn extends Column<LayerRow, LayerColumn> {
  /** Whether it is there until a person chooses otherwise; absent for a column that is always there. */
  readonly byDefault?: 'shown' | 'hidden';
  /** What the menu of columns calls it, where the title is short of room. */
  readonly name?: SentenceId;
}

const extreme = (id: 'min' | 'max'): LayerTableColumn => ({
  id,
  title: id === 'min' ? 'page.layers.min' : 'page.layers.max',
  width: '78px',
  numeric: true,
  sort: id,
  byDefault: 'shown',
  from: 680,
  cell: (row) => {
    const { summary, fresh } = summaryOf(row);
    return summary && <span class={fresh ? 'fresh' : undefined}>{inColumn(summary[id]).text}</span>;
  },
  exact: (row) => {
    const { summary } = summaryOf(row);
    return summary ? inColumn(summary[id]).exact : '';
  },
});

/** The columns of the layer table, from left to right. A column that is not chosen by hand also needs its room (`from`). */
export const layerColumns: readonly LayerTableColumn[] = [
  {
    id: 'name',
    title: 'page.layers.name',
    width: 'minmax(96px, 2.7fr)',
    sort: 'name',
    cell: ({ card }) => <LayerName name={card.name} />,
    exact: ({ card }) => card.name,
  },
  {
    id: 'op',
    byDefault: 'shown',
    title: 'page.layers.op',
    width: 'minmax(72px, 1.3fr)',
    sort: 'op',
    cell: ({ card }) => card.op,
    exact: ({ card }) => (card.domain === '' ? card.op : `${card.domain}.${card.op}`),
  },
  {
    id: 'shape',
    byDefault: 'shown',
    title: 'page.layers.shape',
    width: 'minmax(104px, 1.3fr)',
    from: 800,
    cell: (row) => {
      const weight = mainWeight(row);
      return weight && shape(weight.shape);
    },
    exact: (row) => {
      const weight = mainWeight(row);
      return weight ? shape(weight.shape) : '';
    },
  },
  {
    id: 'parameters',
    byDefault: 'shown',
    title: 'page.layers.parameters',
    width: '76px',
    numeric: true,
    sort: 'parameters',
    cell: ({ card }) => unlessNone(card.parameters, count),
    exact: ({ card }) => count(card.parameters).exact,
  },
  {
    id: 'share',
    byDefault: 'shown',
    title: 'page.layers.share',
    width: '68px',
    numeric: true,
    sort: 'bytes',
    from: 440,
    cell: (row) => unlessNone(row.card.bytes && row.share, share),
    exact: (row) => t('page.layers.share.exact', { share: share(row.share).exact, bytes: count(row.card.bytes).exact }),
  },
  {
    id: 'macs',
    byDefault: 'shown',
    title: 'page.layers.macs',
    width: '76px',
    numeric: true,
    sort: 'macs',
    from: 960,
    cell: ({ card }) => unlessNone(card.macs ?? 0, count),
    exact: ({ card }) => count(card.macs).exact,
  },
  {
    id: 'dtype',
    byDefault: 'shown',
    title: 'page.layers.dtype',
    width: '72px',
    sort: 'dtype',
    from: 540,
    cell: (row) => mainWeight(row)?.dtype,
    exact: (row) => mainWeight(row)?.dtype ?? '',
  },
  extreme('min'),
  extreme('max'),
  {
    id: 'histogram',
    byDefault: 'shown',
    title: 'page.layers.histogram',
    width: 'minmax(92px, 1.4fr)',
    from: 380,
    cell: (row) => {
      const unreadable = mainWeight(row)?.unreadable;
      if (unreadable) {
        return (
          <span class="unreadable" title={messageText(unreadable)}>
            <Icon name="warning" />
            {t('page.layers.unreadable')}
          </span>
        );
      }
      const { summary, fresh } = summaryOf(row);
      return summary && <Sparkline summary={summary} fresh={fresh} />;
    },
  },
];
