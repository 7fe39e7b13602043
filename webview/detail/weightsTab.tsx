import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { LayerRow, WeightDetail } from '../../src/protocol/engineService.js';
import { ChartExport } from '../charts/chartExport.js';
import { Dropdown } from '../controls.js';
import { Value } from '../figure.js';
import type { Figure } from '../format/figures.js';
import { count, real, share } from '../format/figures.js';
import { t } from '../format/text.js';
import { exportFile } from '../state/exports.js';
import { changePageState, pageState } from '../state/pageState.js';
import { ClippingFigures } from './clippingFigures.js';
import { limits, range } from './clippingState.js';
import { Disclosure } from './disclosure.js';
import { HistogramChart } from './histogramChart.js';
import { HistogramTable } from './histogramTable.js';
import { MeasuredWeight } from './measuredWeight.js';

/** A weight's distribution, and what clipping it would do. */
export function WeightsTab({ row }: { readonly row: LayerRow }): JSX.Element {
  return <MeasuredWeight row={row} show={(detail) => <Distribution detail={detail} />} />;
}

function Distribution({ detail: shown }: { readonly detail: WeightDetail }): JSX.Element {
  const { logCounts } = pageState.value;
  const { channels, statistics, layer, weight } = shown;
  const chart = useRef<HTMLDivElement>(null);
  const histogramAs = (format: 'csv' | 'json') => () => exportFile({ what: 'histogram', format, layer, weight });
  return (
    <>
      <div class="detail-bar">
        <h3>{t('page.detail.histogram')}</h3>
        <ChartExport
          label={t('page.export.histogram')}
          suffix={`${weight}.histogram`}
          find={() => chart.current?.querySelector('svg')}
          items={[
            { text: t('page.export.csv'), run: histogramAs('csv') },
            { text: t('page.export.json'), run: histogramAs('json') },
          ]}
        />
        <Dropdown
          label={t('page.detail.scale')}
          class="scale"
          value={logCounts ? 'log' : 'linear'}
          options={[
            { value: 'linear', text: t('page.detail.scale.linear') },
            { value: 'log', text: t('page.detail.scale.log') },
          ]}
          onChange={(scale) => changePageState({ logCounts: scale === 'log' })}
        />
      </div>
      <div ref={chart}>
        <HistogramChart
          tensor={{ ...shown, name: weight }}
          scale={logCounts ? 'log' : 'linear'}
          limits={limits.value}
          range={range.value}
        />
      </div>
      <ClippingFigures channels={channels !== null && channels.count > 1} />
      <Disclosure title={t('page.detail.table')}>
        {() => <HistogramTable histogram={shown.histogram} counted="page.detail.weights" />}
      </Disclosure>
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
