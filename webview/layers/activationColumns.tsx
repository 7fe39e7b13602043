/** The columns of the layer table that tell what a layer gave out on data. */
import { formatNumber } from '../../src/messages/units.js';
import type { ActivationSummary } from '../../src/protocol/activationCalls.js';
import type { LayerRow } from '../../src/protocol/engineService.js';
import { Value } from '../figure.js';
import type { Figure } from '../format/figures.js';
import { inColumn, share } from '../format/figures.js';
import { t } from '../format/text.js';
import type { LayerTableColumn } from './columns.js';
import { Sparkline } from './sparkline.js';

type ActivationColumn = 'activationMin' | 'activationMax' | 'activationZeros' | 'outlier';

function measured(
  id: ActivationColumn,
  titles: Pick<LayerTableColumn, 'title' | 'name'>,
  figureOf: (activation: ActivationSummary) => Figure,
): LayerTableColumn {
  return {
    id,
    byDefault: 'hidden',
    ...titles,
    width: '84px',
    numeric: true,
    sort: id,
    cell: ({ activation }) => activation && <Value figure={figureOf(activation)} provenance="measured" />,
    exact: ({ activation }) => (activation ? figureOf(activation).exact : t('page.layers.activation.missing')),
  };
}

export const activationColumns: readonly LayerTableColumn[] = [
  measured('activationMin', { title: 'page.layers.activationMin', name: 'page.layers.activationMin.name' }, ({ min }) =>
    inColumn(min),
  ),
  measured('activationMax', { title: 'page.layers.activationMax', name: 'page.layers.activationMax.name' }, ({ max }) =>
    inColumn(max),
  ),
  measured(
    'activationZeros',
    { title: 'page.layers.activationZeros', name: 'page.layers.activationZeros.name' },
    ({ zeros }) => share(zeros),
  ),
  measured('outlier', { title: 'page.layers.outlier', name: 'page.layers.outlier.name' }, ({ outlier }) => ({
    text: `${formatNumber(outlier)}x`,
    exact: String(outlier),
  })),
  {
    id: 'activationHistogram',
    byDefault: 'hidden',
    title: 'page.layers.activationHistogram',
    name: 'page.layers.activationHistogram.name',
    width: 'minmax(92px, 1.4fr)',
    cell: ({ activation }: LayerRow) => activation && <Sparkline summary={activation} fresh={false} />,
    exact: ({ activation }) => (activation ? '' : t('page.layers.activation.missing')),
  },
];
