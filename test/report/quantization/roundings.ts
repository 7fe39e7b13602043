/** Roundings of weights beside each other: the sample models at 2 and 4 bits a weight, activations in float. */
import type { Json } from '../../../src/compress/method.js';
import { formatTable } from '../../../src/cli/table.js';
import type { Runtime } from '../../../src/runtime/session.js';
import type { Part, Quality, Scales } from './sampleModel.js';
import { SampleModel } from './sampleModel.js';

interface Entry {
  readonly title: string;
  readonly bits: 2 | 4;
  readonly scales: Scales;
  readonly settings: Readonly<Record<string, Json>>;
}

const rounded = (rounding: string, bits: 2 | 4, scales: Scales): Entry => ({
  title: rounding,
  bits,
  scales,
  settings: { rounding },
});

const atTwoBits: readonly Entry[] = [
  ...(['minmax', 'mse'] as const).flatMap((scales) =>
    ['nearest', 'gptq', 'adaround'].map((rounding) => rounded(rounding, 2, scales)),
  ),
  rounded('reconstruct', 2, 'mse'),
];
const atFourBits: readonly Entry[] = ['nearest', 'gptq', 'adaround'].map((rounding) => rounded(rounding, 4, 'minmax'));

const models: readonly { readonly name: string; readonly entries: readonly Entry[] }[] = [
  ...['lenet-300-100', 'lenet-5', 'resnet-digits', 'mobilenet-digits'].map((name) => ({
    name,
    entries: [...atTwoBits, ...atFourBits],
  })),
  ...['mobilenet-digits-bn', 'vit-digits'].map((name) => ({ name, entries: atFourBits })),
];

export interface Result extends Entry {
  readonly model: string;
  readonly float: number;
  /** By seed; one where nothing depends on it. */
  readonly found: readonly Quality[];
}

export interface ReportOptions {
  readonly part: Part;
  readonly seeds: readonly number[];
  readonly only?: readonly string[];
  readonly onProgress?: (line: string) => void;
}

export async function measureRoundings(
  runtime: Runtime,
  { part, seeds, only, onProgress }: ReportOptions,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name, entries } of models.filter((each) => !only || only.includes(each.name))) {
    const sample = await SampleModel.open(name, runtime);
    const float = (await sample.measure(sample.float, part)).accuracy;
    for (const entry of entries) {
      const found: Quality[] = [];
      for (const seed of entry.title === 'nearest' ? seeds.slice(0, 1) : seeds) {
        const { model } = await sample.round(entry.bits, entry.scales, entry.settings, seed);
        found.push(await sample.measure(model, part, seed));
      }
      results.push({ ...entry, model: name, float, found });
      onProgress?.(`${name}, ${entry.bits} bits, ${entry.title} at ${entry.scales} scales`);
    }
    await sample.close();
  }
  return results;
}

export function roundingTable(results: readonly Result[]): string {
  const columns = ['model', 'bits', 'rounding', 'scales', 'float', 'accuracy', 'of seeds', 'KL', 'of seeds'];
  const rows = results.map(({ model, bits, title, scales, float, found }) => [
    model,
    String(bits),
    title,
    title === 'reconstruct' ? `${scales}, learned` : scales,
    percent(float),
    percent(mean(found.map(({ accuracy }) => accuracy))),
    spread(
      found.map(({ accuracy }) => accuracy),
      percent,
    ),
    nats(mean(found.map(({ divergence }) => divergence))),
    spread(
      found.map(({ divergence }) => divergence),
      nats,
    ),
  ]);
  const right = new Set([1, 4, 5, 6, 7, 8]);
  return formatTable(
    columns.map((title, i) => ({ title, align: right.has(i) ? 'right' : 'left' })),
    rows,
    undefined,
  );
}

/** What the roundings must show, and whether they do: a line each. */
export function bars(results: readonly Result[]): string[] {
  const find = (model: string, bits: number, title: string, scales: Scales) =>
    results.find(
      (each) => each.model === model && each.bits === bits && each.title === title && each.scales === scales,
    );
  const accuracy = ({ found }: Result) => mean(found.map((each) => each.accuracy));
  const divergence = ({ found }: Result) => mean(found.map((each) => each.divergence));
  const names = [...new Set(results.map(({ model }) => model))];
  const lines: string[] = [];
  const tell = (bar: string, holds: boolean) => lines.push(`${holds ? 'holds' : 'MISSED'}: ${bar}`);
  for (const model of names) {
    const four = find(model, 4, 'adaround', 'minmax')!;
    const lost = 100 * (four.float - accuracy(four));
    tell(`${model}, 4 bits by adaround: ${lost.toFixed(2)} points below float, at most 0.3`, lost <= 0.3 + 1e-9);
    if (!results.some((each) => each.model === model && each.bits === 2)) continue;
    const best = find(model, 2, 'reconstruct', 'mse')!;
    const least = 100 * (best.float - accuracy(best));
    tell(`${model}, 2 bits by ${best.title}: ${least.toFixed(2)} points below float, at most 1.5`, least <= 1.5 + 1e-9);
    for (const scales of ['minmax', 'mse'] as const) {
      const nearest = divergence(find(model, 2, 'nearest', scales)!);
      for (const title of ['adaround', 'gptq']) {
        const kl = divergence(find(model, 2, title, scales)!);
        const bar = `${model}, 2 bits at ${scales} scales: KL ${nats(kl)} by ${title}, ${nats(nearest)} to the nearest`;
        tell(bar, kl < nearest);
      }
    }
  }
  return lines;
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

function nats(divergence: number): string {
  return divergence.toFixed(4);
}
