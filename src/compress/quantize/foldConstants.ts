/** Computing beforehand what depends on constants alone. */
import { copyModel } from '../../graph/copy.js';
import { inferShapes } from '../../graph/inferShapes.js';
import type { Model } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import { removeDead } from '../../graph/removeDead.js';
import { topologicalOrder } from '../../graph/sort.js';
import { elementCount, storedBytes } from '../../tensor/elementType.js';
import { tensorOfArray } from '../../tensor/tensor.js';
import type { Laboratory } from '../laboratory.js';

/** Other results at every run, or numbers that stand for others. */
const notFolded = new Set([
  'Bernoulli',
  'DequantizeLinear',
  'Multinomial',
  'QuantizeLinear',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);

/** A result that is so much larger than what it is made of would make the file larger. */
const allowedGrowth = 4096;

/** Nodes of the main graph that depend on constants alone, in an order in which they can be computed. */
export function constantNodes({ graph }: Model): Node[] {
  const known = new Set([...graph.initializers.keys()].filter((name) => !graph.isInput(name)));
  const found: Node[] = [];
  for (const node of topologicalOrder(graph).order) {
    const reads = node.inputs.filter((value) => value !== '');
    const hasSubgraph = [...node.attributes.values()].some(({ kind }) => kind === 'graph' || kind === 'graphs');
    if (node.domain !== '' || notFolded.has(node.opType) || hasSubgraph || reads.length === 0) continue;
    if (!reads.every((value) => known.has(value))) continue;
    found.push(node);
    for (const output of node.outputs) known.add(output);
  }
  return found;
}

/**
 * Computes constant nodes of a model, which is edited, and puts initializers in their place: where the file does not grow
 * by it. Returns how many nodes are gone. The laboratory runs a model of those nodes alone, once.
 */
export async function foldConstants(
  model: Model,
  laboratory: Pick<Laboratory, 'run'>,
  signal?: AbortSignal,
): Promise<number> {
  const { graph } = model;
  const foldable = new Set(foldableNodes(model));
  if (foldable.size === 0) return 0;
  const isRead = (value: string) =>
    graph.isOutput(value) || graph.uses(value).some(({ node, index }) => index < 0 || !foldable.has(node));
  const wanted = [...foldable].flatMap(({ outputs }) => outputs).filter((value) => value !== '' && isRead(value));
  const results = await laboratory.run(constantModel(model, foldable, wanted), {}, { signal });
  graph.removeAll([...foldable]);
  for (const value of wanted) graph.initializers.set(value, { name: value, tensor: tensorOfArray(results[value]!) });
  removeDead(model);
  return foldable.size;
}

/** Constant nodes but those whose results, or what these are needed for, are larger than the constants they come from. */
function foldableNodes(model: Model): Node[] {
  const { graph } = model;
  const inference = inferShapes(model);
  const bytesOf = new Map<string, number>();
  for (const [name, { tensor }] of graph.initializers) bytesOf.set(name, tensor.bytes.byteLength);
  const left = new Set<string>();
  const foldable: Node[] = [];
  for (const node of constantNodes(model)) {
    const from = node.inputs.reduce((sum, value) => sum + (bytesOf.get(value) ?? 0), 0);
    const sizes = node.outputs
      .filter((value) => value !== '')
      .map((value) => {
        const shape = inference.shapeOf(graph, value);
        const type = inference.elementTypeOf(graph, value);
        const isKnown = type !== undefined && type !== 'string' && shape?.every((each) => typeof each === 'number');
        return isKnown ? storedBytes(type, elementCount(shape as number[])) : Infinity;
      });
    const into = sizes.reduce((sum, size) => sum + size, 0);
    // A result that is an output of the graph must stay the result of a node.
    const isOutput = node.outputs.some((value) => graph.isOutput(value));
    if (isOutput || into > from + allowedGrowth || node.inputs.some((value) => left.has(value))) {
      for (const output of node.outputs) left.add(output);
      continue;
    }
    node.outputs.forEach((output, i) => bytesOf.set(output, sizes[i] ?? 0));
    foldable.push(node);
  }
  return foldable;
}

function constantModel(model: Model, nodes: ReadonlySet<Node>, outputs: readonly string[]): Model {
  const copy = copyModel(model);
  const { graph } = copy;
  const copies = graph.nodes;
  graph.removeAll(model.graph.nodes.flatMap((node, i) => (nodes.has(node) ? [] : copies[i]!)));
  graph.inputs.splice(0, graph.inputs.length);
  graph.outputs.splice(0, graph.outputs.length, ...outputs.map((name) => ({ name })));
  graph.boundaryChanged();
  removeDead(copy);
  return copy;
}
