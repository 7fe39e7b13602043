import { copyModel } from '../../../graph/copy.js';
import type { Model } from '../../../graph/model.js';
import { NodeWriter } from '../../../graph/nodeWriter.js';
import { removeDead } from '../../../graph/removeDead.js';
import { sortTopologically } from '../../../graph/sort.js';
import { tensorOfArray } from '../../../tensor/tensor.js';

/**
 * A copy of a model with other weights, which computes nothing but what is asked for. `write` adds nodes and returns the
 * values that are the copy's outputs; they are there under the names that `write` gives them.
 */
export function partialModel(
  model: Model,
  weights: ReadonlyMap<string, Float32Array>,
  write: (writer: NodeWriter) => Readonly<Record<string, string>>,
): Model {
  const copy = copyModel(model);
  const { graph } = copy;
  for (const [name, data] of weights) {
    const initializer = graph.initializers.get(name)!;
    const tensor = tensorOfArray({ elementType: 'float32', shape: initializer.tensor.shape, data });
    graph.initializers.set(name, { ...initializer, tensor });
  }
  const writer = new NodeWriter(copy);
  const outputs = write(writer);
  for (const [name, value] of Object.entries(outputs)) writer.named(value, name);
  graph.outputs.splice(0, graph.outputs.length, ...Object.keys(outputs).map((name) => ({ name })));
  graph.boundaryChanged();
  sortTopologically(graph);
  removeDead(copy);
  return copy;
}
