/** Short ways to write graphs in tests. */
import { Graph } from '../../../src/graph/graph.js';
import type { GraphInit } from '../../../src/graph/graph.js';
import type { Attribute, Dimension, Initializer, Model, ValueInfo } from '../../../src/graph/model.js';
import { Node, floatAttribute, intAttribute, intsAttribute, stringAttribute } from '../../../src/graph/node.js';
import type { ElementType } from '../../../src/tensor/elementType.js';
import { tensorOf, tensorOfArray } from '../../../src/tensor/tensor.js';
import type { Tensor } from '../../../src/tensor/tensor.js';

export type AttributeSource = number | string | number[] | Attribute | Graph | Tensor;

/** A node; integers, lists of integers and strings become attributes, floats by `floatAttribute`. */
export function node(
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, AttributeSource> = {},
  more: { name?: string; domain?: string } = {},
): Node {
  const map = new Map(Object.entries(attributes).map(([name, value]) => [name, attribute(value)]));
  return new Node({ opType, inputs, outputs, attributes: map, ...more });
}

function attribute(value: AttributeSource): Attribute {
  if (typeof value === 'number') return Number.isInteger(value) ? intAttribute(value) : floatAttribute(value);
  if (typeof value === 'string') return stringAttribute(value);
  if (Array.isArray(value)) return intsAttribute(value);
  if (value instanceof Graph) return { kind: 'graph', value };
  if ('elementType' in value) return { kind: 'tensor', value };
  return value;
}

export function info(name: string, shape?: Dimension[], elementType: ElementType = 'float32'): ValueInfo {
  return { name, type: { kind: 'tensor', elementType, shape } };
}

export function floats(shape: number[], data?: number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const values = new Float32Array(data ?? Array.from({ length: count }, (_, i) => i));
  return tensorOfArray({ elementType: 'float32', shape, data: values });
}

export function int64s(data: number[], shape: number[] = [data.length]): Tensor {
  return tensorOfArray({ elementType: 'int64', shape, data: new BigInt64Array(data.map(BigInt)) });
}

export function int8s(shape: number[], data?: number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return tensorOf('int8', shape, new Uint8Array(new Int8Array(data ?? new Array<number>(count).fill(1)).buffer));
}

export function initializer(name: string, tensor: Tensor): Initializer {
  return { name, tensor };
}

export function graph(init: GraphInit): Graph {
  return new Graph({ name: 'test', ...init });
}

export function model(init: GraphInit | Graph, opset = 17, more: Partial<Model> = {}): Model {
  return {
    irVersion: 8,
    opsets: new Map([['', opset]]),
    metadata: new Map(),
    graph: init instanceof Graph ? init : graph(init),
    functions: [],
    ...more,
  };
}
