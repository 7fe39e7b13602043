import type { Graph } from './graph.js';
import type { Model } from './model.js';
import type { Node } from './node.js';
import { scopesOf } from './scope.js';

/**
 * Removes nodes whose outputs nobody reads, initializers nobody reads (with the graph input of the same name that an
 * old file has beside it), and local functions nobody calls. Graph outputs and other inputs stay.
 */
export function removeDead(model: Model): void {
  removeUncalledFunctions(model);
  for (const { graph } of [...scopesOf(model)].reverse()) removeDeadNodes(graph);
}

/** The same within one graph, its subgraphs left as they are. */
export function removeDeadNodes(graph: Graph): void {
  const outputs = new Set(graph.outputs.map((info) => info.name));
  const isDead = (node: Node) =>
    node.outputs.length > 0 && node.outputs.every((value) => !outputs.has(value) && graph.uses(value).length === 0);
  const doubtful = [...graph.nodes];
  for (let node = doubtful.pop(); node; node = doubtful.pop()) {
    if (!graph.has(node) || !isDead(node)) continue;
    const reads = [...node.inputs];
    for (const [, subgraph] of node.subgraphs()) reads.push(...subgraph.outerValues());
    graph.remove(node);
    for (const value of reads) {
      const producer = graph.producer(value);
      if (producer) doubtful.push(producer);
    }
  }
  removeUnreadInitializers(graph, outputs);
}

function removeUnreadInitializers(graph: Graph, outputs: ReadonlySet<string>): void {
  const unread = [...graph.initializers.keys()].filter((name) => !outputs.has(name) && graph.uses(name).length === 0);
  const gone = new Set(unread);
  if (gone.size === 0) return;
  for (const name of gone) {
    graph.initializers.delete(name);
    graph.valueInfos.delete(name);
  }
  const kept = graph.inputs.filter((info) => !gone.has(info.name));
  if (kept.length < graph.inputs.length) graph.inputs.splice(0, graph.inputs.length, ...kept);
}

function removeUncalledFunctions(model: Model): void {
  const byKey = new Map(model.functions.map((entry) => [functionKey(entry.domain, entry.name, entry.overload), entry]));
  const called = new Set<string>();
  const graphs = [model.graph];
  for (let graph = graphs.pop(); graph; graph = graphs.pop()) {
    for (const node of graph.nodes) {
      for (const [, subgraph] of node.subgraphs()) graphs.push(subgraph);
      const key = functionKey(node.domain, node.opType, node.overload);
      const callee = byKey.get(key);
      if (!callee || called.has(key)) continue;
      called.add(key);
      graphs.push(callee.graph);
    }
  }
  model.functions = model.functions.filter((entry) =>
    called.has(functionKey(entry.domain, entry.name, entry.overload)),
  );
}

/** Identifies a local function, and the function that a node calls. */
export function functionKey(domain: string, name: string, overload = ''): string {
  return JSON.stringify([domain, name, overload]);
}
