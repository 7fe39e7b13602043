import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { TableColumn } from '../../src/inspect/export/table.js';
import { formatDecibels, formatInteger } from '../../src/messages/units.js';
import type { ErrorsCard } from '../../src/protocol/errorCalls.js';
import { ChartExport, tableItems } from '../charts/chartExport.js';
import { Button } from '../controls.js';
import { Disclosure } from '../detail/disclosure.js';
import { messageText, t } from '../format/text.js';
import { Section } from '../overview/section.js';
import { fileName } from '../shell/header.js';
import { comparedSelection, selectPair } from '../state/comparison.js';
import type { ErrorLine } from '../state/errors.js';
import { errorLine, errors, worstPoint } from '../state/errors.js';
import { reportError, runCommand } from '../state/session.js';
import { DisagreementTable } from './disagreementTable.js';
import { ErrorChart } from './errorChart.js';
import { ErrorTable } from './errorTable.js';

/** Where the outputs' error comes from: errors along the graph, and the samples on which the models disagree. */
export function ErrorSection(): JSX.Element | null {
  const card = errors.value;
  if (card === undefined) return null;
  const measure = <Button onClick={() => runCommand('measureErrors')}>{t('page.compare.errors.measure')}</Button>;
  if (card === null) {
    return (
      <Section title={t('page.compare.errors')} action={measure}>
        <p class="quiet">{t('page.compare.errors.nothing')}</p>
      </Section>
    );
  }
  return (
    <>
      <Section title={t('page.compare.errors')} action={measure}>
        <p>{worstSentence()}</p>
        {errorLine.value && errorLine.value.names.length > 0 && <Plot line={errorLine.value} card={card} />}
        <p class="quiet" title={card.data}>
          {t('page.compare.errors.measuredOn', {
            data: fileName(card.data),
            samples: formatInteger(card.samples),
            layers: formatInteger(card.measured),
          })}
        </p>
        <ul class="notes">
          {card.notes.map((note, i) => (
            <li key={i}>{messageText(note)}</li>
          ))}
        </ul>
      </Section>
      {card.disagreements && <Disagreeing card={card} />}
    </>
  );
}

function worstSentence(): string | JSX.Element {
  const line = errorLine.value;
  const worst = worstPoint.value;
  if (!line) return ' ';
  if (worst < 0) return t('page.compare.errors.noneAnywhere');
  const [before, after] = t('page.compare.errors.worst', { sqnr: formatDecibels(line.local[worst]!) }).split('{layer}');
  return (
    <>
      {before}
      <button class="link" onClick={() => select(line, worst)}>
        {line.names[worst]}
      </button>
      {after}
    </>
  );
}

function select(line: ErrorLine, point: number): void {
  const index = line.index[point];
  if (index !== undefined) selectPair({ index }).catch(reportError);
}

interface Point {
  readonly name: string;
  readonly local: number;
  readonly cumulative: number;
}

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);

const exported: readonly TableColumn<Point>[] = [
  { name: 'layer', cell: ({ name }) => name },
  { name: 'localSqnrDb', cell: ({ local }) => known(local) },
  { name: 'cumulativeSqnrDb', cell: ({ cumulative }) => known(cumulative) },
];

function Plot({ line }: { readonly line: ErrorLine; readonly card: ErrorsCard }): JSX.Element {
  const chart = useRef<HTMLDivElement>(null);
  const selected = line.index.indexOf(comparedSelection.value?.index ?? -1);
  const rows = function* (): Generator<Point> {
    for (const [i, name] of line.names.entries()) {
      yield { name, local: line.local[i]!, cumulative: line.cumulative[i]! };
    }
  };
  return (
    <div class="measured" ref={chart}>
      <div class="error-legend">
        <ul class="legend">
          <li title={t('page.compare.local.name')}>
            <span class="legend-mark dot" aria-hidden="true" />
            {t('page.compare.local.legend')}
          </li>
          <li title={t('page.compare.cumulative.name')}>
            <span class="legend-mark stroke" aria-hidden="true" />
            {t('page.compare.cumulative.legend')}
          </li>
        </ul>
        <ChartExport
          label={t('page.export.errors')}
          suffix="errors"
          find={() => chart.current?.querySelector('svg')}
          items={tableItems('errors', exported, rows)}
        />
      </div>
      <ErrorChart line={line} selected={selected} onSelect={(point) => select(line, point)} />
      <Disclosure title={t('page.detail.table')}>
        {() => <ErrorTable line={line} onSelect={(point) => select(line, point)} />}
      </Disclosure>
    </div>
  );
}

function Disagreeing({ card: { disagreements } }: { readonly card: ErrorsCard }): JSX.Element {
  const { count, rows } = disagreements!;
  const counts = { count: formatInteger(count), rows: formatInteger(rows) };
  return (
    <Section title={t('page.compare.disagree')}>
      <p>{count === 0 ? t('page.compare.disagree.none', counts) : t('page.compare.disagree.count', counts)}</p>
      {count > 0 && <DisagreementTable disagreements={disagreements!} />}
    </Section>
  );
}
