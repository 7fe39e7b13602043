import type { ComponentChildren } from 'preact';
import { formatInteger } from '../../src/messages/units.js';
import type { GroupRow, LayerColumn, LayerRow, WeightSummary } from '../../src/protocol/engineService.js';
import type { WeightCard } from '../../src/inspect/inspection.js';
import type { Column } from '../grid/grid.js';
import { Value } from '../figure.js';
import type { Figure } from '../format/figures.js';
import { count, inColumn, shape, share } from '../format/figures.js';
import { messageText, t } from '../format/text.js';
import { Icon } from '../icon.js';
import { LayerName } from '../layerName.js';
import { summaryOf } from '../state/layerRows.js';
import { activationColumns } from './activationColumns.js';
import { costColumns } from './costColumns.js';
import { Sparkline } from './sparkline.js';

/** The weight that stands for its layer: the largest. */
export function mainWeight({ card }: LayerRow): WeightCard | undefined {
  return card.weights.reduce<WeightCard | undefined>(
    (largest, weight) => (largest === undefined || weight.bytes > largest.bytes ? weight : largest),
    undefined,
  );
}

const shareExact = (part: number, bytes: number): string =>
  t('page.layers.share.exact', { share: share(part).exact, bytes: count(bytes).exact });

const unlessNone = (value: number, show: (value: number) => { text: string; exact: string }) =>
  value === 0 ? '' : <Value figure={show(value)} />;

const zerosFigure = (zeros: number, of: number): Figure => ({
  text: share(zeros / of).text,
  exact: t('page.layers.zeros.exact', { zeros: count(zeros).exact, of: count(of).exact }),
});

/** A ratio without a unit, in three digits. */
const times = (value: number): Figure => ({ text: `${inColumn(value).text}x`, exact: `${value}x` });

export interface LayerTableColumn extends Column<LayerRow, LayerColumn> {
  /** Whether it is there until a person chooses otherwise; absent for a column that is always there. */
  readonly byDefault?: 'shown' | 'hidden';
  /** What stands in the row of a group; nothing where absent. */
  groupCell?(row: GroupRow): ComponentChildren;
  groupExact?(row: GroupRow): string;
}

type MeasuredColumn = 'min' | 'max' | 'std' | 'zeros' | 'channelRatio';

const titleOf = <Id extends MeasuredColumn | 'parameters' | 'macs'>(id: Id): `page.layers.${Id}` => `page.layers.${id}`;

/** A column of what is measured: it fills while the model is. */
function measured(
  id: MeasuredColumn,
  figureOf: (summary: WeightSummary, row: LayerRow) => Figure | null,
  rest: Partial<LayerTableColumn> = {},
): LayerTableColumn {
  const figure = (row: LayerRow): Figure | null => {
    const { summary } = summaryOf(row);
    return summary ? figureOf(summary, row) : null;
  };
  return {
    id,
    title: titleOf(id),
    width: '78px',
    numeric: true,
    sort: id,
    byDefault: 'hidden',
    ...rest,
    cell: (row) => <span class={summaryOf(row).fresh ? 'fresh' : undefined}>{figure(row)?.text}</span>,
    exact: (row) => figure(row)?.exact ?? '',
  };
}

const extreme = (id: 'min' | 'max'): LayerTableColumn =>
  measured(id, (summary) => inColumn(summary[id]), { byDefault: 'shown', from: 680 });

/** A column of an amount that a group has the sum of. */
function amount(id: 'parameters' | 'macs', rest: Partial<LayerTableColumn>): LayerTableColumn {
  return {
    id,
    byDefault: 'shown',
    title: titleOf(id),
    width: '76px',
    numeric: true,
    sort: id,
    ...rest,
    cell: ({ card }) => unlessNone(card[id] ?? 0, count),
    exact: ({ card }) => count(card[id]).exact,
    groupCell: ({ group }) => unlessNone(group.totals[id] ?? 0, count),
    groupExact: ({ group }) => count(group.totals[id]).exact,
  };
}

function elements(row: LayerRow): number {
  return mainWeight(row)?.shape.reduce((product, size) => product * size, 1) ?? 0;
}

/** The columns of the layer table, from left to right. A column that is not chosen by hand also needs its room (`from`). */
export const layerColumns: readonly LayerTableColumn[] = [
  {
    id: 'name',
    title: 'page.layers.name',
    width: 'minmax(96px, 2.7fr)',
    sort: 'name',
    cell: ({ card }) => <LayerName name={card.name} />,
    exact: ({ card }) => card.name,
    groupCell: ({ group }) => (
      <>
        <span class="group-name">{group.name}</span>
        <span class="kind">{formatInteger(group.layers)}</span>
      </>
    ),
    groupExact: ({ group }) =>
      t('page.layers.group', {
        group: group.key,
        count: formatInteger(group.layers),
        bytes: count(group.totals.bytes).exact,
      }),
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
  amount('parameters', { name: 'page.overview.parameterCount' }),
  {
    id: 'share',
    name: 'page.layers.share.name',
    byDefault: 'shown',
    title: 'page.layers.share',
    width: '68px',
    numeric: true,
    sort: 'bytes',
    from: 440,
    cell: (row) => unlessNone(row.card.bytes && row.share, share),
    exact: (row) => shareExact(row.share, row.card.bytes),
    groupCell: (row) => unlessNone(row.group.totals.bytes ? row.share : 0, share),
    groupExact: (row) => shareExact(row.share, row.group.totals.bytes ?? 0),
  },
  amount('macs', { from: 960, name: 'page.layers.macs.name' }),
  ...costColumns,
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
  measured('std', (summary) => inColumn(summary.std), { name: 'page.detail.std' }),
  measured('zeros', (summary, row) => zerosFigure(summary.zeros, elements(row))),
  measured('channelRatio', ({ channelRatio }) => (channelRatio === null ? null : times(channelRatio)), {
    name: 'page.layers.channelRatio.name',
    width: '84px',
  }),
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
  ...activationColumns,
];
