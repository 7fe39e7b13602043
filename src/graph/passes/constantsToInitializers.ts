import { constantNodeTensor } from '../constants.js';
import type { Graph } from '../graph.js';
import type { Model } from '../model.js';
import type { Node } from '../node.js';
import { scopesOf } from '../scope.js';
import type { Pass } from './pass.js';

/** From this version on an initializer need not be a graph input too. */
const freeInitializers = 4;

/**
 * Turns Constant nodes into initializers of the same name and the same graph. Those that are graph outputs stay, as do
 * those of local functions, which have no initializers, and those whose value is a function's parameter.
 */
export const constantsToInitializers: Pass = {
  name: 'constantsToInitializers',
  apply(model) {
    let changed = false;
    for (const { graph, node } of convertible(model)) {
      const [name = ''] = node.outputs;
      const { tensor, sparse } = constantNodeTensor(node)!;
      graph.initializers.set(name, { name, tensor, sparse, docString: node.docString });
      graph.remove(node);
      graph.valueInfos.delete(name);
      changed = true;
    }
    if (changed) model.irVersion = Math.max(model.irVersion, freeInitializers);
    return changed;
  },
  ensures: (model) => convertible(model).length === 0,
};

function convertible(model: Model): { graph: Graph; node: Node }[] {
  const found: { graph: Graph; node: Node }[] = [];
  for (const { graph, localFunction } of scopesOf(model)) {
    if (localFunction) continue;
    for (const node of graph.nodes) {
      if (node.is('Constant') && constantNodeTensor(node) && !graph.isOutput(node.outputs[0] ?? '')) {
        found.push({ graph, node });
      }
    }
  }
  return found;
}
