/**
 * The other side of a page that stands alone in a browser: it answers from a recording of the engine's answers, through
 * the product's own protocol and the engine's own search and order. Bundled into the page before the page's script.
 */
import { comparedPlace, comparedRows, errorPoints, findCompared } from '../../../src/engine/comparedTable.js';
import { findRows } from '../../../src/engine/layerGroups.js';
import { findLayers } from '../../../src/engine/layerTable.js';
import type { LayerRow, TableRow, WeightSummary } from '../../../src/protocol/engineService.js';
import type { LayerPair } from '../../../src/evaluate/comparison.js';
import type { ErrorsCard } from '../../../src/protocol/errorCalls.js';
import type { PageNotice, PageService, PageStart } from '../../../src/protocol/pageService.js';
import { createClient } from '../../../src/protocol/client.js';
import type { Client, Frame, Handlers, Port } from '../../../src/protocol/rpc.js';
import { serve } from '../../../src/protocol/server.js';
import { packNumbers, unpackNumbers } from '../../../src/protocol/packNumbers.js';
import { frameText, textFrame } from './frameText.js';
import type { Recording } from './recording.js';
import { activationOf } from './recordedActivations.js';
import { comparedWeightsOf, detailOf } from './recording.js';

export interface HostSettings {
  readonly recording: Recording;
  readonly start: Partial<Omit<PageStart, 'opened'>>;
  /** The statistics wait for `standalone.measure()`. */
  readonly holdStatistics: boolean;
  /** Calls that an engine answers, which `toEngine` and `standalone.fromEngine` lead to. */
  readonly live: readonly string[];
  /** Why the model does not open. */
  readonly failure: { code: string; params: Record<string, string>; message: string; mend: string } | null;
}

export interface Standalone {
  /** What the page asked, and when by its clock. */
  readonly asked: { readonly method: string; readonly argument: unknown; readonly at: number }[];
  notify(notice: PageNotice): void;
  measure(): void;
  fromEngine(text: string): void;
}

declare global {
  var hostSettings: HostSettings;
  var standalone: Standalone;
  var toEngine: (text: string) => Promise<void>;
}

const { recording, start, holdStatistics, live, failure } = globalThis.hostSettings;
const cards = recording.layers.map(({ card }) => card);
const summaries = new Map<number, WeightSummary>();
const asked: Standalone['asked'] = [];
let notify: (notice: PageNotice) => void = () => {};
let measure = (): void => {};
const measuring = holdStatistics ? new Promise<void>((resolve) => (measure = resolve)) : Promise.resolve();

const figuresOf = (index: number) => ({
  summary: summaries.get(index),
  time: recording.layers[index]!.time,
  activation: recording.activations?.summaries[index] ?? undefined,
});
const rowOf = (index: number): LayerRow => {
  const { card, share } = recording.layers[index]!;
  return { index, card, share, ...figuresOf(index) };
};

const pairRows = () =>
  comparedRows(unpackNumbers(recording.comparison!.pairs) as readonly LayerPair[], recording.report);

const onlyLive = (): never => {
  throw new Error('this comes from a live engine');
};

