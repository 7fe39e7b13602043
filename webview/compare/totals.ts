/** The totals of two models as lines of a table. Pure. */
import type {
  AccuracyChange,
  Agreement,
  Evaluation,
  Latency,
  LatencyRatio,
  MetricFigures,
} from '../../src/evaluate/evaluation.js';
import type { ModelTotals } from '../../src/evaluate/comparison.js';
import type { SentenceId } from '../../src/messages/catalog.js';
import { formatInteger, withSign } from '../../src/messages/units.js';
import type { Provenance } from '../figure.js';
import type { MessageParams } from '../../src/messages/message.js';
import type { Figure } from '../format/figures.js';
import { accuracy, bytes, count, decibels, difference, milliseconds, points, ratio, real } from '../format/figures.js';
import { t } from '../format/text.js';

export interface TotalsLine {
  readonly id: string;
  readonly label: SentenceId;
  readonly labelParams?: MessageParams;
  /** Null where it is not known; undefined where there can be none. */
  readonly before: Figure | null | undefined;
  readonly after: Figure | null;
  /** Main figure of the change, then what qualifies it. */
  readonly change: readonly Figure[];
  readonly note?: string;
  /** How the figures came about; sizes and counts are read from the file and need no word. */
  readonly provenance?: Provenance;
}

export type PairMetric = Omit<MetricFigures, 'model' | 'against'> & {
  readonly before?: number;
  readonly after: number;
};

/** What is known of the pair, from a report, an evaluation, or the files alone. */
export interface PairKnowledge {
  readonly before: Evaluation | null;
  readonly after: Evaluation | null;
  readonly agreement: Agreement | null;
  readonly accuracyChange: AccuracyChange | null;
  readonly latencyRatio: LatencyRatio | null;
  /** A metric of the user's; `before` is absent where the model stands alone. */
  readonly metric: PairMetric | null;
  readonly totals: { readonly a: ModelTotals; readonly b: ModelTotals } | null;
}

type Format = (value: number) => Figure;

function sized(
  id: string,
  label: SentenceId,
  before: number | null | undefined,
  after: number | null | undefined,
  format: Format,
  provenance?: Provenance,
): TotalsLine[] {
  if ((before === null || before === undefined) && (after === null || after === undefined)) return [];
  const both = typeof before === 'number' && typeof after === 'number';
  const change =
    both && before !== after && before !== 0 ? [ratio(after / before), difference(before, after, format)] : [];
  const shown = (value: number | null | undefined): Figure | null => (typeof value === 'number' ? format(value) : null);
  return [
    {
      id,
      label,
      before: shown(before),
      after: shown(after),
      change: both && before === after ? [same()] : change,
      provenance,
    },
  ];
}

/** A bound of an interval, whose other bound has the unit. */
const signedPoints = (value: number): string => withSign(value * 100, (number) => number.toFixed(2));

const same = (): Figure => ({ text: t('page.compare.same'), exact: t('page.compare.same') });

function accuracyLines({ before, after, accuracyChange }: PairKnowledge): TotalsLine[] {
  if (after?.accuracy === undefined && before?.accuracy === undefined) return [];
  const both = before?.accuracy !== undefined && after?.accuracy !== undefined;
  const change: Figure[] = both ? [points(after.accuracy! - before.accuracy!)] : [];
  const notes: string[] = [];
  if (accuracyChange) {
    const [low, high] = accuracyChange.interval;
    notes.push(
      t('page.compare.interval', { low: signedPoints(low), high: points(high).text }),
      t('page.compare.sides', { lost: accuracyChange.lostSamples, won: accuracyChange.wonSamples }),
    );
  }
  notes.unshift(t('page.compare.samples', { count: formatInteger((after ?? before)!.samples) }));
  return [
    {
      id: 'accuracy',
      label: 'page.compare.accuracy',
      before: before?.accuracy === undefined ? null : accuracy(before.accuracy),
      after: after?.accuracy === undefined ? null : accuracy(after.accuracy),
      change,
      note: notes.join(' · '),
      provenance: 'measured',
    },
    ...(before?.top5 === undefined && after?.top5 === undefined
      ? []
      : [
          {
            id: 'top5',
            label: 'page.compare.top5' as const,
            before: before?.top5 === undefined ? null : accuracy(before.top5),
            after: after?.top5 === undefined ? null : accuracy(after.top5),
            change: before?.top5 !== undefined && after?.top5 !== undefined ? [points(after.top5 - before.top5)] : [],
            provenance: 'measured' as const,
          },
        ]),
  ];
}

