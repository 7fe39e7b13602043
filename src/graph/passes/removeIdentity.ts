import type { Graph } from '../graph.js';
import type { Model } from '../model.js';
import type { Node } from '../node.js';
import { scopesOf } from '../scope.js';
import type { Pass } from './pass.js';

/**
 * Removes nodes that pass their input on: Identity, and Dropout as it is outside training. One that joins a graph input,
 * an initializer, an outer value or another output to a graph output stays, for the names of outputs are a contract.
 */
export const removeIdentity: Pass = {
  name: 'removeIdentity',
  apply(model) {
    let changed = false;
    for (const { graph, node } of passers(model)) {
      if (!bypass(graph, node)) continue;
      changed = true;
    }
    return changed;
  },
  ensures: (model) => passers(model).every(({ graph, node }) => graph.isOutput(node.outputs[0] ?? '')),
};

function passers(model: Model): { graph: Graph; node: Node }[] {
  return [...scopesOf(model)].flatMap(({ graph }) =>
    graph.nodes.filter((node) => passesOn(graph, node)).map((node) => ({ graph, node })),
  );
}

function passesOn(graph: Graph, node: Node): boolean {
  if (node.is('Identity')) return true;
  if (!node.is('Dropout') || (node.inputs[2] ?? '') !== '') return false;
  const mask = node.outputs[1] ?? '';
  return mask === '' || (graph.uses(mask).length === 0 && !graph.isOutput(mask));
}

function bypass(graph: Graph, node: Node): boolean {
  const [input = ''] = node.inputs;
  const [output = ''] = node.outputs;
  if (!graph.isOutput(output)) {
    graph.replaceUses(output, input);
    graph.remove(node);
    return true;
  }
  const producer = graph.producer(input);
  if (!producer || producer === node || graph.isOutput(input)) return false;
  graph.setOutputs(
    producer,
    producer.outputs.map((value) => (value === input ? output : value)),
  );
  graph.remove(node);
  graph.replaceUses(input, output);
  return true;
}
