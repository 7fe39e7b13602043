import { inferShapes } from '../../graph/inferShapes.js';
import type { Model } from '../../graph/model.js';

/** Tells which values of the main graph, as it stands now, are tensors of float32 numbers. */
export function floatValues(model: Model): (value: string) => boolean {
  const inference = inferShapes(model);
  const values = new Set<string>();
  const { graph } = model;
  const add = (value: string) => {
    if (inference.elementTypeOf(graph, value) === 'float32') values.add(value);
  };
  for (const info of graph.inputs) add(info.name);
  for (const name of graph.initializers.keys()) add(name);
  for (const node of graph.nodes) node.outputs.forEach(add);
  return (value) => values.has(value);
}
