/** What writing a weight's integers into a graph takes and leaves. */
import type { Graph } from '../../../graph/graph.js';
import type { Attribute } from '../../../graph/model.js';
import { Node } from '../../../graph/node.js';
import type { Tensor } from '../../../tensor/tensor.js';
import type { Naming } from '../naming.js';
import { removeInitializer } from '../removeInitializer.js';
import type { RoundedWeight } from '../rounding/rounding.js';
import { tensorFrom } from '../tensors.js';
import type { ValueParameters } from '../valueParameters.js';
import type { WeightSite } from './weightSite.js';

/** A weight, its integers, and the nodes of the graph that are to read them: all that read it, at least one. */
export interface WrittenWeight {
  readonly weight: string;
  readonly shape: readonly number[];
  readonly sites: readonly WeightSite[];
  readonly rounded: RoundedWeight;
}

/** The nodes that stand where others stood. */
export type Successors = Map<Node, Node>;

/** The names of what a quantized constant is made of. */
export interface Stored {
  readonly integers: string;
  readonly scale: string;
  readonly zeroPoint?: string;
}

export interface StoredTensors {
  readonly codes: Tensor;
  readonly scales: Tensor;
  /** Null where readers know it. */
  readonly zeroPoints: Tensor | null;
}

/** Puts the tensors of a quantized weight into the graph. */
export function store(graph: Graph, naming: Naming, weight: string, tensors: StoredTensors): Stored {
  const add = (name: string, tensor: Tensor) => {
    graph.initializers.set(name, { name, tensor });
    return name;
  };
  return {
    integers: add(naming.integers(weight), tensors.codes),
    scale: add(naming.scale(weight), tensors.scales),
    ...(tensors.zeroPoints && { zeroPoint: add(naming.zeroPoint(weight), tensors.zeroPoints) }),
  };
}

/** The same in place of the float constant, as DequantizeLinear reads it: it takes 0 where there is no zero point. */
export function replaceByIntegers(
  graph: Graph,
  naming: Naming,
  { weight, shape, rounded: { codes, parameters } }: WrittenWeight,
  scaleShape: readonly number[],
): Stored {
  const { type, scales, zeroPoints } = parameters;
  const stored = store(graph, naming, weight, {
    codes: tensorFrom(type, shape, codes),
    scales: tensorFrom('float32', scaleShape, scales),
    zeroPoints: zeroPointTensor(type, scaleShape, zeroPoints),
  });
  removeInitializer(graph, weight);
  return stored;
}

export function zeroPointTensor(
  type: ValueParameters['type'],
  shape: readonly number[],
  zeroPoints: readonly number[],
): Tensor | null {
  return zeroPoints.every((each) => each === 0) ? null : tensorFrom(type, shape, zeroPoints);
}

export function dequantizeLinear(
  name: string | undefined,
  { integers, scale, zeroPoint }: Stored,
  output: string,
  attributes: Map<string, Attribute>,
): Node {
  const inputs = zeroPoint === undefined ? [integers, scale] : [integers, scale, zeroPoint];
  return new Node({ opType: 'DequantizeLinear', name, inputs, outputs: [output], attributes });
}
