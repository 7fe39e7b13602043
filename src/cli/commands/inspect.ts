import { basename } from 'node:path';
import type { FileProfile } from '../../evaluate/profileFile.js';
import { firstSample, profileFile } from '../../evaluate/profileFile.js';
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import type { DataChoices } from '../../data/openModelData.js';
import { withActivations } from '../../inspect/activations/inspectedActivation.js';
import type { MeasuredActivations } from '../../inspect/activations/measureActivations.js';
import { measureActivations, openActivationData } from '../../inspect/activations/measureActivations.js';
import { refusedRandomInputs } from '../../evaluate/refusedRandomInputs.js';
import { activationFindings } from '../../inspect/findings/activationFindings.js';
import { withMore } from '../../inspect/findings/findings.js';
import { targetOf } from '../../inspect/findings/targetOf.js';
import { graphFaults } from '../../inspect/graphFaults.js';
import type { InspectedFile } from '../../inspect/inspectModel.js';
import { defaultBins, inspection } from '../../inspect/inspectModel.js';
import type { Inspection } from '../../inspect/inspection.js';
import type { InputShapes } from '../../inspect/modelShapes.js';
import { wholeBytes } from '../../inspect/wholeBytes.js';
import { english, sentence } from '../../messages/catalog.js';
import { toContractJson } from '../../messages/contractJson.js';
import { formatBytes, formatCount, formatNumber, formatPercent } from '../../messages/units.js';
import { openModel } from '../../onnx/openModel.js';
import type { CommandContext, CommandResult } from '../command.js';
import { dataChoices, mostThreads, numberFlag, textFlag } from '../command.js';
import { activationsText } from '../activationsText.js';
import { costLines, profileLines, timeText } from '../costText.js';
import { inspectExports } from '../inspectExports.js';
import { poolBesideBundle } from '../poolBesideBundle.js';
import { sparkline } from '../sparkline.js';
import { formatTable } from '../table.js';

/** Tells what a model is made of. */
export async function inspect(context: CommandContext): Promise<CommandResult> {
  const { positionals, flags, signal, onProgress } = context;
  const bins = numberFlag(context, 'bins', { min: 1, max: 2048, whole: true });
  const target = textFlag(context, 'target');
  const wanted = activationFlags(context);
  const opened = await openModel(positionals[0]!);
  const pool = poolBesideBundle();
  try {
    const stage = sentence('cli.stage.statistics');
    const writeExports = await inspectExports(context, opened);
    const profile = await profiled(context, opened);
    const inspected = await inspection(opened, {
      inputShapes: profile?.shapes ?? (await shapesOfData(context, opened.model)),
      target: target === null ? undefined : targetOf(target),
      statistics: flags['no-statistics'] !== true,
      bins,
      pool,
      signal,
      onProgress: (fraction) => onProgress({ stage, fraction }),
    });
    const measured = await activations(context, opened.model, wanted);
    const more = measured ? activationFindings(layersOf(opened.model), measured) : [];
    const result = { ...inspected, findings: withMore(inspected.findings, more) };
    const notes = [...opened.warnings, ...graphFaults(opened.model), ...(measured?.notes ?? profile?.warnings ?? [])];
    const warnings = notes.map(english);
    const written = await writeExports(result, notes);
    const timed = profile ? withTimes(result, profile) : result;
    const whole = measured ? withActivations(timed, measured, bins ?? defaultBins) : timed;
    return {
      json: () => toContractJson({ ...whole, warnings, ...(written.length > 0 && { written }) }),
      text: () =>
        inspectionText(result, warnings, profile) + (measured ? `\n\n${activationsText(result, measured)}` : ''),
    };
  } finally {
    await pool.close();
    await opened.close();
  }
}

/** The shapes of the data that is given, if any: costs are told for them. */
async function shapesOfData(context: CommandContext, model: Model): Promise<InputShapes | undefined> {
  const data = textFlag(context, 'data');
  if (data === null) return undefined;
  return (await firstSample(model, data, { ...dataChoices(context), images: context.images })).shapes;
}

/** The time of each layer, where it is asked for. */
async function profiled(context: CommandContext, opened: InspectedFile): Promise<FileProfile | null> {
  const { positionals, flags, runtime, images, signal, onProgress } = context;
  if (flags.profile !== true) return null;
  const request = {
    data: textFlag(context, 'data'),
    threads: numberFlag(context, 'threads', { min: 1, max: mostThreads, whole: true }),
    ...dataChoices(context),
    name: basename(positionals[0]!),
  };
  return profileFile(opened, request, { runtime, images, signal, onProgress });
}

