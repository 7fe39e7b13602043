/**
 * Figures of layers as node data for Model Explorer, to be laid over its graph: one metric a file, by graph and node
 * (google-ai-edge/model-explorer, src/server/package/src/model_explorer/node_data_builder.py: ModelNodeData, GraphNodeData).
 */
import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import type { Scope } from '../../graph/scope.js';
import { english, sentence } from '../../messages/catalog.js';
import type { SentenceId } from '../../messages/catalog.js';
import type { ExportedLayer } from './layersTable.js';
import { largestWeight } from './layersTable.js';

export const nodeMetrics = ['bytes', 'parameters', 'macs', 'zeros', 'range'] as const;
export type NodeMetric = (typeof nodeMetrics)[number];

interface GraphNodeData {
  readonly name: string;
  readonly results: Record<string, { readonly value: number }>;
  readonly gradient: readonly { readonly stop: number; readonly bgColor: string }[];
}

/** From pale to dark: text on it stays readable, as Model Explorer turns it white. */
const gradient = [
  { stop: 0, bgColor: '#f7fbff' },
  { stop: 0.5, bgColor: '#6baed6' },
  { stop: 1, bgColor: '#08306b' },
];

const titles: Readonly<Record<NodeMetric, SentenceId>> = {
  bytes: 'inspect.node-data.bytes',
  parameters: 'inspect.node-data.parameters',
  macs: 'inspect.node-data.macs',
  zeros: 'inspect.node-data.zeros',
  range: 'inspect.node-data.range',
};

/**
 * Node data of one metric. `exported` are some or all of `layers`. A node goes by its first output, as the format allows and
 * the names of nodes do not: they may be absent, and may be those of values. Graphs go by what the ONNX adapter
 * (model-explorer-onnx, main.py: create_graph, get_function_graph_name; _passes.py: EmbedIfPass) calls them: branches of an
 * If lie in the graph around it, with the path of the branch before their names. Other bodies it does not show.
 */
export function nodeData(
  model: Model,
  layers: readonly Layer[],
  exported: readonly ExportedLayer[],
  metric: NodeMetric,
): Record<string, GraphNodeData> | GraphNodeData {
  const results = new Map<string, Map<string, { value: number }>>();
  for (const each of exported) {
    const { node, scope } = layers[each.index]!;
    const value = valueOf(each, metric);
    const output = node.outputs.find((name) => name !== '');
    const prefix = branchPath(scope);
    if (value === null || output === undefined || prefix === undefined) continue;
    const graph = graphName(model, scope);
    if (!results.has(graph)) results.set(graph, new Map());
    results.get(graph)!.set(prefix + output, { value });
  }
  const name = english(sentence(titles[metric]));
  const graphs = new Map<string, GraphNodeData>(
    [...results].map(([graph, values]) => [graph, { name, results: Object.fromEntries(values), gradient }]),
  );
  // A graph without a name cannot be told from others: its data are those of whatever graph is shown.
  const unnamed = graphs.get('');
  if (unnamed) return unnamed;
  return Object.fromEntries(graphs);
}

function valueOf({ card, figures }: ExportedLayer, metric: NodeMetric): number | null {
  switch (metric) {
    case 'bytes':
    case 'parameters':
    case 'macs':
      return card[metric];
    case 'zeros': {
      const elements = largestWeight(card)?.shape.reduce((product, size) => product * size, 1) ?? 0;
      return figures && figures.zeros !== null && elements > 0 ? figures.zeros / elements : null;
    }
    case 'range': {
      const reach = figures && figures.min !== null && figures.max !== null ? Math.max(-figures.min, figures.max) : NaN;
      return Number.isFinite(reach) ? reach : null;
    }
  }
}

function graphName(model: Model, scope: Scope): string {
  const { localFunction } = scope;
  if (!localFunction) return model.graph.name;
  const { domain, name, overload } = localFunction;
  return `[function]${domain}::${name}${overload ? `::${overload}` : ''}`;
}

/** What stands before the names of an If's branch: empty in a graph of its own, undefined where the body is not shown. */
function branchPath(scope: Scope): string | undefined {
  const { owner, parent } = scope;
  if (!owner || !parent) return '';
  const before = branchPath(parent);
  if (before === undefined || !owner.node.is('If')) return undefined;
  return `${before}${owner.node.name ?? ''}/${owner.attribute}/`;
}
