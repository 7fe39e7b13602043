import { planBatches } from '../../data/batches.js';
import { carryNotes } from '../../data/carried.js';
import { openModelData } from '../../data/openModelData.js';
import { writeFile } from '../../inspect/export/writeFile.js';
import { english } from '../../messages/catalog.js';
import { toContractJson } from '../../messages/contractJson.js';
import { Failure } from '../../messages/failure.js';
import { formatInteger, formatNumber } from '../../messages/units.js';
import { openModel } from '../../onnx/openModel.js';
import { checkOutput } from '../../onnx/writeModel.js';
import { numbersOfArray } from '../../tensor/numbers.js';
import type { TensorArray } from '../../tensor/tensor.js';
import type { CommandContext, CommandResult } from '../command.js';
import { dataChoices, numberFlag, requiredFlag, textFlag } from '../command.js';
import { formatTable } from '../table.js';
import { UsageError } from '../usageError.js';

interface FedInput {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
}

/** Tells what a model would be fed of some data. */
export async function data(context: CommandContext): Promise<CommandResult> {
  const [source] = context.positionals as [string];
  const modelPath = requiredFlag(context, 'model', 'name the model that is to be fed.');
  const preview = textFlag(context, 'preview');
  const wanted = numberFlag(context, 'sample', { min: 0, whole: true }) ?? 0;
  const opened = await openModel(modelPath);
  try {
    const dataset = await openModelData(source, [opened.model], { ...dataChoices(context), images: context.images });
    const batch = planBatches(dataset, 1).find(({ samples }) => samples.includes(wanted));
    if (!batch) throw new UsageError(`--sample takes a number up to ${dataset.sampleCount - 1}, not ${wanted}.`);
    const { feeds } = await dataset.read(batch.samples);
    const written = preview === null ? [] : [await writePreview(preview, feeds, [modelPath, source], context.signal)];
    const { labels } = dataset;
    const told = {
      data: dataset.name,
      samples: dataset.sampleCount,
      sample: wanted,
      inputs: Object.entries(feeds).map(([name, tensor]) => figuresOf(name, tensor)),
      label: labels?.[wanted] ?? null,
      labels: labels ? labelCounts(labels) : null,
      carried: (dataset.carried ?? []).map(({ input, output }) => ({ input, output })),
      notes: [...dataset.warnings, ...carryNotes(dataset.carried ?? [])],
      written,
    };
    return { json: () => toContractJson(told), text: () => dataText(told) };
  } finally {
    await opened.close();
  }
}

function figuresOf(name: string, { elementType, shape, data: array }: TensorArray): FedInput {
  const numbers = numbersOfArray(elementType, array);
  let [min, max, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (const value of numbers) {
    [min, max] = [Math.min(min, value), Math.max(max, value)];
    sum += value;
  }
  const mean = sum / numbers.length;
  for (const value of numbers) squares += (value - mean) ** 2;
  return { name, dtype: elementType, shape, min, max, mean, std: Math.sqrt(squares / numbers.length) };
}

/** How many samples each class has. */
function labelCounts(labels: Int32Array): Record<string, number> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => a - b));
}

/** Writes the first input that is a picture. */
async function writePreview(
  path: string,
  feeds: Readonly<Record<string, TensorArray>>,
  inputs: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const [{ pictureOf }, { encodePng }] = await Promise.all([
    import('../../data/images/picture.js'),
    import('../../data/images/decodeImage.js'),
  ]);
  const picture = Object.values(feeds)
    .map(pictureOf)
    .find((each) => each !== undefined);
  if (!picture) {
    const shapes = Object.entries(feeds).map(([name, { shape }]) => `${name} [${shape.join(',')}]`);
    throw new Failure('data.no-picture', { inputs: shapes.join(', ') });
  }
  await checkOutput(path, inputs);
  await writeFile(path, [encodePng(picture)], { inputs, signal });
  return path;
}

interface Told {
  readonly samples: number;
  readonly sample: number;
  readonly inputs: readonly FedInput[];
  readonly label: number | null;
  readonly labels: Readonly<Record<string, number>> | null;
  readonly notes: readonly Parameters<typeof english>[0][];
  readonly written: readonly string[];
}

function dataText({ samples, sample, inputs, label, labels, notes, written }: Told): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  return [
    `${formatInteger(samples)} samples${labels ? `, ${Object.keys(labels).length} classes` : ''}; sample ${sample}${label === null ? '' : `, class ${label}`}:`,
    formatTable(
      [
        { title: 'input', yields: true },
        { title: 'type' },
        { title: 'shape' },
        ...['min', 'max', 'mean', 'std'].map(right),
      ],
      inputs.map(({ name, dtype, shape, ...figures }) => [
        name,
        dtype,
        shape.join('×'),
        ...[figures.min, figures.max, figures.mean, figures.std].map((value) => formatNumber(value)),
      ]),
    ),
    ...notes.map((note) => `- ${english(note)}`),
    ...written.map((path) => `Wrote ${path}`),
  ].join('\n');
}
