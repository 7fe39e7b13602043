import type { LinearLayer } from '../../../graph/channels/linearLayer.js';
import { linearLayer, plainConstant } from '../../../graph/channels/linearLayer.js';
import type { Model } from '../../../graph/model.js';
import type { Node } from '../../../graph/node.js';
import { Names } from '../../../graph/names.js';
import { Scope } from '../../../graph/scope.js';
import { topologicalOrder } from '../../../graph/sort.js';
import { elementCount } from '../../../tensor/elementType.js';
import { tensorOfArray } from '../../../tensor/tensor.js';

/** A linear layer and the constant that is added to its output channels: its own bias, or that of an Add behind it. */
export interface BiasPlace {
  readonly layer: LinearLayer;
  readonly node: Node;
  readonly input: number;
  /** What the constant is multiplied by before it is added. */
  readonly factor: number;
}

/** In topological order. Layers that have no constant of a number a channel are `without`. */
export function biasPlaces({ graph }: Model): { places: BiasPlace[]; without: LinearLayer[] } {
  const scope = new Scope(graph);
  const places: BiasPlace[] = [];
  const without: LinearLayer[] = [];
  for (const node of topologicalOrder(graph).order) {
    const layer = linearLayer(scope, node);
    if (!layer) continue;
    const place = ownBias(layer) ?? addedBias(scope, layer);
    if (place) places.push(place);
    else without.push(layer);
  }
  return { places, without };
}

/** Gives layers without a bias one of zeros, where their operator takes one. The model is edited. */
export function addMissingBiases(model: Model): void {
  const { graph } = model;
  const names = new Names(model);
  for (const { node, outputChannels } of biasPlaces(model).without) {
    if (node.is('MatMul')) continue;
    const name = names.value(`${node.inputs[1]}_bias`);
    const data = new Float32Array(outputChannels);
    graph.initializers.set(name, {
      name,
      tensor: tensorOfArray({ elementType: 'float32', shape: [outputChannels], data }),
    });
    graph.setInput(node, 2, name);
  }
}

function ownBias(layer: LinearLayer): BiasPlace | undefined {
  const { node, bias } = layer;
  if (!bias) return undefined;
  return { layer, node, input: 2, factor: node.is('Gemm') ? node.float('beta', 1) : 1 };
}

/** The constant of an Add that alone reads what a MatMul makes. */
function addedBias(scope: Scope, layer: LinearLayer): BiasPlace | undefined {
  const { graph } = scope;
  const [output = ''] = layer.node.outputs;
  const uses = graph.uses(output);
  const [use] = uses;
  if (!layer.node.is('MatMul') || uses.length !== 1 || graph.isOutput(output) || !use?.node.is('Add')) return undefined;
  const input = use.index === 0 ? 1 : 0;
  const constant = plainConstant(scope, use.node.inputs[input] ?? '');
  const fits = constant?.shape.at(-1) === layer.outputChannels && elementCount(constant.shape) === layer.outputChannels;
  return fits ? { layer, node: use.node, input, factor: 1 } : undefined;
}