function metricLines({ metric }: PairKnowledge): TotalsLine[] {
  if (!metric) return [];
  const { name, betterIs, before, after, interval } = metric;
  const notes = [t(`page.compare.metric.${betterIs}`)];
  if (interval) {
    const [low, high] = interval.map((bound) => withSign(bound, (value) => real(value).text)) as [string, string];
    notes.push(t('page.compare.interval', { low, high }));
  }
  return [
    {
      id: 'metric',
      label: 'page.compare.metric',
      labelParams: { name },
      before: before === undefined ? undefined : real(before),
      after: real(after),
      change: before === undefined ? [] : [before === after ? same() : difference(before, after, real)],
      note: notes.join(' · '),
      provenance: 'measured',
    },
  ];
}

function agreementLines({ agreement }: PairKnowledge): TotalsLine[] {
  if (!agreement) return [];
  const line = (id: string, label: SentenceId, figure: Figure, note?: string): TotalsLine => ({
    id,
    label,
    before: undefined,
    after: figure,
    change: [],
    note,
    provenance: 'measured',
  });
  const { top1, sqnrDb, cosine, samples, outputs = [] } = agreement;
  const counted = t('page.compare.samples', { count: formatInteger(samples) });
  return [
    ...(top1 === null ? [] : [line('top1', 'page.compare.top1', accuracy(top1), counted)]),
    line('sqnr', 'page.compare.sqnr', decibels(sqnrDb), top1 === null ? counted : undefined),
    ...outputs.map(({ name, sqnrDb: own }) => ({
      ...line(`sqnr ${name}`, 'page.compare.sqnrOf', decibels(own)),
      labelParams: { output: name },
    })),
    line('cosine', 'page.compare.cosine', { ...real(cosine), text: cosine.toFixed(5) }),
  ];
}

/** How far each model is from the reference outputs that the data holds. */
function expectedLines({ before, after }: PairKnowledge): TotalsLine[] {
  const [a, b] = [before?.expected, after?.expected];
  if (!a && !b) return [];
  return [
    {
      id: 'expected',
      label: 'page.compare.expected',
      before: a ? decibels(a.sqnrDb) : null,
      after: b ? decibels(b.sqnrDb) : null,
      change: a && b && Number.isFinite(b.sqnrDb - a.sqnrDb) ? [difference(a.sqnrDb, b.sqnrDb, decibels)] : [],
      provenance: 'measured',
    },
  ];
}

function latencyLines({ before, after, latencyRatio }: PairKnowledge): TotalsLine[] {
  const a = before?.latencyMs ?? null;
  const b = after?.latencyMs ?? null;
  if (a === null && b === null) return [];
  const shown = (latency: Latency | null): Figure | null => {
    if (latency === null) return null;
    const { text, exact } = milliseconds(latency.median);
    const spread = t('page.compare.spread', {
      low: milliseconds(latency.p10).exact,
      high: milliseconds(latency.p90).exact,
    });
    return { text, exact: `${exact} (${spread})` };
  };
  const { batch, runs, threads } = (b ?? a)!;
  const notes = [t('page.compare.latency.how', { batch, runs, threads })];
  if (latencyRatio) {
    notes.unshift(
      t('page.compare.latency.pairs', { low: ratio(latencyRatio.p10).text, high: ratio(latencyRatio.p90).text }),
    );
  }
  return [
    {
      id: 'latency',
      label: 'page.compare.latency',
      before: shown(a),
      after: shown(b),
      change: latencyRatio ? [ratio(latencyRatio.median)] : a && b ? [ratio(b.median / a.median)] : [],
      note: notes.join(' · '),
      provenance: 'measured',
    },
  ];
}

/** The lines of which anything is known, sizes first. */
export function totalsLines(known: PairKnowledge): TotalsLine[] {
  const { before, after, totals } = known;
  return [
    ...sized('bytes', 'page.compare.bytes', before?.bytes ?? totals?.a.bytes, after?.bytes ?? totals?.b.bytes, bytes),
    ...sized('gzip', 'page.compare.gzip', before?.compressedBytes, after?.compressedBytes, bytes),
    ...sized(
      'parameters',
      'page.compare.parameters',
      before?.parameters ?? totals?.a.parameters,
      after?.parameters ?? totals?.b.parameters,
      count,
    ),
    ...(before && after && before.nonzero !== after.nonzero
      ? sized('nonzero', 'page.compare.nonzero', before.nonzero, after.nonzero, count)
      : []),
    ...sized('macs', 'page.compare.macs', before?.macs ?? totals?.a.macs, after?.macs ?? totals?.b.macs, count),
    ...accuracyLines(known),
    ...metricLines(known),
    ...expectedLines(known),
    ...agreementLines(known),
    ...latencyLines(known),
    ...sized('memory', 'page.compare.memory', before?.peakMemoryBytes, after?.peakMemoryBytes, bytes, 'measured'),
  ];
}
