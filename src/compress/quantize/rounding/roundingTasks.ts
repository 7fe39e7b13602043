import type { Model } from '../../../graph/model.js';
import type { Node } from '../../../graph/node.js';
import { floatsOf } from '../tensors.js';
import type { ValueParameters } from '../valueParameters.js';
import type { RoundingTask } from './rounding.js';

/** The weights of a prepared model that `readers` will read as integers, with what they are to be rounded by. */
export async function roundingTasks(
  { graph }: Model,
  parameters: Iterable<readonly [string, ValueParameters]>,
  isReader: (node: Node) => boolean,
): Promise<RoundingTask[]> {
  const tasks: RoundingTask[] = [];
  for (const [weight, own] of parameters) {
    const tensor = graph.initializers.get(weight)?.tensor;
    if (!tensor) continue;
    const uses = graph.uses(weight).filter(({ node, index }) => index >= 0 && isReader(node));
    const readers = [...new Set(uses.map(({ node }) => node))];
    tasks.push({ weight, readers, shape: tensor.shape, data: await floatsOf(tensor), parameters: own });
  }
  return tasks;
}
