import type { Graph } from '../../../graph/graph.js';
import type { Layer } from '../../../graph/layers.js';
import { Names } from '../../../graph/names.js';
import type { Initializer, Model } from '../../../graph/model.js';
import { Node, intAttribute } from '../../../graph/node.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import { formatNumber } from '../../../messages/units.js';
import { elementTypes } from '../../../tensor/elementType.js';
import type { ConstantFit } from './constantFit.js';
import { fitOf, greatestError } from './constantFit.js';
import { halfTensor } from './halfTensor.js';

export type HalfType = 'float16' | 'bfloat16';

/** Below this the Cast takes more bytes than 16 bits save. */
const leastElements = 64;

/** Finite numbers that are at least so great become infinite: half a step beyond the greatest. */
const overflow: Readonly<Record<HalfType, number>> = { float16: 65520, bfloat16: 2 ** 128 * (1 - 2 ** -9) };

/** A weight that can be stored in 16 bits behind a Cast, and the graph that holds it. */
export interface StorableWeight {
  readonly graph: Graph;
  readonly name: string;
}

export function storableWeights({ weights, scope, localFunction }: Layer): StorableWeight[] {
  if (localFunction) return [];
  return weights.flatMap(({ name, storage, role, tensor, elements }) => {
    const graph = scope.definingScope(name)?.graph;
    const isFloat = storage === 'initializer' && tensor.elementType === 'float32' && elements >= leastElements;
    const isPlain = role !== 'argument' && role !== 'scale' && role !== 'zeroPoint';
    return graph && isFloat && isPlain && !graph.isInput(name) && !graph.isOutput(name) ? [{ graph, name }] : [];
  });
}

/**
 * Stores the weights of the chosen layers in 16 bits, each behind a Cast to float32, in place: what is computed stays
 * float32. A weight that a layer reads which is not chosen stays. Gives the layers none of whose weights could be stored,
 * with the reason.
 */
export async function storeHalf(
  model: Model,
  layers: readonly Layer[],
  chosen: ReadonlySet<Node>,
  type: HalfType,
  { onProgress, signal }: { onProgress?: (fraction: number) => void; signal?: AbortSignal } = {},
): Promise<Map<Layer, Message>> {
  const names = new Names(model);
  const left = new Map<Layer, Message>();
  const kept = new Set<unknown>();
  for (const { node, weights } of layers) if (!chosen.has(node)) for (const { owner } of weights) kept.add(owner);
  const wanted = layers.filter(({ node }) => chosen.has(node));
  for (const [i, layer] of wanted.entries()) {
    signal?.throwIfAborted();
    const reasons: Message[] = [];
    const weights = storableWeights(layer);
    for (const { graph, name } of weights) {
      const initializer = graph.initializers.get(name);
      // Another layer has stored it.
      if (!initializer) continue;
      const reason = kept.has(initializer)
        ? sentence('compress.quantize.half.skipped.shared', { value: name })
        : undefined;
      const objection = reason ?? misfit(name, await fitOf(initializer.tensor, type), type);
      if (objection) reasons.push(objection);
      else await store(graph, initializer, type, names);
    }
    if (reasons.length === weights.length && reasons[0]) left.set(layer, reasons[0]);
    onProgress?.((i + 1) / wanted.length);
  }
  return left;
}

function misfit(value: string, { greatest, relativeError }: ConstantFit, type: HalfType): Message | undefined {
  if (greatest >= overflow[type]) {
    return sentence('compress.quantize.half.skipped.great-constant', { value, greatest: formatNumber(greatest) });
  }
  if (relativeError > greatestError) return sentence('compress.quantize.half.skipped.small-constant', { value });
  return undefined;
}

async function store(graph: Graph, initializer: Initializer, type: HalfType, names: Names): Promise<void> {
  const { name } = initializer;
  const stored = names.value(`${name}_${type}`);
  const tensor = await halfTensor(initializer.tensor, type);
  graph.initializers.delete(name);
  graph.initializers.set(stored, { ...initializer, name: stored, tensor });
  const cast = new Node({
    opType: 'Cast',
    name: names.node(`${name}_to_float32`),
    inputs: [stored],
    outputs: [name],
    attributes: new Map([['to', intAttribute(elementTypes.float32.code)]]),
  });
  graph.add(cast, graph.nodes[0]);
}
