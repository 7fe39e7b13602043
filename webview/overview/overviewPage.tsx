import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ModelCard, ValueCard } from '../../src/inspect/inspection.js';
import { wholeBytes } from '../../src/inspect/wholeBytes.js';
import { Value } from '../figure.js';
import { bytes, count, share, valueType, whole } from '../format/figures.js';
import { t } from '../format/text.js';
import { Empty, FailureSentence } from '../shell/notices.js';
import { changeQuery, showLayer } from '../state/layerRows.js';
import { failureOf } from '../state/failureOf.js';
import { changePageState, defaultQuery } from '../state/pageState.js';
import { commandFailure, generation, started } from '../state/session.js';
import { byBytes, byMacs, loadParts, partsFailure } from '../state/weightiest.js';
import { Bars } from './bars.js';
import { BarsExport } from './barsExport.js';
import { CostSection } from './costSection.js';
import { FindingsList } from './findingsList.js';
import { InspectionExport } from './inspectionExport.js';
import { Section } from './section.js';

export const show = (layer: string): void => {
  showLayer(layer).catch((error: unknown) => (commandFailure.value = failureOf(error)));
};

/** The layers of an operator, the one that works most first. */
function showOperator(op: string): void {
  changeQuery({ ...defaultQuery, groupBy: 'op', unfolded: [op], sortBy: 'macs', descending: true });
  changePageState({ page: 'layers', detailOpen: false });
}

/** What the model is and where its weight lies. */
export function OverviewPage(): JSX.Element {
  const { opened } = started.value!;
  const { card } = opened;
  const reading = generation.value;
  useEffect(() => {
    if (byBytes.peek() === null) void loadParts();
  }, [reading]);
  const rows = Math.min(opened.layerCount, 8);
  const hasWeights = Object.keys(card.bytesByType).length > 0;
  return (
    <div class="overview">
      <div class="overview-main">
        <Section title={t('page.overview.findings')} action={<InspectionExport />}>
          <FindingsList />
        </Section>
        {partsFailure.value ? (
          <Empty action={{ text: t('page.tryAgain'), run: () => void loadParts() }}>
            <FailureSentence failure={partsFailure.value} />
          </Empty>
        ) : (
          <>
            {hasWeights && (
              <Section
                title={t('page.overview.layersByBytes')}
                action={
                  <BarsExport
                    suffix="layers-by-bytes"
                    title="page.overview.layersByBytes"
                    parts={byBytes.value}
                    format={bytes}
                  />
                }
              >
                <Bars
                  caption={t('page.overview.layersByBytes')}
                  parts={byBytes.value}
                  expected={rows}
                  format={bytes}
                  onShow={show}
                />
              </Section>
            )}
            {card.macs !== null && card.macs > 0 && (
              <Section
                title={t('page.overview.operatorsByMacs')}
                action={
                  <BarsExport
                    suffix="operators-by-macs"
                    title="page.overview.operatorsByMacs"
                    parts={byMacs.value}
                    format={count}
                  />
                }
              >
                <Bars
                  caption={t('page.overview.operatorsByMacs')}
                  parts={byMacs.value}
                  expected={2}
                  format={count}
                  onShow={showOperator}
                />
              </Section>
            )}
          </>
        )}
        <CostSection card={card} />
      </div>
      <div class="overview-side">
        <Ports title={t('page.overview.inputs')} values={card.inputs} />
        <Ports title={t('page.overview.outputs')} values={card.outputs} />
        <About card={card} layerCount={opened.layerCount} />
        <BytesByType card={card} />
        <Operators card={card} />
      </div>
    </div>
  );
}

function Ports(props: { readonly title: string; readonly values: readonly ValueCard[] }): JSX.Element {
  return (
    <Section title={props.title}>
      <Facts
        facts={props.values.map(({ name, dtype, shape }) => [name, <code key={name}>{valueType(dtype, shape)}</code>])}
      />
    </Section>
  );
}

function About({ card, layerCount }: { readonly card: ModelCard; readonly layerCount: number }): JSX.Element {
  const opsets = Object.entries(card.opsets).filter(([domain]) => domain !== '' && domain !== 'ai.onnx');
  return (
    <Section title={t('page.overview.model')}>
      <Facts
        facts={[
          [t('page.overview.opset'), card.opset],
          ...opsets.map(([domain, version]): [string, ComponentChildren] => [domain, version]),
          [t('page.overview.irVersion'), card.irVersion],
          [t('page.overview.producer'), card.producer === '' ? t('page.unknown') : card.producer],
          [t('page.overview.layerCount'), <Value key="layers" figure={whole(layerCount)} />],
          [t('page.overview.parameterCount'), <Value key="parameters" figure={count(card.parameters)} />],
          ...Object.entries(card.metadata).map(([key, value]): [string, ComponentChildren] => [
            key,
            <span key={key} class="metadata" title={value}>
              {value}
            </span>,
          ]),
        ]}
      />
    </Section>
  );
}

function BytesByType({ card }: { readonly card: ModelCard }): JSX.Element | null {
  const types = Object.entries(card.bytesByType).sort(([, a], [, b]) => b - a);
  if (types.length === 0) return null;
  const all = wholeBytes(card);
  return (
    <Section title={t('page.overview.bytesByType')}>
      <table class="amounts" aria-label={t('page.overview.bytesByType')}>
        <tbody>
          {types.map(([type, size]) => (
            <tr key={type}>
              <th scope="row">{type}</th>
              <td class="numeric">
                <Value figure={bytes(size)} />
              </td>
              <td class="numeric share">
                <Value figure={share(all > 0 ? size / all : 0)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function Operators({ card }: { readonly card: ModelCard }): JSX.Element {
  const operators = Object.entries(card.operators).sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  return (
    <Section title={t('page.overview.operators')}>
      <ul class="operators">
        {operators.map(([operator, times]) => (
          <li key={operator}>
            {operator} <span class="kind">×{whole(times).text}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, ComponentChildren])[] }): JSX.Element {
  return (
    <dl class="facts-list">
      {facts.map(([name, value], i) => (
        <div key={`${i}${name}`}>
          <dt title={name}>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
