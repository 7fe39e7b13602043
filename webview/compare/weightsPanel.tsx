import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { TableColumn } from '../../src/inspect/export/table.js';
import type { ComparedRow, ComparedWeight, ComparedWeights } from '../../src/protocol/engineService.js';
import { binEdges } from '../../src/tensor/histogram.js';
import { ChartExport, tableItems } from '../charts/chartExport.js';
import { IconButton } from '../controls.js';
import { Disclosure } from '../detail/disclosure.js';
import { Value } from '../figure.js';
import { bytes, decibels, real, shape } from '../format/figures.js';
import type { Figure } from '../format/figures.js';
import { messageText, t } from '../format/text.js';
import { show } from '../overview/overviewPage.js';
import { fileName } from '../shell/header.js';
import { FailureSentence } from '../shell/notices.js';
import { comparedWeights, comparedWeightsFailure, loadComparedWeightsAgain } from '../state/comparedWeights.js';
import { original } from '../state/comparison.js';
import { started } from '../state/session.js';
import { OverlayChart } from './overlayChart.js';
import { OverlayTable } from './overlayTable.js';

/** The weights of a layer in both models: their histograms laid over each other, their types, sizes, and the error. */
export function WeightsPanel(props: { readonly row: ComparedRow; onClose(): void }): JSX.Element {
  const { pair } = props.row;
  const name = pair.b ?? pair.a ?? '';
  return (
    <aside
      class="weights"
      aria-label={t('page.compare.weight.label', { layer: name })}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        props.onClose();
      }}
    >
      <div class="detail-title">
        <h2 title={name}>{name}</h2>
        {pair.b !== null && (
          <button class="link" onClick={() => show(pair.b!)}>
            {t('page.compare.weight.show')}
          </button>
        )}
        <IconButton icon="close" label={t('page.detail.close')} onClick={props.onClose} />
      </div>
      <Changes row={props.row} />
      <Content row={props.row} />
    </aside>
  );
}

/** What told that the layers are the same one, what differs, and what data showed of their outputs. */
function Changes({ row: { pair } }: { readonly row: ComparedRow }): JSX.Element | null {
  const { matchedBy, changes, activations } = pair;
  const parts = [
    ...(pair.a !== null && pair.b !== null && pair.a !== pair.b ? [`${pair.a} → ${pair.b}`] : []),
    ...changes.map(messageText),
    ...(activations?.missing ? [messageText(activations.missing)] : []),
  ];
  if (activations && activations.cumulativeSqnrDb !== null) {
    parts.push(
      t('page.compare.errors.point', {
        layer: t('page.compare.error'),
        local: decibels(activations.localSqnrDb).text,
        cumulative: decibels(activations.cumulativeSqnrDb).text,
      }),
    );
  }
  const matched = matchedBy === null || matchedBy === 'name' ? '' : t(`page.compare.matchedBy.${matchedBy}`);
  const sentences = [parts.join('; '), matched].filter((text) => text !== '');
  return sentences.length === 0 ? null : <p class="quiet">{sentences.join(' · ')}</p>;
}

function Content({ row }: { readonly row: ComparedRow }): JSX.Element {
  const failure = comparedWeightsFailure.value;
  const weights = comparedWeights.value;
  const chart = useRef<HTMLDivElement>(null);
  if (failure) {
    return (
      <p class="quiet">
        <FailureSentence failure={failure} />{' '}
        <button class="link" onClick={loadComparedWeightsAgain}>
          {t('page.tryAgain')}
        </button>
      </p>
    );
  }
  if (weights === null) return <div class="weights-pending" aria-busy="true" />;
  const current = weights.index === row.index;
  const suffix = `${(weights.b ?? weights.a)?.name}.histograms`;
  if (weights.a === null && weights.b === null)
    return <p class={`quiet${current ? '' : ' stale'}`}>{t('page.detail.noWeights')}</p>;
  if (!(weights.min <= weights.max)) return <p class="quiet">{t('page.detail.nothingFinite')}</p>;
  return (
    <div class={`overlaid measured${current ? '' : ' stale'}`} aria-busy={!current}>
      <div class="overlay-figures">
        <Legend weights={weights} />
        <Errors row={row} />
        <ChartExport
          label={t('page.export.overlay')}
          suffix={suffix}
          find={() => chart.current?.querySelector('svg')}
          items={tableItems(suffix, binColumns(weights), () => binsOf(weights))}
        />
      </div>
      <div ref={chart}>
        <OverlayChart weights={weights} />
      </div>
      <Disclosure title={t('page.detail.table')}>{() => <OverlayTable weights={weights} />}</Disclosure>
    </div>
  );
}

const binsOf = ({ a, b }: ComparedWeights): Iterable<number> => (a ?? b)!.counts.keys();

function binColumns({ min, max, a, b }: ComparedWeights): TableColumn<number>[] {
  const edges = binEdges(min, max, (a ?? b)!.counts.length);
  return [
    { name: 'from', cell: (bin) => edges[bin]! },
    { name: 'to', cell: (bin) => edges[bin + 1]! },
    { name: 'a', cell: (bin) => a?.counts[bin] ?? null },
    { name: 'b', cell: (bin) => b?.counts[bin] ?? null },
  ];
}

function Legend({ weights: { a, b } }: { readonly weights: ComparedWeights }): JSX.Element {
  return (
    <ul class="legend">
      {a && <Entry key="a" weight={a} model={original.value ?? ''} mark="filled" />}
      {b && <Entry key="b" weight={b} model={started.value!.opened.path} mark="outlined" />}
    </ul>
  );
}

function Entry(props: {
  readonly weight: ComparedWeight;
  readonly model: string;
  readonly mark: 'filled' | 'outlined';
}): JSX.Element {
  const { weight, model, mark } = props;
  return (
    <li title={`${model}\n${weight.name}`}>
      <span class={`legend-mark ${mark}`} aria-hidden="true" />
      <span class="legend-name">{fileName(model)}</span>
      <span class="quiet">
        {weight.dtype} {shape(weight.shape)} <Value figure={bytes(weight.bytes)} />
      </span>
    </li>
  );
}

function Errors({ row: { pair } }: { readonly row: ComparedRow }): JSX.Element | null {
  const { error } = pair;
  if (!error) return null;
  const entries: [string, Figure][] = [
    [t('page.compare.error'), decibels(error.sqnrDb)],
    [t('page.compare.weight.maxError'), real(error.max)],
    [t('page.compare.weight.meanError'), real(error.mean)],
  ];
  return (
    <dl class="errors">
      {entries.map(([label, figure]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <Value figure={figure} provenance="measured" />
          </dd>
        </div>
      ))}
    </dl>
  );
}
