import { tensorOfArray } from '../tensor/tensor.js';
import type { Graph } from './graph.js';
import type { Attribute, Model } from './model.js';
import { Names } from './names.js';
import { floatAttribute, intAttribute, intsAttribute, Node } from './node.js';

/** Adds operators and constants to the main graph of a model under fresh names, as an expression is written. */
export class NodeWriter {
  readonly #names: Names;
  readonly graph: Graph;

  constructor(model: Model) {
    this.#names = new Names(model);
    this.graph = model.graph;
  }

  /** Adds a node of one output at the end of the graph, and returns the output's name. */
  add(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const output = this.#names.value(opType);
    this.graph.add(
      new Node({
        opType,
        name: this.#names.node(opType),
        inputs: [...inputs],
        outputs: [output],
        attributes: new Map(Object.entries(attributes)),
      }),
    );
    return output;
  }

  floats(shape: readonly number[], data: Float32Array): string {
    const name = this.#names.value('constant');
    this.graph.initializers.set(name, { name, tensor: tensorOfArray({ elementType: 'float32', shape, data }) });
    return name;
  }

  number(value: number): string {
    return this.floats([], Float32Array.of(value));
  }

  ints(values: readonly number[]): string {
    const name = this.#names.value('constant');
    const data = BigInt64Array.from(values, BigInt);
    const tensor = tensorOfArray({ elementType: 'int64', shape: [values.length], data });
    this.graph.initializers.set(name, { name, tensor });
    return name;
  }

  reshape(value: string, shape: readonly number[]): string {
    return this.add('Reshape', [value, this.ints(shape)]);
  }

  transpose(value: string, order: readonly number[]): string {
    return this.add('Transpose', [value], { perm: intsAttribute(order) });
  }

  /** The sum over some axes, which go. */
  sum(value: string, axes: readonly number[], keep = false): string {
    return this.add('ReduceSum', [value, this.ints(axes)], { keepdims: intAttribute(keep ? 1 : 0) });
  }

  /** a b, of matrices of which each may be transposed first. */
  product(a: string, b: string, { transA = false, transB = false } = {}): string {
    return this.add('Gemm', [a, b], {
      transA: intAttribute(transA ? 1 : 0),
      transB: intAttribute(transB ? 1 : 0),
      alpha: floatAttribute(1),
    });
  }

  /** A value under a name of its own: an output that is named by who reads it. */
  named(value: string, name: string): void {
    this.graph.add(new Node({ opType: 'Identity', name: this.#names.node(name), inputs: [value], outputs: [name] }));
  }
}
