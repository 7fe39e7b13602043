import { distinctWeights, parametersOf } from '../graph/layers.js';
import type { Layer } from '../graph/layers.js';
import type { Dimension, Model, ValueInfo } from '../graph/model.js';
import type { ElementType } from '../tensor/elementType.js';
import type { ModelCost } from './cost/cost.js';
import type { ModelCard, ValueCard } from './inspection.js';
import type { ModelShapes } from './modelShapes.js';

/** What a model is, without its weights' numbers. `bytes` are those of its file and its external data. */
export function modelCard(
  model: Model,
  layers: readonly Layer[],
  { shapes, costs, samples }: ModelShapes,
  bytes: number,
  cost: ModelCost,
): ModelCard {
  const { graph, opsets } = model;
  const valueCard = (info: ValueInfo): ValueCard => {
    const declared = info.type && 'elementType' in info.type ? info.type : undefined;
    const type = declared?.shape ? declared : shapes.typeOf(graph, info.name);
    return {
      name: info.name,
      dtype: declared?.elementType ?? (type && 'elementType' in type ? type.elementType : null),
      shape: type && 'shape' in type && type.shape ? sizes(type.shape) : null,
    };
  };
  return {
    inputs: graph.inputs.filter(({ name }) => !graph.initializers.has(name)).map(valueCard),
    outputs: graph.outputs.map(valueCard),
    opset: opsets.get('') ?? 0,
    opsets: Object.fromEntries(opsets),
    irVersion: model.irVersion,
    producer: [model.producerName, model.producerVersion].filter(Boolean).join(' '),
    parameters: parametersOf(layers),
    bytes,
    macs: costs.totalMacs === null ? null : costs.totalMacs / samples,
    cost,
    bytesByType: bytesByType(layers),
    operators: operatorCounts(layers),
    metadata: Object.fromEntries(model.metadata),
  };
}

/** Sizes, symbols, and null where unknown. */
export function sizes(shape: readonly Dimension[]): (number | string | null)[] {
  return shape.map((dimension) => dimension ?? null);
}

/** Bytes of the constants that layers read, by element type, the heaviest first; what several share counts once. */
function bytesByType(layers: readonly Layer[]): Record<string, number> {
  const byType = new Map<ElementType, number>();
  const seen = new Set<unknown>();
  const count = (type: ElementType, bytes: number, identity: unknown) => {
    if (seen.has(identity)) return;
    seen.add(identity);
    byType.set(type, (byType.get(type) ?? 0) + bytes);
  };
  for (const { tensor, bytes, quantization } of distinctWeights(layers)) {
    count(tensor.elementType, bytes, tensor);
    for (const part of [quantization?.scale, quantization?.zeroPoint]) {
      if (part) count(part.elementType, part.bytes.byteLength, part);
    }
  }
  return Object.fromEntries([...byType].sort(([, a], [, b]) => b - a));
}

/** How many layers each operator has, the commonest first. */
function operatorCounts(layers: readonly Layer[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { node } of layers) counts.set(node.opType, (counts.get(node.opType) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