const handlers: Handlers<PageService> = {
  start: () => {
    if (failure) throw failure;
    return {
      opened: recording.opened,
      state: null,
      page: null,
      against: null,
      jobs: [],
      translations: {},
      ...start,
    };
  },
  notices: (_, { emit }) => {
    notify = emit;
    return new Promise(() => {});
  },
  layers: ({ query, start: first, end }) => {
    const found = findLayers(cards, query, figuresOf);
    return { rows: found.slice(first, end).map(rowOf), total: found.length };
  },
  layerTable: ({ query, start: first, end }) => {
    const found = findRows(cards, query, figuresOf);
    const rows = found
      .slice(first, end)
      .map((entry): TableRow =>
        'group' in entry
          ? { group: entry.group, share: entry.group.totals.bytes! / recording.opened.card.bytes }
          : { ...rowOf(entry.index), depth: entry.depth },
      );
    return { rows, total: found.length };
  },
  statistics: async (_, { emit, signal }) => {
    await measuring;
    for (let at = 0; at < recording.layers.length; at += 256) {
      if (signal.aborted) throw signal.reason;
      const rows = recording.layers.slice(at, at + 256).flatMap(({ summary }, i) => {
        if (!summary) return [];
        summaries.set(at + i, summary);
        return [{ index: at + i, summary }];
      });
      emit({ rows, fraction: Math.min(1, (at + 256) / recording.layers.length) });
    }
  },
  weight: ({ layer, weight }) => {
    const found = recording.details.find((detail) => detail.layer === layer && detail.weight === weight);
    if (!found) throw new Error(`no recording of ${weight} of layer ${layer}`);
    return detailOf(found);
  },
  findings: () => [...recording.findings],
  reportCard: () => {
    if (!recording.report) return null;
    const { applied, skipped, ...card } = recording.report;
    return { ...card, appliedCount: applied.length, skippedCount: skipped.length };
  },
  evaluation: () => null,
  profileCard: () => recording.profile ?? null,
  activations: () => recording.activations?.card ?? null,
  activation: ({ layer }) => (recording.activations ? activationOf(recording.activations, layer) : []),
  compare: () => {
    if (!recording.comparison) throw new Error('no recording of a comparison');
    return recording.comparison.card;
  },
  comparedLayers: ({ query, start: first, end }) => {
    const rows = findCompared(pairRows(), query);
    return { rows: rows.slice(first, end), total: rows.length };
  },
  comparedWeights: ({ index }) => {
    const found = recording.comparison?.weights.find((weights) => weights.index === index);
    if (!found) throw new Error(`no recording of the weights of pair ${index}`);
    return comparedWeightsOf(found);
  },
  errors: () => unpackNumbers(recording.comparison?.errors ?? null) as ErrorsCard | null,
  errorPoints: ({ start: first }) => errorPoints(pairRows(), first),
  comparedPlace: ({ query, of }) => comparedPlace(findCompared(pairRows(), query), of),
  diagram: onlyLive,
  diagramMetric: onlyLive,
  diagramReveal: onlyLive,
  weightCodes: onlyLive,
  methods: onlyLive,
  previewCompression: onlyLive,
  writeState: () => undefined,
  command: () => undefined,
  compressWith: () => undefined,
  exportFile: () => null,
  saveFile: () => null,
  cancelJob: () => undefined,
  runAgain: () => undefined,
  copy: () => undefined,
  openModel: () => undefined,
  reportError: ({ message, stack }) => console.error(message, stack),
};

const fromEngine: ((frame: Frame) => void)[] = [];
const engine: Client<Record<string, never>> = createClient({
  post: (frame) => void toEngine(frameText(frame)),
  onFrame: (listener) => void fromEngine.push(listener),
  onClose: () => undefined,
});
for (const method of live) {
  const forward = (argument: never, { signal, emit }: { signal: AbortSignal; emit: never }): Promise<unknown> =>
    engine.call(method, argument, { signal, onEvent: emit });
  Object.assign(handlers, { [method]: forward });
}

const listeners: ((frame: Frame) => void)[] = [];
/** As VS Code does it: what goes through is plain data, later. */
const port: Port = {
  post: (frame) => window.postMessage(packNumbers(frame), '*'),
  onFrame: (listener) => void listeners.push(listener),
  onClose: () => undefined,
};
serve<PageService>(port, handlers);

let state: unknown;
Object.assign(globalThis, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      const frame = unpackNumbers(structuredClone(message)) as Frame;
      if (frame.type === 'call') asked.push({ method: frame.method, argument: frame.argument, at: performance.now() });
      queueMicrotask(() => listeners.forEach((listener) => listener(frame)));
    },
    getState: () => state,
    setState: (value: unknown) => (state = value),
  }),
  standalone: {
    asked,
    notify: (notice: PageNotice) => notify(notice),
    measure: () => measure(),
    fromEngine: (text: string) => fromEngine.forEach((listener) => listener(textFrame(text))),
  },
});
