import { evaluateModels } from '../../evaluate/evaluateModels.js';
import type { EvaluationReport } from '../../evaluate/evaluation.js';
import { english } from '../../messages/catalog.js';
import { toContractJson } from '../../messages/contractJson.js';
import type { CommandContext, CommandResult } from '../command.js';
import { dataChoices, mostThreads, numberFlag, requiredFlag, textFlag } from '../command.js';
import { evaluationTable, metricLine, pairTable } from '../evaluationTable.js';
import { metricWorkerBesideBundle } from '../metricBesideBundle.js';

/** Measures a model, alone or against another. */
export async function evaluate(context: CommandContext): Promise<CommandResult> {
  const { runtime, images, signal, onProgress, positionals } = context;
  const report = await evaluateModels(
    {
      model: positionals[0]!,
      against: textFlag(context, 'against'),
      data: requiredFlag(context, 'data', 'name the data to measure on, or "random" for size and latency alone.'),
      metric: textFlag(context, 'metric'),
      topK: numberFlag(context, 'top', { min: 1, whole: true }),
      ...dataChoices(context),
      threads: numberFlag(context, 'threads', { min: 1, max: mostThreads, whole: true }),
    },
    { runtime, images, signal, onProgress, metricWorkerPath: metricWorkerBesideBundle() },
  );
  return { json: () => toContractJson(report), text: () => evaluationText(report) };
}

function evaluationText(report: EvaluationReport): string {
  const { model, against } = report;
  const table = against
    ? pairTable({ ...report, before: against, after: model }, ['against', 'model'])
    : evaluationTable(model);
  const metric = report.metric ? [metricLine(report.metric)] : [];
  return [table, ...metric, ...(report.notes ?? []).map((note) => `- ${english(note)}`)].join('\n');
}
