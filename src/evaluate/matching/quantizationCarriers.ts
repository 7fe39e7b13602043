import type { Graph } from '../../graph/graph.js';
import type { Layer } from '../../graph/layers.js';
import type { Node } from '../../graph/node.js';

const quantizers = new Set(['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear']);
const integerProducts = new Set(['MatMulInteger', 'ConvInteger']);

/**
 * Does the node only carry a quantization, so that it belongs to the layer it serves: QuantizeLinear, DequantizeLinear,
 * DynamicQuantizeLinear, and the Cast and Mul that give an integer product its scale?
 */
export function carriesQuantization({ node, graph }: Pick<Layer, 'node' | 'graph'>): boolean {
  if (quantizers.has(node.opType)) return true;
  if (isCastOfProduct(node, graph)) return true;
  if (!node.is('Mul')) return false;
  return node.inputs.some((value) => {
    const producer = graph.producer(value);
    return producer !== undefined && (producer.is('DynamicQuantizeLinear') || isCastOfProduct(producer, graph));
  });
}

/** The input of such a node that holds what it passes on; undefined for the product of two scales. */
export function carriedInput({ node, graph }: Pick<Layer, 'node' | 'graph'>): string | undefined {
  if (!node.is('Mul')) return node.inputs[0];
  return node.inputs.find((value) => {
    const producer = graph.producer(value);
    return producer !== undefined && isCastOfProduct(producer, graph);
  });
}

function isCastOfProduct(node: Node, graph: Graph): boolean {
  return node.is('Cast') && integerProducts.has(graph.producer(node.inputs[0] ?? '')?.opType ?? '');
}
