import type { ComponentChildren, JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { EvaluationReport, MetricFigures } from '../../src/evaluate/evaluation.js';
import type { SentenceId } from '../../src/messages/catalog.js';
import type { Message } from '../../src/messages/message.js';
import type { ReportCard } from '../../src/protocol/engineService.js';
import { Button } from '../controls.js';
import { bytes } from '../format/figures.js';
import { messageText, t } from '../format/text.js';
import { useWidth } from '../grid/width.js';
import { Icon } from '../icon.js';
import { Bars } from '../overview/bars.js';
import { fileName } from '../shell/header.js';
import { Empty, FailureSentence, Loading } from '../shell/notices.js';
import { comparison, comparisonFailure, original, report } from '../state/comparison.js';
import { evaluation, jobs, openModel, runCommand, started } from '../state/session.js';
import { largestParts } from '../state/parts.js';
import { ComparedLayers } from './comparedLayers.js';
import { ErrorSection } from './errorSection.js';
import type { PairKnowledge, PairMetric } from './totals.js';
import { totalsLines } from './totals.js';
import { TotalsTable } from './totalsTable.js';

/** Width in pixels from which the layers stand beside the totals. */
const besideFrom = 960;

/** This model and the one it was made from, or was asked to be compared with. */
export function ComparePage(): JSX.Element {
  const page = useRef<HTMLDivElement>(null);
  const width = useWidth(page);
  return (
    <div class={`compare${width >= besideFrom ? ' beside' : ''}`} ref={page}>
      <Content />
    </div>
  );
}

function Content(): JSX.Element {
  const made = report.value;
  const measured = evaluation.value;
  const a = original.value;
  const compareWith = { text: t('page.compareWith'), run: () => runCommand('compareWith') };
  if (a === null && !measured) {
    if (comparisonFailure.value) {
      return (
        <Empty action={compareWith}>
          <FailureSentence failure={comparisonFailure.value} />
        </Empty>
      );
    }
    if (jobs.value.length > 0) return <Loading label={t('page.compare.running')} />;
    if (made === undefined) return <Loading label={t('page.compare.loading')} />;
    return <Empty action={compareWith}>{t('page.compare.nothing')}</Empty>;
  }
  const ofPair = made && made.input === a ? made : null;
  const errorSection = a !== null && <ErrorSection />;
  return (
    <>
      <div class="compare-main">
        <Pair a={a} b={started.value!.opened.path} made={ofPair} />
        <TotalsTable lines={totalsLines(knowledge(ofPair, measured))} />
        {ofPair ? (
          <Report card={ofPair}>{errorSection}</Report>
        ) : (
          <>
            {measured ? <Measured evaluation={measured} /> : <NothingMeasured />}
            {errorSection}
          </>
        )}
      </div>
      {a !== null && <ComparedLayers />}
    </>
  );
}

/** The best that is known: an evaluation is newer than the report; the files alone say sizes. */
function knowledge(made: ReportCard | null, measured: EvaluationReport | null): PairKnowledge {
  const pairMeasured = measured?.against !== undefined || made === null;
  if (measured && pairMeasured) {
    return {
      before: measured.against ?? null,
      after: measured.model,
      agreement: measured.agreement ?? null,
      accuracyChange: measured.accuracyChange ?? null,
      latencyRatio: measured.latencyRatio ?? null,
      metric: measured.metric ? pairMetric(measured.metric) : null,
      totals: comparison.value?.totals ?? null,
    };
  }
  return {
    before: made?.before ?? null,
    after: made?.after ?? null,
    agreement: made?.agreement ?? null,
    accuracyChange: made?.accuracyChange ?? null,
    latencyRatio: made?.latencyRatio ?? null,
    metric: made?.metric ?? null,
    totals: comparison.value?.totals ?? null,
  };
}

function pairMetric({ model, against, ...figures }: MetricFigures): PairMetric {
  return { ...figures, before: against, after: model };
}

function Pair(props: { readonly a: string | null; readonly b: string; readonly made: ReportCard | null }): JSX.Element {
  const { a, b, made } = props;
  return (
    <div class="pair">
      <div class="pair-names">
        {a !== null && (
          <>
            <button class="link" title={a} onClick={() => openModel(a)}>
              {fileName(a)}
            </button>
            <Icon name="arrow-right" />
          </>
        )}
        <strong title={b}>{fileName(b)}</strong>
      </div>
      {made && (
        <div class="pair-actions">
          <Button onClick={() => runCommand('copyAsCommand')}>{t('page.compare.copyCommand')}</Button>
          <Button onClick={() => runCommand('copyReport')}>{t('page.compare.copyReport')}</Button>
        </div>
      )}
    </div>
  );
}

const measuredOnText = {
  test: 'page.compare.measuredOn.test',
  calibration: 'page.compare.measuredOn.calibration',
  nothing: 'page.compare.measuredOn.nothing',
} as const;

/** What the bars say already. */
const drawnNote: SentenceId = 'recipe.structure';

/** `children` stand between what was measured on and where the bytes lie. */
function Report(props: { readonly card: ReportCard; readonly children: ComponentChildren }): JSX.Element {
  const { card } = props;
  const { weights, scales, structure } = card.outputBytes;
  const amounts = [
    { name: t('page.compare.bytes.weights'), detail: '', amount: weights },
    { name: t('page.compare.bytes.scales'), detail: '', amount: scales },
    { name: t('page.compare.bytes.structure'), detail: '', amount: structure },
  ];
  const total = weights + scales + structure;
  return (
    <>
      {card.budgetMet === false && (
        <p class="budget">
          <Icon name="warning" /> {t('page.compare.budgetMissed')}
        </p>
      )}
      <p class="quiet">{t(measuredOnText[card.measuredOn])}</p>
      {props.children}
      <Section title={t('page.compare.outputBytes')}>
        <Bars
          caption={t('page.compare.outputBytes')}
          parts={largestParts(amounts, total, amounts.length)}
          expected={amounts.length}
          format={bytes}
        />
      </Section>
      <Section title={t('page.compare.notes')}>
        <p>
          {t('page.compare.counts', { method: card.method, applied: card.appliedCount, skipped: card.skippedCount })}
        </p>
        <Notes notes={card.notes.filter(({ id }) => id !== drawnNote)} />
      </Section>
    </>
  );
}

/** What an evaluation was made on, and what must be known to believe it. */
function Measured({ evaluation: { data, notes = [] } }: { readonly evaluation: EvaluationReport }): JSX.Element {
  return (
    <>
      {data !== '' && (
        <p class="quiet" title={data}>
          {t('page.compare.data', { data: fileName(data) })}
        </p>
      )}
      <Notes notes={notes} />
    </>
  );
}

function NothingMeasured(): JSX.Element {
  return (
    <p class="quiet">
      {t('page.compare.nothingMeasured')}{' '}
      <button class="link" onClick={() => runCommand('evaluate')}>
        {t('page.evaluate')}
      </button>
    </p>
  );
}

function Notes({ notes }: { readonly notes: readonly Message[] }): JSX.Element {
  return (
    <ul class="notes">
      {notes.map((note, i) => (
        <li key={i}>{messageText(note)}</li>
      ))}
    </ul>
  );
}

function Section(props: { readonly title: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <section>
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}
