import type { Feeds, ModelSource, Runtime, SessionOptions } from '../runtime/session.js';
import type { Latency, LatencyRatio } from './evaluation.js';
import { spread } from './quantiles.js';

export interface LatencyOptions {
  /** Threads inside an operator. One by default: it is not disturbed by what else runs, and says most of the model. */
  readonly threads?: number;
  /** About how long to measure, seconds. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
}

const FEWEST_RUNS = 11;
const MOST_RUNS = 500;
const TRIAL = { warmup: 1, repeats: 3 };

/**
 * Times runs of models on the same feeds of one sample, in turn (A B A B …) inside one process, so that drift of the
 * machine meets all alike. The ratio is that of each other model's run to the first's run of the same round.
 */
export async function measureLatency(
  runtime: Runtime,
  sources: readonly { readonly source: ModelSource; readonly options?: SessionOptions }[],
  feeds: Feeds,
  { threads = 1, seconds = 2, signal }: LatencyOptions = {},
): Promise<{ latencies: Latency[]; ratios: LatencyRatio[] }> {
  const models = sources.map(({ source, options }) => ({ source, options: { ...options, threads }, feeds }));
  const trial = await runtime.measureInTurn(models, TRIAL, signal);
  const round = trial.reduce((sum, { milliseconds }) => sum + Math.min(...milliseconds), 0);
  const repeats = Math.round(Math.min(MOST_RUNS, Math.max(FEWEST_RUNS, (seconds * 1000) / round)));
  const times = await runtime.measureInTurn(models, { warmup: Math.ceil(repeats / 10), repeats }, signal);
  const [first, ...others] = times;
  return {
    latencies: times.map(({ milliseconds }) => ({ ...spread(milliseconds), batch: 1, runs: repeats, threads })),
    ratios: others.map(({ milliseconds }) => spread(milliseconds.map((time, i) => time / first!.milliseconds[i]!))),
  };
}
