import type { Graph } from '../../../graph/graph.js';
import { readNumbers } from '../../../tensor/numbers.js';
import type { ProductLayer } from './productLayer.js';

/** What is done to each output of a layer before anything else reads it: a slope below zero, then limits. */
export interface Activation {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
}

export const noActivation: Activation = { slope: 1, low: -Infinity, high: Infinity };

/** The Relu, LeakyRelu or Clip by constants that alone reads the output of a layer. */
export async function activationBehind(graph: Graph, { output }: ProductLayer): Promise<Activation> {
  const [use, ...more] = graph.uses(output);
  if (!use || use.index !== 0 || more.length > 0 || graph.isOutput(output)) return noActivation;
  const { node } = use;
  if (node.is('Relu')) return { ...noActivation, low: 0 };
  if (node.is('LeakyRelu')) return { ...noActivation, slope: node.float('alpha', 0.01) };
  if (!node.is('Clip')) return noActivation;
  const low = await bound(graph, node.inputs[1], node.float('min', -Infinity));
  const high = await bound(graph, node.inputs[2], node.float('max', Infinity));
  return low === undefined || high === undefined ? noActivation : { slope: 1, low, high };
}

async function bound(graph: Graph, name: string | undefined, fallback: number): Promise<number | undefined> {
  if (!name) return fallback;
  const tensor = graph.initializers.get(name)?.tensor;
  return tensor && (await readNumbers(tensor))[0];
}
