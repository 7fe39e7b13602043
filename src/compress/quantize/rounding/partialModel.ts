import { copyModel } from '../../../graph/copy.js';
import type { Model } from '../../../graph/model.js';
import { NodeWriter } from '../../../graph/nodeWriter.js';
import { removeDead } from '../../../graph/removeDead.js';
import { sortTopologically } from '../../../graph/sort.js';
import { tensorOfArray } from '../../../tensor/tensor.js';

export interface PartialModel<Key extends string> {
  readonly model: Model;
  /** The outputs' names. */
  readonly outputs: Readonly<Record<Key, string>>;
}

/**
 * A copy of a model with other weights, which computes nothing but what is asked for: `write` adds nodes, and names the
 * values that are the copy's outputs.
 */
export function partialModel<Key extends string>(
  model: Model,
  weights: ReadonlyMap<string, Float32Array>,
  write: (writer: NodeWriter) => Readonly<Record<Key, string>>,
): PartialModel<Key> {
  const copy = copyModel(model);
  const { graph } = copy;
  for (const [name, data] of weights) {
    const initializer = graph.initializers.get(name)!;
    const tensor = tensorOfArray({ elementType: 'float32', shape: initializer.tensor.shape, data });
    graph.initializers.set(name, { ...initializer, tensor });
  }
  const outputs = write(new NodeWriter(copy));
  const names = new Set(Object.values<string>(outputs));
  graph.outputs.splice(0, graph.outputs.length, ...[...names].map((name) => ({ name })));
  graph.boundaryChanged();
  sortTopologically(graph);
  removeDead(copy);
  return { model: copy, outputs };
}
