/** The columns of the layer table that tell what a layer costs to run. */
import { activationBytes, layerEnergy } from '../../src/inspect/cost/sums.js';
import type { AmountColumn, LayerRow } from '../../src/protocol/engineService.js';
import type { Provenance } from '../figure.js';
import { Value } from '../figure.js';
import type { Figure } from '../format/figures.js';
import { bytes, count, milliseconds, picojoules } from '../format/figures.js';
import { t } from '../format/text.js';
import type { LayerTableColumn } from './columns.js';

const numeric = { numeric: true, byDefault: 'hidden' } as const;

const timeFigure = ({ time }: LayerRow): Figure => {
  if (!time) return { text: '', exact: t('page.layers.time.missing') };
  if (time.kernel === 'own') return milliseconds(time.milliseconds);
  if (time.into === null) return { text: '', exact: t('page.layers.time.none') };
  return { text: t('page.layers.time.fused'), exact: t('page.layers.time.fused.exact', { layer: time.into }) };
};

const trafficExact = ({ card: { cost } }: LayerRow): string =>
  t('page.layers.activationBytes.exact', {
    read: count(cost.readBytes).exact,
    written: count(cost.writtenBytes).exact,
  });

const energyExact = ({ card: { cost } }: LayerRow): string => {
  if (!cost.energy) return picojoules(null).exact;
  const { computePj, sramPj, dramPj } = cost.energy;
  return t('page.layers.energy.exact', {
    compute: picojoules(computePj).text,
    sram: picojoules(sramPj).text,
    dram: picojoules(dramPj).text,
  });
};

/** The sum of a group; nothing where there is none. */
const total = (
  id: AmountColumn,
  figure: (amount: number | null) => Figure,
  provenance?: Provenance,
): Pick<LayerTableColumn, 'groupCell' | 'groupExact'> => ({
  groupCell: ({ group }) => !!group.totals[id] && <Value figure={figure(group.totals[id])} provenance={provenance} />,
  groupExact: ({ group }) => (group.totals[id] === null ? '' : figure(group.totals[id]).exact),
});

export const costColumns: readonly LayerTableColumn[] = [
  {
    ...numeric,
    id: 'bitOperations',
    title: 'page.layers.bitOperations',
    name: 'page.layers.bitOperations.name',
    width: '76px',
    sort: 'bitOperations',
    ...total('bitOperations', count),
    cell: ({ card }) => card.cost.bitOperations !== 0 && <Value figure={count(card.cost.bitOperations)} />,
    exact: ({ card }) => count(card.cost.bitOperations).exact,
  },
  {
    ...numeric,
    id: 'activationBytes',
    title: 'page.layers.activationBytes',
    name: 'page.layers.activationBytes.name',
    width: '80px',
    sort: 'activationBytes',
    ...total('activationBytes', bytes),
    cell: ({ card }) => activationBytes(card) !== 0 && <Value figure={bytes(activationBytes(card))} />,
    exact: trafficExact,
  },
  {
    ...numeric,
    id: 'energy',
    title: 'page.layers.energy',
    name: 'page.layers.energy.name',
    width: '88px',
    sort: 'energy',
    ...total('energy', picojoules, 'estimated'),
    cell: ({ card }) =>
      layerEnergy(card) !== 0 && <Value figure={picojoules(layerEnergy(card))} provenance="estimated" />,
    exact: energyExact,
  },
  {
    ...numeric,
    id: 'time',
    title: 'page.layers.time',
    name: 'page.layers.time.name',
    width: '80px',
    sort: 'time',
    ...total('time', milliseconds),
    cell: (row) => <span class={row.time?.kernel === 'fused' ? 'quiet' : undefined}>{timeFigure(row).text}</span>,
    exact: (row) => timeFigure(row).exact,
  },
];
