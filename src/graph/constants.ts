/** Where the constants of a model lie: initializers, Constant nodes, and what passes them on unchanged. */
import { tensorOf } from '../tensor/tensor.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Graph } from './graph.js';
import type { Initializer, SparseTensor } from './model.js';
import type { Node } from './node.js';
import type { Scope } from './scope.js';

/** How the integers of a quantized weight stand for real numbers: real = (integer - zeroPoint) * scale. */
export interface WeightQuantization {
  /** Undefined where the operator itself does not read it (MatMulInteger). */
  readonly scale: Tensor | undefined;
  /** Absent: zero. */
  readonly zeroPoint?: Tensor;
  /** The axis along which scales change; undefined where one scale goes for the whole tensor. */
  readonly axis?: number;
  /** Elements along `axis` that share a scale; undefined where each index has its own. */
  readonly blockSize?: number;
  /** The DequantizeLinear, or the operator that reads the integers itself. */
  readonly node: Node;
}

export interface Constant {
  /** The name of the value that holds the tensor: that of the initializer, or of the Constant node's output. */
  readonly name: string;
  readonly tensor: Tensor;
  /** `constant`: of a Constant node. `quantized`: behind a DequantizeLinear; `tensor` is then its integer input. */
  readonly storage: 'initializer' | 'constant' | 'sparse' | 'quantized';
  readonly sparse?: SparseTensor;
  readonly quantization?: WeightQuantization;
  /** The initializer or the Constant node that owns the tensor: one owner, one tensor of the file. */
  readonly owner: Initializer | Node;
  /** The scope that defines `name`. */
  readonly scope: Scope;
}

/** Where a value comes from, past Identity nodes: a constant, or the node that computes it. */
interface Source {
  readonly constant?: Constant;
  readonly node?: Node;
  readonly scope?: Scope;
}

/** What was looked up before, by the graph that defines a value. Good only as long as nobody edits the model. */
export type KnownSources = Map<Graph, Map<string, Source>>;

/**
 * The constant behind a value as seen from a scope, through Identity nodes and one DequantizeLinear with a constant
 * scale and zero point; undefined where the value depends on an input of the graph. Many lookups share `known`.
 */
export function constantOf(scope: Scope, value: string, known: KnownSources = new Map()): Constant | undefined {
  const stored = sourceOf(scope, value, known);
  if (stored.constant) return stored.constant;
  const { node, scope: at } = stored;
  if (!node?.is('DequantizeLinear') || !at) return undefined;
  const [input = '', scaleName = '', zeroPointName = ''] = node.inputs;
  const integers = sourceOf(at, input, known).constant;
  const scale = sourceOf(at, scaleName, known).constant;
  if (!integers || integers.sparse || !scale) return undefined;
  const zeroPoint = zeroPointName === '' ? undefined : sourceOf(at, zeroPointName, known).constant;
  if (zeroPointName !== '' && !zeroPoint) return undefined;
  return {
    ...integers,
    storage: 'quantized',
    quantization: {
      scale: scale.tensor,
      zeroPoint: zeroPoint?.tensor,
      ...quantizationAxis(node, integers.tensor, scale.tensor),
      node,
    },
  };
}

/** The tensor of a Constant node in any of its spellings; undefined where the value is a function's parameter. */
export function constantNodeTensor(node: Node): { tensor: Tensor; sparse?: SparseTensor } | undefined {
  for (const [name, attribute] of node.attributes) {
    switch (attribute.kind) {
      case 'tensor':
        return { tensor: attribute.value };
      case 'sparse':
        return { tensor: attribute.value.values, sparse: attribute.value };
      case 'float':
        return { tensor: numbers('float32', [], new Float32Array([attribute.value])) };
      case 'floats':
        return { tensor: numbers('float32', [attribute.value.length], new Float32Array(attribute.value)) };
      case 'int':
        return { tensor: numbers('int64', [], new BigInt64Array([attribute.value])) };
      case 'ints':
        return { tensor: numbers('int64', [attribute.value.length], new BigInt64Array(attribute.value)) };
      case 'string':
        return name === 'value_string' ? { tensor: strings([], [attribute.value]) } : undefined;
      case 'strings':
        return { tensor: strings([attribute.value.length], attribute.value) };
      default:
    }
  }
  return undefined;
}

function numbers(type: 'float32' | 'int64', shape: number[], data: Float32Array | BigInt64Array): Tensor {
  return tensorOf(type, shape, new Uint8Array(data.buffer));
}

function strings(shape: number[], elements: readonly Uint8Array[]): Tensor {
  return { ...tensorOf('string', shape, new Uint8Array()), strings: elements };
}

function sourceOf(scope: Scope, value: string, known: KnownSources): Source {
  const passed: { graph: Graph; value: string }[] = [];
  let source: Source = {};
  let at = scope.definingScope(value);
  while (at) {
    source = known.get(at.graph)?.get(value) ?? directSource(at, value);
    passed.push({ graph: at.graph, value });
    const isCycle = passed.length > at.graph.nodes.length + 1;
    if (!source.node?.is('Identity') || isCycle) break;
    value = source.node.inputs[0] ?? '';
    at = at.definingScope(value);
    source = {};
  }
  for (const { graph, value: name } of passed) {
    if (!known.has(graph)) known.set(graph, new Map());
    known.get(graph)!.set(name, source);
  }
  return source;
}

/** Where a value comes from that this very scope defines. */
function directSource(scope: Scope, value: string): Source {
  const { graph } = scope;
  const initializer = graph.initializers.get(value);
  if (initializer) {
    const { tensor, sparse } = initializer;
    const storage = sparse ? 'sparse' : 'initializer';
    return { constant: { name: value, tensor, storage, sparse, owner: initializer, scope } };
  }
  const node = graph.producer(value);
  const held = node?.is('Constant') ? constantNodeTensor(node) : undefined;
  if (!node || !held) return { node, scope };
  const storage = held.sparse ? 'sparse' : 'constant';
  return { constant: { name: value, ...held, storage, owner: node, scope } };
}

/** The axis and block size of a DequantizeLinear (ONNX operators, DequantizeLinear-21). */
function quantizationAxis(node: Node, integers: Tensor, scale: Tensor): { axis?: number; blockSize?: number } {
  if (scale.shape.length === 0 || (scale.shape.length === 1 && scale.shape[0] === 1)) return {};
  const rank = integers.shape.length;
  const attribute = node.int('axis', 1);
  const axis = attribute < 0 ? attribute + rank : attribute;
  if (scale.shape.length === 1) return { axis };
  const blockSize = node.int('block_size', 0);
  const size = integers.shape[axis] ?? 1;
  return { axis, blockSize: blockSize > 0 ? blockSize : Math.ceil(size / (scale.shape[axis] ?? 1)) };
}
