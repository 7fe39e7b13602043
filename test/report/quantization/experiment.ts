/** Ways to quantize, tried on the sample models: rows of the report. */
import { formatTable } from '../../../src/cli/table.js';
import type { Runtime } from '../../../src/runtime/session.js';
import type { Quality } from './quality.js';
import type { Asked, Part } from './sample.js';
import { Sample } from './sample.js';

/** `K`: what an experiment is named by, its columns. */
export interface Experiment<K extends string = string> {
  readonly model: string;
  readonly named: Readonly<Record<K, string>>;
  readonly asked: Asked;
  /** Does anything depend on the seed? */
  readonly seeded: boolean;
}

export interface Result<K extends string = string> {
  readonly model: string;
  readonly named: Readonly<Record<K, string>>;
  /** Of the float model and of the quantized one, by seed; one where nothing depends on it. */
  readonly float: readonly Quality[];
  readonly found: readonly Quality[];
}

export interface ReportOptions {
  readonly part: Part;
  readonly seeds: readonly number[];
  /** Models to be tried; all if absent. */
  readonly only?: readonly string[];
  readonly onProgress?: (line: string) => void;
}

export async function carryOut<K extends string>(
  experiments: readonly Experiment<K>[],
  runtime: Runtime,
  { part, seeds, only, onProgress }: ReportOptions,
): Promise<Result<K>[]> {
  const results: Result<K>[] = [];
  let sample: Sample | undefined;
  for (const { model, named, asked, seeded } of experiments) {
    if (only && !only.includes(model)) continue;
    if (sample?.name !== model) sample = await Sample.open(model, runtime);
    const started = performance.now();
    const float: Quality[] = [];
    const found: Quality[] = [];
    for (const seed of seeded || part === 'validate' ? seeds : seeds.slice(0, 1)) {
      found.push(await sample.measure(await sample.quantize(asked, seed), part, seed));
      float.push(await sample.float(part, seed));
    }
    results.push({ model, named, float, found });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    onProgress?.(`${[model, ...Object.values<string>(named)].join(', ')}: ${seconds} s`);
  }
  return results;
}

/** Points below float, in the worst of the seeds. */
export function mostLost({ float, found }: Result): number {
  return Math.max(...found.map(({ accuracy }, i) => 100 * (float[i]!.accuracy - accuracy)));
}

export function resultTable<K extends string>(columns: readonly K[], results: readonly Result<K>[]): string {
  const titles = ['float', 'accuracy', 'of seeds', 'KL', 'of seeds'];
  const rows = results.map(({ model, named, float, found }) => {
    const accuracies = found.map(({ accuracy }) => accuracy);
    const divergences = found.map(({ divergence }) => divergence);
    return [
      model,
      ...columns.map((column) => named[column]),
      percent(mean(float.map(({ accuracy }) => accuracy))),
      percent(mean(accuracies)),
      spread(accuracies, percent),
      nats(mean(divergences)),
      spread(divergences, nats),
    ];
  });
  return formatTable(
    [
      ...['model', ...columns].map((title) => ({ title })),
      ...titles.map((title) => ({ title, align: 'right' as const })),
    ],
    rows,
    undefined,
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[], show: (value: number) => string): string {
  return values.length === 1 ? '' : `${show(Math.min(...values))} … ${show(Math.max(...values))}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

export function nats(divergence: number): string {
  return divergence.toFixed(5);
}
