import { resolve } from 'node:path';
import type { Json } from '../../compress/method.js';
import { parseSettings } from '../../compress/options.js';
import { presetOf } from '../../compress/presets.js';
import { methodOf } from '../../compress/registry.js';
import { english } from '../../messages/catalog.js';
import { toContractJson } from '../../messages/contractJson.js';
import { compressModel } from '../../recipe/pipeline.js';
import type { CompressReport } from '../../recipe/report.js';
import type { CommandContext, CommandResult } from '../command.js';
import { dataChoices, mostThreads, numberFlag, requiredFlag, textFlag } from '../command.js';
import { metricLine, pairTable } from '../evaluationTable.js';
import { metricWorkerBesideBundle } from '../metricBesideBundle.js';
import { formatTable } from '../table.js';

/** Compresses a model and measures it against the original. */
export async function compress(context: CommandContext): Promise<CommandResult> {
  const { runtime, images, signal, onProgress, positionals, flags } = context;
  const preset = textFlag(context, 'preset') ?? undefined;
  const method = methodOf(textFlag(context, 'method') ?? (preset === undefined ? 'quantize' : presetOf(preset).method));
  const report = await compressModel(
    {
      input: positionals[0]!,
      output: requiredFlag(context, 'output', 'say with -o where to write the new model.'),
      method: method.name,
      ...(preset === undefined ? {} : { preset }),
      target: textFlag(context, 'target') ?? undefined,
      options: chosenOptions(method, (flags.set ?? []) as readonly string[]),
      data: textFlag(context, 'data'),
      test: textFlag(context, 'test'),
      metric: textFlag(context, 'metric'),
      topK: numberFlag(context, 'top', { min: 1, whole: true }),
      ...dataChoices(context),
      maxDrop: numberFlag(context, 'max-drop', { min: 0 }) ?? null,
      threads: numberFlag(context, 'threads', { min: 1, max: mostThreads, whole: true }),
      measure: flags['no-measure'] !== true,
      seed: numberFlag(context, 'seed', { min: 0, whole: true }),
    },
    { runtime, images, signal, onProgress, metricWorkerPath: metricWorkerBesideBundle() },
  );
  return { json: () => toContractJson(report), text: () => reportText(report), budgetMet: report.budgetMet };
}

/** The options that the settings name, with their typed values; the others keep their defaults. */
function chosenOptions(method: ReturnType<typeof methodOf>, settings: readonly string[]): Record<string, Json> {
  const values = parseSettings(method, settings) as Record<string, Json>;
  const named = new Set(settings.map((setting) => setting.slice(0, setting.indexOf('=')).trim()));
  return Object.fromEntries(Object.entries(values).filter(([name]) => named.has(name)));
}

export function reportText(report: CompressReport): string {
  return [
    pairTable(report),
    ...(report.metric
      ? [metricLine({ ...report.metric, against: report.metric.before, model: report.metric.after })]
      : []),
    measuredOnLine(report),
    '',
    formatTable(
      [{ title: 'layer', yields: true }, { title: 'was given' }],
      [
        ...report.applied.map(({ layer, choice }) => [layer, choice]),
        ...report.skipped.map(({ layer, reason }) => [layer, `left: ${english(reason)}`]),
      ],
    ),
    ...(report.target?.slow ?? []).map(({ layer, reason }) => `${layer}: ${english(reason)}`),
    '',
    ...report.notes.map((note) => `- ${english(note)}`),
    ...(report.budgetMet === false ? ['- The stated budget was not met.'] : []),
    '',
    `Wrote ${resolve(report.output)}`,
  ].join('\n');
}

function measuredOnLine({ measuredOn, after }: CompressReport): string {
  switch (measuredOn) {
    case 'test':
      return 'Measured on the test data.';
    case 'calibration':
      return 'Measured on the calibration data, which the new model has seen: give --test for figures to rely on.';
    case 'nothing':
      if (after.latencyMs === null) return 'Neither quality nor latency was measured.';
      return 'Outputs were compared on random inputs, which says nothing about quality: give --test.';
  }
}
