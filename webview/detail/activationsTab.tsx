import type { JSX } from 'preact';
import type { TableColumn } from '../../src/inspect/export/table.js';
import { formatInteger, formatNumber } from '../../src/messages/units.js';
import type { ActivationDetail, ActivationsCard, MeasuredDetail } from '../../src/protocol/activationCalls.js';
import type { LayerRow } from '../../src/protocol/engineService.js';
import { binEdges } from '../../src/tensor/histogram.js';
import { tableItems } from '../charts/chartExport.js';
import { Button, Dropdown } from '../controls.js';
import { Value } from '../figure.js';
import type { Figure } from '../format/figures.js';
import { count, real, shape, share } from '../format/figures.js';
import { messageText, t } from '../format/text.js';
import { FailureSentence } from '../shell/notices.js';
import { activation, activationFailure, pickedOutput, shownOutput } from '../state/activations.js';
import { activationsCard, runCommand } from '../state/session.js';
import { ClippingFigures } from './clippingFigures.js';
import { limits, range } from './clippingState.js';
import { ChannelsChart } from './channels.js';
import { HistogramSection } from './histogramSection.js';

/** What a layer gives out when the model runs on data. */
export function ActivationsTab({ row }: { readonly row: LayerRow }): JSX.Element {
  const card = activationsCard.value;
  if (card === null) return <Unmeasured />;
  if (activationFailure.value) {
    return (
      <p class="quiet tab-empty">
        <FailureSentence failure={activationFailure.value} />
      </p>
    );
  }
  const known = activation.value;
  if (known === null) return <div class="detail-pending" aria-busy="true" />;
  const current = known.layer === row.index;
  return (
    <div class={`measured${current ? '' : ' stale'}`} aria-busy={!current}>
      <Outputs outputs={known.outputs} card={card} />
    </div>
  );
}

function Unmeasured(): JSX.Element {
  return (
    <div class="tab-empty">
      <p class="quiet">{t('page.detail.activations.unmeasured')}</p>
      <Button onClick={() => runCommand('measureActivations')}>{t('page.detail.activations.measure')}</Button>
    </div>
  );
}

function Outputs(props: {
  readonly outputs: readonly ActivationDetail[];
  readonly card: ActivationsCard;
}): JSX.Element {
  const { outputs, card } = props;
  const shown = shownOutput.value;
  if (!shown) return <p class="quiet tab-empty">{t('page.detail.activations.none')}</p>;
  return (
    <>
      <div class="weight-title">
        {outputs.length > 1 ? (
          <Dropdown
            label={t('page.detail.activations.value')}
            class="weight-choice"
            value={shown.value}
            options={outputs.map(({ value }) => ({ value, text: value }))}
            onChange={(value) => (pickedOutput.value = value)}
          />
        ) : (
          <span class="weight-name" title={shown.value}>
            {shown.value}
          </span>
        )}
        {!shown.missing && (
          <span class="quiet">
            {shape(shown.shape)} {shown.dtype}
          </span>
        )}
      </div>
      <MeasuredOn card={card} />
      {shown.missing ? <p class="quiet">{messageText(shown.missing)}</p> : <Distribution output={shown} />}
    </>
  );
}

function MeasuredOn({ card }: { readonly card: ActivationsCard }): JSX.Element {
  const data = card.data.split(/[\\/]/).at(-1)!;
  const samples = formatInteger(card.samples);
  return (
    <p class="quiet" title={card.data}>
      {card.samples === 1
        ? t('page.detail.activations.onOne', { data })
        : t('page.detail.activations.on', { samples, data })}{' '}
      <button class="link" onClick={() => runCommand('measureActivations')}>
        {t('page.detail.activations.again')}
      </button>
      {card.notes.map((note) => (
        <span key={note.id} class="activation-note">
          {messageText(note)}
        </span>
      ))}
    </p>
  );
}

function Distribution({ output }: { readonly output: MeasuredDetail }): JSX.Element {
  const { value, statistics, histogram, channels } = output;
  if (histogram.counts.length === 0) return <p class="quiet">{t('page.detail.activations.nothingFinite')}</p>;
  const bins = () => histogram.counts.keys();
  const suffix = `${value}.activation`;
  return (
    <>
      <HistogramSection
        tensor={{ name: value, histogram, statistics }}
        counted="page.detail.activations.elements"
        limits={limits.value}
        range={range.value}
        exports={{
          label: t('page.detail.activations.histogram'),
          suffix,
          items: tableItems(suffix, exportedBins(output), bins),
        }}
      >
        <ClippingFigures channels={false} />
      </HistogramSection>
      <Figures output={output} />
      {channels && channels.count > 1 && <ChannelsChart weight={suffix} channels={channels} range={null} />}
    </>
  );
}

function exportedBins({ histogram: { min, max, counts } }: MeasuredDetail): TableColumn<number>[] {
  const edges = binEdges(min, max, counts.length);
  return [
    { name: 'from', cell: (bin) => edges[bin]! },
    { name: 'to', cell: (bin) => edges[bin + 1]! },
    { name: 'count', cell: (bin) => counts[bin]! },
  ];
}

function Figures({ output: { statistics, channels } }: { readonly output: MeasuredDetail }): JSX.Element {
  const { min, max, mean, std, kurtosis, zeros, nans, infinities, outlier } = statistics;
  const entries: [string, Figure][] = [
    [t('page.layers.min'), real(min)],
    [t('page.layers.max'), real(max)],
    [t('page.detail.mean'), real(mean)],
    [t('page.detail.std'), real(std)],
    [t('page.detail.kurtosis'), real(kurtosis)],
    [t('page.detail.zeros'), { text: share(zeros / statistics.count).text, exact: count(zeros).exact }],
    [t('page.detail.activations.outlier'), outlierFigure(outlier)],
  ];
  if (channels) entries.push([t('page.detail.activations.dead'), deadFigure(channels)]);
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
              <Value figure={figure} provenance="measured" />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const outlierFigure = (value: number): Figure => ({
  text: `${formatNumber(value)}x`,
  exact: t('page.detail.activations.outlier.exact', { value }),
});

function deadFigure({ dead, count: all }: NonNullable<MeasuredDetail['channels']>): Figure {
  const params = { dead: formatInteger(dead), count: formatInteger(all) };
  return {
    text: t('page.detail.unused.of', { unused: params.dead, codes: params.count }),
    exact: t('page.detail.activations.dead.exact', params),
  };
}
