import { basename } from 'node:path';
import type { Model } from '../../graph/model.js';
import { withActivations } from '../../inspect/activations/inspectedActivation.js';
import type { MeasuredActivations } from '../../inspect/activations/measureActivations.js';
import { measureActivations, openActivationData } from '../../inspect/activations/measureActivations.js';
import { targetOf } from '../../inspect/findings/targetOf.js';
import { graphFaults } from '../../inspect/graphFaults.js';
import { defaultBins, inspection } from '../../inspect/inspectModel.js';
import type { Inspection } from '../../inspect/inspection.js';
import { wholeBytes } from '../../inspect/wholeBytes.js';
import { english, sentence } from '../../messages/catalog.js';
import { toContractJson } from '../../messages/contractJson.js';
import { formatBytes, formatCount, formatNumber, formatPercent } from '../../messages/units.js';
import { openModel } from '../../onnx/openModel.js';
import type { CommandContext, CommandResult } from '../command.js';
import { mostThreads, numberFlag, textFlag } from '../command.js';
import { activationsText } from '../activationsText.js';
import { inspectExports } from '../inspectExports.js';
import { poolBesideBundle } from '../poolBesideBundle.js';
import { sparkline } from '../sparkline.js';
import { formatTable } from '../table.js';

/** Tells what a model is made of. */
export async function inspect(context: CommandContext): Promise<CommandResult> {
  const { positionals, flags, signal, onProgress } = context;
  const bins = numberFlag(context, 'bins', { min: 1, max: 2048, whole: true });
  const target = textFlag(context, 'target');
  const opened = await openModel(positionals[0]!);
  const pool = poolBesideBundle();
  try {
    const stage = sentence('cli.stage.statistics');
    const writeExports = await inspectExports(context, opened);
    const result = await inspection(opened, {
      target: target === null ? undefined : targetOf(target),
      statistics: flags['no-statistics'] !== true,
      bins,
      pool,
      signal,
      onProgress: (fraction) => onProgress({ stage, fraction }),
    });
    const measured = await activations(context, opened.model);
    const notes = [...opened.warnings, ...graphFaults(opened.model), ...(measured?.notes ?? [])];
    const warnings = notes.map(english);
    const written = await writeExports(result, notes);
    const whole = measured ? withActivations(result, measured, bins ?? defaultBins) : result;
    return {
      json: () => toContractJson({ ...whole, warnings, ...(written.length > 0 && { written }) }),
      text: () => inspectionText(result, warnings) + (measured ? `\n\n${activationsText(result, measured)}` : ''),
    };
  } finally {
    await pool.close();
    await opened.close();
  }
}

/** Measured on the data that is given, if any. */
async function activations(context: CommandContext, model: Model): Promise<MeasuredActivations | null> {
  const { runtime, signal, onProgress, positionals, flags } = context;
  const limit = numberFlag(context, 'samples', { min: 1, whole: true });
  const megabytes = numberFlag(context, 'memory', { min: 1 });
  const threads = numberFlag(context, 'threads', { min: 1, max: mostThreads, whole: true });
  const data = textFlag(context, 'data');
  if (data === null) return null;
  const carry = flags.carry as readonly string[] | undefined;
  const opened = await openActivationData(model, data, { limit, carry });
  return measureActivations(runtime, model, opened, {
    name: basename(positionals[0]!),
    budgetBytes: megabytes && megabytes * 2 ** 20,
    threads,
    signal,
    onProgress,
  });
}

function inspectionText({ model, layers, findings }: Inspection, warnings: readonly string[]): string {
  const { inputs, outputs, parameters, bytes, macs, opset, producer } = model;
  const value = ({ name, dtype, shape }: (typeof inputs)[number]) =>
    `${name} ${dtype ?? 'unknown'}[${shape?.map((size) => size ?? '?').join(',') ?? '?'}]`;
  return [
    `${inputs.map(value).join(', ')} → ${outputs.map(value).join(', ')}`,
    `opset ${opset}${producer ? `, ${producer}` : ''}, ${formatCount(parameters)} parameters, ${formatBytes(bytes)}, ` +
      `${macs === null ? 'unknown' : formatCount(macs)} MACs a sample`,
    ...warnings.map((warning) => `! ${warning}`),
    '',
    formatTable(
      layerColumns,
      layers.map((layer) => layerRow(layer, wholeBytes(model))),
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
