import type { Model } from '../graph/model.js';
import { nodesOf } from '../graph/scope.js';

/**
 * Labels in the names of nodes, by which a node that onnxruntime made of others can be traced: most of its fusions put the
 * name of a node they replace into that of the new one.
 */
const label = (index: number) => `@tare.${index}.`;
const labels = /@tare\.(\d+)\./g;

/** Puts a label into the name of every node, the index of the node in file order. The model is changed. */
export function labelNodes(model: Model): void {
  let index = 0;
  for (const { node } of nodesOf(model)) node.name = `${node.name ?? ''}${label(index++)}`;
}

/** The indices of the labels in a name. */
export function labelsIn(name: string): number[] {
  return [...name.matchAll(labels)].map(([, index]) => Number(index));
}

export function withoutLabels(text: string): string {
  return text.replace(labels, '');
}
