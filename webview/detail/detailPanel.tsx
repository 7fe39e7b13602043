import type { ComponentChildren, JSX } from 'preact';
import type { LayerRow, WeightDetail } from '../../src/protocol/engineService.js';
import type { WeightCard } from '../../src/inspect/inspection.js';
import { Dropdown, IconButton } from '../controls.js';
import { Value } from '../figure.js';
import type { Figure } from '../format/figures.js';
import { bytes, count, real, shape, share } from '../format/figures.js';
import { messageText, t } from '../format/text.js';
import { FailureSentence } from '../shell/notices.js';
import { changePageState, pageState } from '../state/pageState.js';
import type { Selection } from '../state/pageState.js';
import {
  detail,
  detailCurrent,
  detailFailure,
  detailRow,
  loadDetailAgain,
  pickedWeight,
  shownWeight,
} from '../state/weightDetail.js';
import { ChannelsChart } from './channels.js';
import { ClippingFigures } from './clippingFigures.js';
import { limits, range } from './clippingState.js';
import { Disclosure } from './disclosure.js';
import { HistogramChart } from './histogramChart.js';
import { HistogramTable } from './histogramTable.js';

/** One layer and one of its weights, close up. */
export function DetailPanel(props: { readonly layer: Selection; onClose(): void }): JSX.Element {
  const row = detailRow.value;
  const current = row !== null && row.index === props.layer.index;
  return (
    <aside
      class="detail"
      tabIndex={-1}
      aria-label={t('page.detail.label', { layer: props.layer.name })}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        props.onClose();
      }}
    >
      <div class="detail-title">
        <h2 title={props.layer.name}>{props.layer.name}</h2>
        <IconButton icon="close" label={t('page.detail.close')} onClick={props.onClose} />
      </div>
      {current && <LayerDetail row={row} />}
    </aside>
  );
}

function LayerDetail({ row }: { readonly row: LayerRow }): JSX.Element {
  const { card } = row;
  const weight = shownWeight.value;
  return (
    <>
      <p class="detail-facts quiet">
        <span>{card.op}</span>
        {card.parameters > 0 && (
          <span title={count(card.parameters).exact}>
            {t('page.header.parameters', { count: count(card.parameters).text })}
          </span>
        )}
        {card.bytes > 0 && (
          <span>
            <Value figure={bytes(card.bytes)} />
          </span>
        )}
        {card.macs !== null && card.macs > 0 && (
          <span title={count(card.macs).exact}>{t('page.header.macs', { count: count(card.macs).text })}</span>
        )}
      </p>
      {weight === null ? (
        <p class="quiet">{t('page.detail.noWeights')}</p>
      ) : (
        <Weight weight={weight} weights={card.weights} />
      )}
      <Wiring row={row} />
    </>
  );
}

function Weight(props: { readonly weight: WeightCard; readonly weights: readonly WeightCard[] }): JSX.Element {
  const { weight, weights } = props;
  return (
    <>
      <div class="weight-title">
        {weights.length > 1 ? (
          <Dropdown
            label={t('page.detail.weight')}
            class="weight-choice"
            value={weight.name}
            options={weights.map(({ name }) => ({ value: name, text: name }))}
            onChange={(name) => (pickedWeight.value = name)}
          />
        ) : (
          <span class="weight-name" title={weight.name}>
            {weight.name}
          </span>
        )}
        <span class="quiet">
          {shape(weight.shape)} {weight.dtype}
        </span>
      </div>
      {weight.unreadable ? (
        <p class="quiet">{messageText(weight.unreadable)}</p>
      ) : detailFailure.value ? (
        <p class="quiet">
          <FailureSentence failure={detailFailure.value} />{' '}
          <button class="link" onClick={loadDetailAgain}>
            {t('page.tryAgain')}
          </button>
        </p>
      ) : detail.value ? (
        <Measured detail={detail.value} />
      ) : (
        <div class="detail-pending" aria-busy="true" />
      )}
    </>
  );
}

function Measured({ detail: shown }: { readonly detail: WeightDetail }): JSX.Element {
  const current = detailCurrent.value;
  const { logCounts } = pageState.value;
  const { channels, statistics } = shown;
  if (current && !(shown.histogram.min <= shown.histogram.max))
    return <p class="quiet">{t('page.detail.nothingFinite')}</p>;
  return (
    <div class={`measured${current ? '' : ' stale'}`} aria-busy={!current}>
      <div class="detail-bar">
        <h3>{t('page.detail.histogram')}</h3>
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
      <HistogramChart detail={shown} scale={logCounts ? 'log' : 'linear'} limits={limits.value} range={range.value} />
      <ClippingFigures channels={channels !== null && channels.count > 1} />
      <Disclosure title={t('page.detail.table')}>{() => <HistogramTable histogram={shown.histogram} />}</Disclosure>
      {channels && channels.count > 1 && <ChannelsChart channels={channels} range={range.value} />}
      <Statistics statistics={statistics} />
    </div>
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

function Wiring({ row: { card } }: { readonly row: LayerRow }): JSX.Element {
  const weights = new Set(card.weights.map(({ name }) => name));
  const inputs = card.inputs.filter((name) => name !== '' && !weights.has(name));
  return (
    <section>
      <h3>{t('page.detail.wiring')}</h3>
      <dl class="facts-list">
        <Names label={t('page.overview.inputs')} names={inputs} />
        <Names label={t('page.overview.outputs')} names={card.outputs}>
          {card.outputShape && <span class="quiet"> {shape(card.outputShape)}</span>}
        </Names>
      </dl>
    </section>
  );
}

function Names(props: {
  readonly label: string;
  readonly names: readonly string[];
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        {props.names.join(', ')}
        {props.children}
      </dd>
    </div>
  );
}
