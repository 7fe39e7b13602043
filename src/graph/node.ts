import type { Tensor } from '../tensor/tensor.js';
import type { Graph } from './graph.js';
import type { Attribute, NodeInit } from './model.js';

/** An operator in a graph. Its inputs and outputs change only through its graph, which keeps the index of consumers. */
export class Node {
  readonly opType: string;
  /** '' is the standard domain; 'ai.onnx' is read as ''. */
  readonly domain: string;
  readonly overload?: string;
  name: string | undefined;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Subgraphs are to be set before the node joins a graph, which keeps track of what they read. */
  readonly attributes: Map<string, Attribute>;
  docString?: string;
  metadata?: Map<string, string>;
  carried?: unknown;

  constructor(init: NodeInit) {
    this.opType = init.opType;
    this.domain = init.domain ?? '';
    this.overload = init.overload;
    this.name = init.name;
    this.inputs = init.inputs;
    this.outputs = init.outputs;
    this.attributes = init.attributes ?? new Map();
    this.docString = init.docString;
    this.metadata = init.metadata;
    this.carried = init.carried;
  }

  is(opType: string, domain = ''): boolean {
    return this.opType === opType && this.domain === domain;
  }

  int(name: string): number | undefined;
  int(name: string, fallback: number): number;
  int(name: string, fallback?: number): number | undefined {
    const attribute = this.attributes.get(name);
    return attribute?.kind === 'int' ? Number(attribute.value) : fallback;
  }

  ints(name: string): number[] | undefined {
    const attribute = this.attributes.get(name);
    return attribute?.kind === 'ints' ? attribute.value.map(Number) : undefined;
  }

  float(name: string): number | undefined;
  float(name: string, fallback: number): number;
  float(name: string, fallback?: number): number | undefined {
    const attribute = this.attributes.get(name);
    return attribute?.kind === 'float' ? attribute.value : fallback;
  }

  string(name: string): string | undefined;
  string(name: string, fallback: string): string;
  string(name: string, fallback?: string): string | undefined {
    const attribute = this.attributes.get(name);
    return attribute?.kind === 'string' ? new TextDecoder().decode(attribute.value) : fallback;
  }

  tensor(name: string): Tensor | undefined {
    const attribute = this.attributes.get(name);
    return attribute?.kind === 'tensor' ? attribute.value : undefined;
  }

  /** The bodies of a control-flow operator, by attribute name, in file order. */
  *subgraphs(): IterableIterator<[string, Graph]> {
    for (const [name, attribute] of this.attributes) {
      if (attribute.kind === 'graph') yield [name, attribute.value];
      if (attribute.kind === 'graphs')
        for (const [i, graph] of attribute.value.entries()) yield [`${name}[${i}]`, graph];
    }
  }
}

export const intAttribute = (value: number | bigint): Attribute => ({ kind: 'int', value: BigInt(value) });
export const intsAttribute = (values: readonly (number | bigint)[]): Attribute => ({
  kind: 'ints',
  value: values.map(BigInt),
});
export const floatAttribute = (value: number): Attribute => ({ kind: 'float', value });
export const stringAttribute = (value: string): Attribute => ({
  kind: 'string',
  value: new TextEncoder().encode(value),
});
