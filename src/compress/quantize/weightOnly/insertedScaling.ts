import type { LinearLayer } from '../../../graph/channels/linearLayer.js';
import { Node } from '../../../graph/node.js';
import { scaleConsumers } from '../conditioning/smoothQuant.js';
import type { Smoothing } from '../conditioning/smoothQuant.js';
import { tensorFrom } from '../tensors.js';

/** Channels that can be divided, and the layers that read them. */
export interface Scaling extends Smoothing {
  /** What part of the error must be left at most for it to be worth an operator more; any improvement is where it needs none. */
  readonly worthwhile?: number;
}

/** A Mul is not worth a few percent of the error. */
const worthAnOperator = 0.9;

/** For products of matrices that nothing before can take scales for: a Mul by their inverses before those of each value. */
export function insertedScalings(layers: readonly LinearLayer[]): Scaling[] {
  const byValue = new Map<string, LinearLayer[]>();
  for (const layer of layers) {
    const [value = ''] = layer.node.inputs;
    byValue.set(value, [...(byValue.get(value) ?? []), layer]);
  }
  return [...byValue].map(([value, readers]) => insertedScaling(value, readers));
}

function insertedScaling(value: string, layers: readonly LinearLayer[]): Scaling {
  const count = layers[0]?.inputChannels ?? 0;
  const consumers = layers.map((layer) => ({ layer, value, inner: 1 }));
  return {
    count,
    consumers,
    worthwhile: worthAnOperator,
    async fold(writer, scales, signal) {
      const { graph, names } = writer;
      const factor = names.value(`${value}_factor`);
      const scaled = names.value(`${value}_scaled`);
      const inverses = Float32Array.from(scales, (scale) => 1 / scale);
      graph.initializers.set(factor, { name: factor, tensor: tensorFrom('float32', [count], inverses) });
      const [first] = layers;
      graph.add(new Node({ opType: 'Mul', inputs: [value, factor], outputs: [scaled] }), first?.node);
      for (const { node } of layers) graph.setInput(node, 0, scaled);
      await scaleConsumers(writer, consumers, scales, signal);
    },
  };
}