function withTimes(result: Inspection, { layers, shapes: _, structure: __, cost: ___, ...profile }: FileProfile) {
  return {
    ...result,
    layers: result.layers.map((layer, i) => ({
      ...layer,
      milliseconds: layers[i]!.milliseconds,
      kernel: layers[i]!.kernel,
      fusedInto: layers[i]!.into,
    })),
    profile,
  };
}

interface ActivationFlags {
  readonly data: string;
  readonly choices: DataChoices;
  readonly limit: number | undefined;
  readonly budgetBytes: number | undefined;
  readonly threads: number | undefined;
}

/** How activations are to be measured; null where no data is given. Mistakes are told before anything is read. */
function activationFlags(context: CommandContext): ActivationFlags | null {
  const limit = numberFlag(context, 'samples', { min: 1, whole: true });
  const megabytes = numberFlag(context, 'memory', { min: 1 });
  const threads = numberFlag(context, 'threads', { min: 1, max: mostThreads, whole: true });
  const data = textFlag(context, 'data');
  return data === null
    ? null
    : { data, choices: dataChoices(context), limit, threads, budgetBytes: megabytes && megabytes * 2 ** 20 };
}

async function activations(
  { runtime, signal, onProgress, positionals }: CommandContext,
  model: Model,
  flags: ActivationFlags | null,
): Promise<MeasuredActivations | null> {
  if (flags === null) return null;
  const { data, choices, limit, threads, budgetBytes } = flags;
  const source = await openActivationData(model, data, { limit, ...choices });
  const options = { name: basename(positionals[0]!), budgetBytes, threads, signal, onProgress };
  return measureActivations(runtime, model, source, options).catch((error: unknown) => {
    throw data === 'random' ? refusedRandomInputs(error, source.dataset) : error;
  });
}

function inspectionText(
  { model, layers, findings }: Inspection,
  warnings: readonly string[],
  profile: FileProfile | null,
): string {
  const { inputs, outputs, parameters, bytes, macs, opset, producer } = model;
  const value = ({ name, dtype, shape }: (typeof inputs)[number]) =>
    `${name} ${dtype ?? 'unknown'}[${shape?.map((size) => size ?? '?').join(',') ?? '?'}]`;
  return [
    `${inputs.map(value).join(', ')} → ${outputs.map(value).join(', ')}`,
    `opset ${opset}${producer ? `, ${producer}` : ''}, ${formatCount(parameters)} parameters, ${formatBytes(bytes)}, ` +
      `${macs === null ? 'unknown' : formatCount(macs)} MACs a sample`,
    ...costLines(model),
    ...(profile ? profileLines(profile) : []),
    ...warnings.map((warning) => `! ${warning}`),
    '',
    formatTable(
      profile ? [...layerColumns, timeColumn] : layerColumns,
      layers.map((layer, i) => {
        const row = layerRow(layer, wholeBytes(model));
        if (!profile) return row;
        const blanks = Array<string>(layerColumns.length - row.length).fill('');
        return [...row, ...blanks, timeText(profile.layers[i]!)];
      }),
    ),
    ...(findings.length > 0 ? ['', ...findings.map(({ message }) => `- ${english(message)}`)] : []),
  ].join('\n');
}

const layerColumns = [
  { title: 'layer', yields: true },
  { title: 'op' },
  { title: 'shape' },
  { title: 'params', align: 'right' as const },
  { title: 'share', align: 'right' as const },
  { title: 'type' },
  { title: 'min', align: 'right' as const },
  { title: 'max', align: 'right' as const },
  { title: 'histogram' },
];

const timeColumn = { title: 'time', align: 'right' as const };

function layerRow(layer: Inspection['layers'][number], modelBytes: number): string[] {
  const largest = layer.weights.reduce<Inspection['layers'][number]['weights'][number] | undefined>(
    (best, weight) => (best && best.bytes >= weight.bytes ? best : weight),
    undefined,
  );
  if (!largest) return [layer.name, layer.op];
  const { min, max, histogram, unreadable } = largest;
  return [
    layer.name,
    layer.op,
    largest.shape.join('×'),
    layer.parameters === 0 ? '' : formatCount(layer.parameters),
    modelBytes === 0 ? '' : formatPercent(layer.bytes / modelBytes, 1),
    largest.dtype,
    min === null ? '' : formatNumber(min),
    max === null ? '' : formatNumber(max),
    histogram ? sparkline(histogram.counts, 12) : unreadable ? 'unreadable' : '',
  ];
}
