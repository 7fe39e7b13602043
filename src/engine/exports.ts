/** What the engine writes to files: tables, tensors, pages. */
import { basename } from 'node:path';
import type { Layer, LayerWeight } from '../graph/layers.js';
import { comparisonColumns } from '../evaluate/comparisonTable.js';
import { histogramCsv, histogramJson } from '../inspect/export/histogramTable.js';
import { inspectionHtml } from '../inspect/export/html/inspectionHtml.js';
import type { ExportedLayer } from '../inspect/export/layersTable.js';
import { layerColumns } from '../inspect/export/layersTable.js';
import { nodeData } from '../inspect/export/nodeData.js';
import { npyFile } from '../inspect/export/npyFile.js';
import { csvTable, jsonTable } from '../inspect/export/table.js';
import type { TableColumn } from '../inspect/export/table.js';
import type { FileContent } from '../inspect/export/writeFile.js';
import { writeFile } from '../inspect/export/writeFile.js';
import { inspection } from '../inspect/inspectModel.js';
import type { Finding } from '../inspect/inspection.js';
import type { StatisticsPool } from '../inspect/statisticsPool.js';
import { toContractJson } from '../messages/contractJson.js';
import { english } from '../messages/catalog.js';
import type { OpenedModel as OpenedOnnx } from '../onnx/openModel.js';
import type { ComparedQuery, ComparedRow, LayerQuery, OpenedModel } from '../protocol/engineService.js';
import type { ExportRequest } from '../protocol/exportCalls.js';
import type { Histogram } from '../tensor/histogram.js';

/** An open model as exports need it. */
export interface ExportSource {
  readonly opened: OpenedOnnx;
  readonly pool: StatisticsPool;
  readonly description: Omit<OpenedModel, 'model'>;
  readonly layers: readonly Layer[];
  /** Of what is measured by now the figures too. */
  exportedLayers(query: LayerQuery | null): ExportedLayer[];
  /** Measures what is not measured yet. */
  measureAll(signal: AbortSignal): Promise<void>;
  allFindings(signal: AbortSignal): Promise<readonly Finding[]>;
  /** Throws `engine.no-layer` or `engine.no-weight`. */
  namedWeight(layer: number, name: string): { readonly layer: Layer; readonly weight: LayerWeight };
  histogramOf(layer: number, name: string, signal: AbortSignal): Promise<Histogram>;
}

export interface ExportContext {
  readonly signal: AbortSignal;
  comparedRows(a: string, b: string, query: ComparedQuery): Promise<readonly ComparedRow[]>;
}

/** Bins of the histograms of an exported inspection. */
const inspectionBins = 64;

/** Writes what is asked for to a path, whole or not at all; never over the model or its data. */
export async function exportTo(
  source: ExportSource,
  request: ExportRequest,
  path: string,
  context: ExportContext,
): Promise<{ bytes: number }> {
  const { opened } = source;
  const inputs = [opened.path, ...opened.dataFiles];
  if (request.what === 'comparison') inputs.push(request.a, request.b);
  const content = await contentOf(source, request, context);
  return { bytes: await writeFile(path, content, { inputs, signal: context.signal }) };
}

async function contentOf(source: ExportSource, request: ExportRequest, context: ExportContext): Promise<FileContent> {
  const { signal } = context;
  switch (request.what) {
    case 'layers':
      await source.measureAll(signal);
      return table(request.format, layerColumns, source.exportedLayers(request.query));
    case 'inspection':
      return request.format === 'html' ? page(source, signal) : document(source, signal);
    case 'nodeData': {
      await source.measureAll(signal);
      const data = nodeData(source.opened.model, source.layers, source.exportedLayers(null), request.metric ?? 'bytes');
      return [JSON.stringify(data)];
    }
    case 'tensor': {
      const { layer, weight } = source.namedWeight(request.layer, request.weight);
      return npyFile(layer, weight, request.real ? 'real' : 'stored', signal);
    }
    case 'histogram': {
      const histogram = await source.histogramOf(request.layer, request.weight, signal);
      if (request.format === 'csv') return histogramCsv(histogram);
      return histogramJson({ ...histogram, layer: source.layers[request.layer]!.name, weight: request.weight });
    }
    case 'comparison':
      return table(request.format, comparedColumns, await context.comparedRows(request.a, request.b, request.query));
  }
}

function table<Row>(
  format: 'csv' | 'json',
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
): Generator<string> {
  return format === 'csv' ? csvTable(columns, rows) : jsonTable(columns, rows);
}

const comparedColumns: readonly TableColumn<ComparedRow>[] = [
  { name: 'index', cell: ({ index }) => index },
  ...comparisonColumns.map(({ name, cell }) => ({ name, cell: ({ pair }: ComparedRow) => cell(pair) })),
  { name: 'choice', cell: ({ choice }) => choice },
  { name: 'skipped', cell: ({ skipped }) => skipped && english(skipped) },
];

async function page(source: ExportSource, signal: AbortSignal): Promise<FileContent> {
  const findings = await source.allFindings(signal);
  const { card, path, warnings } = source.description;
  return inspectionHtml({
    file: basename(path),
    card,
    layers: source.exportedLayers(null),
    findings,
    warnings,
  });
}

/** What `tare inspect --json` prints. */
async function document({ opened, description, pool }: ExportSource, signal: AbortSignal): Promise<FileContent> {
  const result = await inspection(opened, { statistics: true, bins: inspectionBins, pool, signal });
  return [`${JSON.stringify(toContractJson({ ...result, warnings: description.warnings }), null, 2)}\n`];
}
