import type { JSX } from 'preact';
import type { LayerRow, WeightDetail } from '../../src/protocol/engineService.js';
import { Value } from '../figure.js';
import type { Figure } from '../format/figures.js';
import { count, real, share } from '../format/figures.js';
import { t } from '../format/text.js';
import { exportFile } from '../state/exports.js';
import { ClippingFigures } from './clippingFigures.js';
import { limits, range } from './clippingState.js';
import { HistogramSection } from './histogramSection.js';
import { MeasuredWeight } from './measuredWeight.js';

/** A weight's distribution, and what clipping it would do. */
export function WeightsTab({ row }: { readonly row: LayerRow }): JSX.Element {
  return <MeasuredWeight row={row} show={(detail) => <Distribution detail={detail} />} />;
}

function Distribution({ detail: shown }: { readonly detail: WeightDetail }): JSX.Element {
  const { channels, statistics, layer, weight } = shown;
  const histogramAs = (format: 'csv' | 'json') => () => exportFile({ what: 'histogram', format, layer, weight });
  return (
    <>
      <HistogramSection
        tensor={{ ...shown, name: weight }}
        counted="page.detail.weights"
        limits={limits.value}
        range={range.value}
        exports={{
          label: t('page.export.histogram'),
          suffix: `${weight}.histogram`,
          items: [
            { text: t('page.export.csv'), run: histogramAs('csv') },
            { text: t('page.export.json'), run: histogramAs('json') },
          ],
        }}
      >
        <ClippingFigures channels={channels !== null && channels.count > 1} />
      </HistogramSection>
      <Statistics statistics={statistics} />
    </>
  );
}

function Statistics({ statistics }: { readonly statistics: WeightDetail['statistics'] }): JSX.Element {
  const { zeros, nans, infinities } = statistics;
  const part = (amount: number): Figure => {
    const { text } = share(amount / statistics.count);
    return { text, exact: count(amount).exact };
  };
  const entries: [string, Figure][] = [
    [t('page.layers.min'), real(statistics.min)],
    [t('page.layers.max'), real(statistics.max)],
    [t('page.detail.mean'), real(statistics.mean)],
    [t('page.detail.std'), real(statistics.std)],
    [t('page.detail.kurtosis'), real(statistics.kurtosis)],
    [t('page.detail.zeros'), part(zeros)],
  ];
  if (nans > 0) entries.push([t('page.detail.nans'), count(nans)]);
  if (infinities > 0) entries.push([t('page.detail.infinities'), count(infinities)]);
  return (
    <section>
      <h3>{t('page.detail.statistics')}</h3>
      <dl class="figures">
        {entries.map(([label, figure]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <Value figure={figure} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
