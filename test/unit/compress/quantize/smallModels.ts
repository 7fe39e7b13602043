/** Models of a few nodes. */
import { Graph } from '../../../../src/graph/graph.js';
import type { Attribute, Model, ValueInfo } from '../../../../src/graph/model.js';
import { Node } from '../../../../src/graph/node.js';
import type { Tensor } from '../../../../src/tensor/tensor.js';
import { tensorOfArray } from '../../../../src/tensor/tensor.js';

export function node(
  opType: string,
  inputs: string[],
  outputs: string[],
  name?: string,
  attributes: Record<string, Attribute> = {},
): Node {
  return new Node({ opType, inputs, outputs, name, attributes: new Map(Object.entries(attributes)) });
}

/** A float32 tensor, or an int64 one of bigints. */
export function constant(shape: readonly number[], elements: readonly (number | bigint)[]): Tensor {
  return typeof elements[0] === 'bigint'
    ? tensorOfArray({ elementType: 'int64', shape, data: BigInt64Array.from(elements as bigint[]) })
    : tensorOfArray({ elementType: 'float32', shape, data: Float32Array.from(elements as number[]) });
}

export function floatInput(name: string, shape: readonly number[]): ValueInfo {
  return { name, type: { kind: 'tensor', elementType: 'float32', shape } };
}

export function modelOf(parts: {
  nodes: Node[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
  constants: Record<string, Tensor>;
}): Model {
  const { nodes, inputs, outputs } = parts;
  const initializers = Object.entries(parts.constants).map(([name, tensor]) => ({ name, tensor }));
  const graph = new Graph({ name: 'small', nodes, inputs, outputs, initializers });
  return { irVersion: 8, opsets: new Map([['', 13]]), metadata: new Map(), graph, functions: [] };
}
