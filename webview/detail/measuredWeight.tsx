import type { JSX } from 'preact';
import type { WeightCard } from '../../src/inspect/inspection.js';
import type { LayerRow, WeightDetail } from '../../src/protocol/engineService.js';
import { Dropdown } from '../controls.js';
import { shape } from '../format/figures.js';
import { messageText, t } from '../format/text.js';
import { Menu } from '../shell/menu.js';
import { FailureSentence } from '../shell/notices.js';
import { exportTensor } from '../state/exports.js';
import {
  detail,
  detailCurrent,
  detailFailure,
  loadDetailAgain,
  pickedWeight,
  shownWeight,
} from '../state/weightDetail.js';

/** A layer's weight, to be picked where it has several, and what `show` makes of its figures once they are there. */
export function MeasuredWeight(props: {
  readonly row: LayerRow;
  show(detail: WeightDetail): JSX.Element;
}): JSX.Element {
  const weight = shownWeight.value;
  if (weight === null) return <p class="quiet tab-empty">{t('page.detail.noWeights')}</p>;
  return (
    <>
      <WeightTitle layer={props.row.index} weight={weight} weights={props.row.card.weights} />
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
        <Measured detail={detail.value} show={props.show} />
      ) : (
        <div class="detail-pending" aria-busy="true" />
      )}
    </>
  );
}

export function WeightTitle(props: {
  readonly layer: number;
  readonly weight: WeightCard;
  readonly weights: readonly WeightCard[];
}): JSX.Element {
  const { layer, weight, weights } = props;
  return (
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
      {!weight.unreadable && <TensorExport layer={layer} weight={weight} />}
    </div>
  );
}

function TensorExport({ layer, weight }: { readonly layer: number; readonly weight: WeightCard }): JSX.Element {
  const stored = { text: t('page.export.npy'), run: () => exportTensor(layer, weight.name, false) };
  const real = { text: t('page.export.npy.real'), run: () => exportTensor(layer, weight.name, true) };
  return (
    <Menu
      label={t('page.export.tensor.label')}
      icon="download"
      items={weight.storage === 'quantized' ? [stored, real] : [stored]}
    />
  );
}

function Measured(props: { readonly detail: WeightDetail; show(detail: WeightDetail): JSX.Element }): JSX.Element {
  const current = detailCurrent.value;
  const { histogram } = props.detail;
  if (current && !(histogram.min <= histogram.max)) return <p class="quiet">{t('page.detail.nothingFinite')}</p>;
  return (
    <div class={`measured${current ? '' : ' stale'}`} aria-busy={!current}>
      {props.show(props.detail)}
    </div>
  );
}
