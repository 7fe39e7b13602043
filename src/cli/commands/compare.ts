import { compareModels } from '../../evaluate/compareModels.js';
import type { Comparison } from '../../evaluate/comparison.js';
import { comparisonColumns } from '../../evaluate/comparisonTable.js';
import { measureErrors, withErrors } from '../../evaluate/errors/measureErrors.js';
import { csvTable } from '../../inspect/export/table.js';
import { writeFile } from '../../inspect/export/writeFile.js';
import { toContractJson } from '../../messages/contractJson.js';
import { checkOutput } from '../../onnx/writeModel.js';
import type { CommandContext, CommandResult } from '../command.js';
import { dataChoices, mostThreads, numberFlag, textFlag } from '../command.js';
import { comparisonText } from '../comparisonText.js';

/** Two models layer by layer, and with data where the error of the second arises. */
export async function compare(context: CommandContext): Promise<CommandResult> {
  const { positionals, signal } = context;
  const csv = textFlag(context, 'csv');
  if (csv !== null) await checkOutput(csv, positionals);
  const comparison = await compared(context);
  if (csv !== null) {
    await writeFile(csv, csvTable(comparisonColumns, comparison.layers), { inputs: positionals, signal });
  }
  return { json: () => toContractJson(comparison), text: () => comparisonText(comparison) };
}

async function compared(context: CommandContext): Promise<Comparison> {
  const { positionals, runtime, images, signal, onProgress } = context;
  const [a, b] = positionals as [string, string];
  const limit = numberFlag(context, 'samples', { min: 1, whole: true });
  const megabytes = numberFlag(context, 'memory', { min: 1 });
  const threads = numberFlag(context, 'threads', { min: 1, max: mostThreads, whole: true });
  const comparison = await compareModels(a, b, { signal, onProgress });
  const data = textFlag(context, 'data');
  if (data === null) return comparison;
  const budgetBytes = megabytes && megabytes * 2 ** 20;
  const request = { a, b, data, limit, threads, budgetBytes, ...dataChoices(context) };
  return withErrors(comparison, await measureErrors(request, { runtime, images, signal, onProgress }));
}
