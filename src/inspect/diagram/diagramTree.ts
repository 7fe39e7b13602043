import type { Inference } from '../../graph/inference/inference.js';
import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { cutLargeHolders } from './blocks.js';
import { describeHolders } from './describe.js';
import { buildFrames } from './frames.js';
import { growTree } from './growTree.js';
import { innerFirst } from './innerFirst.js';
import { countRepeats } from './repeats.js';
import type { DiagramTree } from './tree.js';
import { preorder } from './tree.js';

/**
 * The hierarchy of a model's diagram. The same model gives the same tree, and so the same numbers. `rest` is awaited
 * between the steps of the work.
 */
export async function diagramTree(
  model: Model,
  layers: readonly Layer[],
  shapes: Inference,
  rest: () => Promise<void>,
): Promise<DiagramTree> {
  const { roots, flows, layers: itemOf, values } = await growTree(model, layers, shapes, rest);
  await rest();
  cutLargeHolders(roots, flows);
  const items = preorder(roots);
  for (const [number, item] of items.entries()) item.number = number;
  await rest();
  buildFrames(items, flows);
  await rest();
  const ordered = innerFirst(roots);
  describeHolders(ordered);
  await rest();
  countRepeats(items, layers);
  return {
    root: roots[0]!,
    items,
    innerFirst: ordered,
    layers: itemOf,
    nodes: layers.length,
    labelOf: (value) => values.label(value),
  };
}
