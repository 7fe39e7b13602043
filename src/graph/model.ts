/**
 * A model in memory. It knows no file format: what a format stores beyond it rides along, untouched, in `carried`.
 * An absent optional string is `undefined`, which is not the same as ''.
 */
import type { ElementType } from '../tensor/elementType.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Graph } from './graph.js';

export interface Model {
  irVersion: number;
  /** Operator-set version by domain; '' is the standard domain. */
  opsets: Map<string, number>;
  producerName?: string;
  producerVersion?: string;
  domain?: string;
  modelVersion?: bigint;
  docString?: string;
  metadata: Map<string, string>;
  graph: Graph;
  functions: LocalFunction[];
  carried?: unknown;
}

/** A model-local function: a subgraph that nodes call by domain, name and overload. */
export interface LocalFunction {
  domain: string;
  name: string;
  overload?: string;
  opsets: Map<string, number>;
  /** Names of attributes without a default, and the default attributes. */
  attributeNames: string[];
  attributeDefaults: Map<string, Attribute>;
  /** The body. Its inputs and outputs are names without types; it has no initializers. */
  graph: Graph;
  carried?: unknown;
}

/** A dimension: its size, the name of a symbol, or unknown. */
export type Dimension = number | string | undefined;

export type ValueType =
  | { readonly kind: 'tensor' | 'sparse'; readonly elementType: ElementType; readonly shape?: readonly Dimension[] }
  | { readonly kind: 'sequence' | 'map' | 'optional' | 'opaque' };

export interface ValueInfo {
  name: string;
  type?: ValueType;
  docString?: string;
  carried?: unknown;
}

export interface SparseTensor {
  /** The nonzero elements, 1-D. */
  readonly values: Tensor;
  /** int64: linear positions [nnz], or coordinates [nnz, rank]. */
  readonly indices: Tensor;
  readonly shape: readonly number[];
  carried?: unknown;
}

/** A constant of a graph. `sparse` is set where the file keeps it as a `sparse_initializer`; `tensor` is then its values. */
export interface Initializer {
  name: string;
  tensor: Tensor;
  sparse?: SparseTensor;
  docString?: string;
  carried?: unknown;
}

export type AttributeValue =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'string'; readonly value: Uint8Array }
  | { readonly kind: 'tensor'; readonly value: Tensor; readonly name?: string }
  | { readonly kind: 'graph'; readonly value: Graph }
  | { readonly kind: 'sparse'; readonly value: SparseTensor }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'ints'; readonly value: readonly bigint[] }
  | { readonly kind: 'strings'; readonly value: readonly Uint8Array[] }
  | { readonly kind: 'graphs'; readonly value: readonly Graph[] }
  | { readonly kind: 'tensors'; readonly value: readonly Tensor[] }
  /** A parameter of the enclosing local function, or a kind that only the file format knows (in `carried`). */
  | { readonly kind: 'reference'; readonly value: string }
  | { readonly kind: 'opaque' };

export type Attribute = AttributeValue & { readonly docString?: string; readonly carried?: unknown };

export interface NodeInit {
  opType: string;
  domain?: string;
  overload?: string;
  name?: string;
  /** Names of values; '' is an input or output that is left out. */
  inputs: string[];
  outputs: string[];
  attributes?: Map<string, Attribute>;
  docString?: string;
  metadata?: Map<string, string>;
  carried?: unknown;
}
