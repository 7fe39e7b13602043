import type { Graph } from '../../graph/graph.js';

/** Removes an initializer, and the graph input of the same name that files of IR 3 have beside it. */
export function removeInitializer(graph: Graph, name: string): void {
  graph.initializers.delete(name);
  const kept = graph.inputs.filter((info) => info.name !== name);
  if (kept.length < graph.inputs.length) graph.inputs.splice(0, graph.inputs.length, ...kept);
}
