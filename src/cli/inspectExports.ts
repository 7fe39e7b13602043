/** The files that `tare inspect` writes beside what it prints. */
import { basename, resolve } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { layersOf } from '../graph/layers.js';
import { exportedLayers } from '../inspect/export/exportedLayers.js';
import { findWeight } from '../inspect/export/findWeight.js';
import { inspectionHtml } from '../inspect/export/html/inspectionHtml.js';
import { layerColumns } from '../inspect/export/layersTable.js';
import type { NodeMetric } from '../inspect/export/nodeData.js';
import { nodeData, nodeMetrics } from '../inspect/export/nodeData.js';
import { npyFile } from '../inspect/export/npyFile.js';
import { csvTable } from '../inspect/export/table.js';
import type { FileContent } from '../inspect/export/writeFile.js';
import { writeFile } from '../inspect/export/writeFile.js';
import type { Inspection } from '../inspect/inspection.js';
import type { Message } from '../messages/message.js';
import type { OpenedModel } from '../onnx/openModel.js';
import { checkOutput } from '../onnx/writeModel.js';
import type { CommandContext } from './command.js';
import { textFlag } from './command.js';
import { UsageError } from './usageError.js';

export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
}

interface PlannedFile {
  readonly path: string;
  content(result: Inspection, warnings: readonly Message[]): FileContent;
}

/** Writes the files, once the model is inspected. */
export type WriteExports = (result: Inspection, warnings: readonly Message[]) => Promise<WrittenFile[]>;

/** What the flags ask for, checked before any weight is read: names of tensors and metrics, and places to write to. */
export async function inspectExports(context: CommandContext, opened: OpenedModel): Promise<WriteExports> {
  const { flags, signal } = context;
  const html = textFlag(context, 'html');
  const csv = textFlag(context, 'csv');
  const list = (flag: string) => (flags[flag] as readonly string[] | undefined) ?? [];
  const planned = [
    ...(html === null ? [] : [page(html, opened)]),
    ...(csv === null ? [] : [layerTable(csv)]),
    ...list('node-data').map((value) => metric(value, opened)),
    ...list('npy').map((value) => tensor(value, opened, flags.real === true, signal)),
  ];
  const inputs = [opened.path, ...opened.dataFiles];
  const paths = new Set<string>();
  for (const { path } of planned) {
    await checkOutput(path, inputs);
    if (paths.has(resolve(path))) throw new UsageError(`Two files would be written to ${path}.`);
    paths.add(resolve(path));
  }
  return async (result, warnings) => {
    const written: WrittenFile[] = [];
    for (const { path, content } of planned) {
      written.push({ path, bytes: await writeFile(path, content(result, warnings), { inputs, signal }) });
    }
    return written;
  };
}

const page = (path: string, opened: OpenedModel): PlannedFile => ({
  path,
  content: (result, warnings) =>
    inspectionHtml({
      file: basename(opened.path),
      card: result.model,
      layers: exportedLayers(result),
      findings: result.findings,
      warnings,
    }),
});

const layerTable = (path: string): PlannedFile => ({
  path,
  content: (result) => csvTable(layerColumns, exportedLayers(result)),
});

/** `[METRIC=]OUT`. */
function metric(value: string, opened: OpenedModel): PlannedFile {
  const at = value.indexOf('=');
  const name = at < 0 ? 'bytes' : value.slice(0, at);
  if (!isMetric(name)) {
    throw new UsageError(`--node-data has no metric "${name}". Did you mean ${closest(name, [...nodeMetrics])}?`);
  }
  return {
    path: nonEmpty(value.slice(at + 1), 'node-data', '[METRIC=]OUT.json'),
    content: (result) => [JSON.stringify(nodeData(opened.model, layersOf(opened.model), exportedLayers(result), name))],
  };
}

const isMetric = (name: string): name is NodeMetric => (nodeMetrics as readonly string[]).includes(name);

/** `TENSOR=OUT`, where names of tensors may hold a `=` too. */
function tensor(value: string, opened: OpenedModel, real: boolean, signal: AbortSignal): PlannedFile {
  const parts = value.split('=');
  if (parts.length < 2) throw new UsageError(`--npy takes TENSOR=OUT.npy, not "${value}".`);
  const layers = layersOf(opened.model);
  const names = new Set(
    layers.flatMap((layer) => layer.weights.flatMap(({ name }) => [name, `${layer.name}:${name}`])),
  );
  const splits = parts.slice(1).map((_, i) => [parts.slice(0, i + 1).join('='), parts.slice(i + 1).join('=')] as const);
  const [name, path] = splits.find(([candidate]) => names.has(candidate)) ?? splits[0]!;
  const { layer, weight } = findWeight(layers, name);
  return {
    path: nonEmpty(path, 'npy', 'TENSOR=OUT.npy'),
    content: () => npyFile(layer, weight, real ? 'real' : 'stored', signal),
  };
}

function nonEmpty(path: string, flag: string, form: string): string {
  if (path === '') throw new UsageError(`--${flag} takes ${form}: the file's name is missing.`);
  return path;
}
