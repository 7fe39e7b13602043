/** What the shape, type and cost rules of operators see of a node, and how they say that they cannot tell. */
import type { Message } from '../../messages/message.js';
import { sentence } from '../../messages/catalog.js';
import type { SentenceId } from '../../messages/catalog.js';
import type { ElementType } from '../../tensor/elementType.js';
import type { Graph } from '../graph.js';
import type { Node } from '../node.js';
import type { Elements, Fact, Shape } from './fact.js';
import { mostElements } from './fact.js';
import type { Size } from './size.js';
import { broadcastSizes, equalSizes } from './size.js';

/** Thrown by a rule; the inference lists the node with this reason. */
export class Unresolved extends Error {
  constructor(readonly reason: Message) {
    super(reason.id);
  }
}

const contradictions: ReadonlySet<string> = new Set<SentenceId>([
  'graph.unresolved.mismatch',
  'graph.unresolved.rank',
  'graph.unresolved.impossible',
]);

/** Does the reason say that sizes contradict each other, and not only that they are unknown? */
export function isContradiction(reason: Message): boolean {
  return contradictions.has(reason.id);
}

/** One node under inference. */
export class RuleContext {
  constructor(
    readonly node: Node,
    /** Version of the operator set of the node's domain. */
    readonly opset: number,
    readonly inputs: readonly Fact[],
    public outputs: readonly Fact[],
    readonly fresh: () => Size,
    /** Infers a subgraph of the node for the given inputs and returns its outputs. */
    readonly inferBody: (body: Graph, inputs: readonly Fact[]) => Fact[],
    /** Multiply-accumulates of a subgraph as it was last inferred. Throws `Unresolved`. */
    readonly bodyMacs: (body: Graph) => Size,
    /** False for a subgraph whose sizes contradicted each other as it was last inferred: no run takes it. */
    readonly canRun: (body: Graph) => boolean,
  ) {}

  has(input: number): boolean {
    return (this.node.inputs[input] ?? '') !== '';
  }

  type(input: number): ElementType | undefined {
    return this.inputs[input]?.elementType;
  }

  /** The shape of an input. Throws `Unresolved` where even the rank is not known. */
  shape(input: number): Shape {
    const shape = this.inputs[input]?.shape;
    if (shape) return shape;
    throw new Unresolved(sentence('graph.unresolved.shape', { value: this.node.inputs[input] ?? '' }));
  }

  outputShape(output: number): Shape {
    const shape = this.outputs[output]?.shape;
    if (shape) return shape;
    throw new Unresolved(sentence('graph.unresolved.shape', { value: this.node.outputs[output] ?? '' }));
  }

  /** The shape of an input that must have `rank` dimensions. */
  shapeOfRank(input: number, rank: number): Shape {
    const shape = this.shape(input);
    if (shape.length === rank) return shape;
    throw new Unresolved(
      sentence('graph.unresolved.rank', { value: this.node.inputs[input] ?? '', rank: shape.length, expected: rank }),
    );
  }

  /** One dimension of an input. */
  size(input: number, axis: number): Size {
    const size = this.shape(input)[axis];
    if (size !== undefined) return size;
    throw new Unresolved(sentence('graph.unresolved.axis', { axis, rank: this.rank(input) }));
  }

  rank(input: number): number {
    return this.shape(input).length;
  }

  knownElements(input: number): Elements | undefined {
    return this.inputs[input]?.elements;
  }

  /** Elements of an input that decide the shape. Throws `Unresolved` where they depend on data. */
  elements(input: number): Elements {
    const elements = this.knownElements(input);
    if (elements) return elements;
    const shape = this.inputs[input]?.shape;
    if (shape && shape.length === 1 && shape[0] === 0) return [];
    throw this.dataDependent(input);
  }

  /** Elements of an input as plain numbers. */
  numbers(input: number): number[] {
    return this.elements(input).map((element) => {
      if (typeof element === 'number') return element;
      throw this.dataDependent(input);
    });
  }

  /** Numbers that older operator sets have as an attribute and newer ones as an input; undefined where left out. */
  numbersOf(attribute: string, input: number): number[] | undefined {
    return this.has(input) ? this.numbers(input) : this.node.ints(attribute);
  }

  /** A non-negative axis. */
  axis(value: number, rank: number): number {
    const axis = value < 0 ? value + rank : value;
    if (axis >= 0 && axis < rank) return axis;
    throw new Unresolved(sentence('graph.unresolved.axis', { axis: value, rank }));
  }

  axes(values: readonly number[], rank: number): number[] {
    return values.map((value) => this.axis(value, rank));
  }

  freshShape(rank: number): Size[] {
    if (rank > mostElements) throw new Unresolved(sentence('graph.unresolved.impossible', { size: rank }));
    return Array.from({ length: rank }, () => this.fresh());
  }

  /** Two sizes that must be the same: the better known of them. */
  same(a: Size, b: Size): Size {
    if (typeof a === 'number' && typeof b === 'number' && a !== b) throw this.mismatch([a], [b]);
    if (typeof a === 'number' || equalSizes(a, b)) return a;
    return typeof b === 'number' || a.isAnonymous ? b : a;
  }

  broadcast(...shapes: Shape[]): Size[] {
    const rank = Math.max(0, ...shapes.map((shape) => shape.length));
    return Array.from({ length: rank }, (_, i) => {
      let size: Size = 1;
      for (const shape of shapes) {
        const other = shape[shape.length - rank + i];
        if (other === undefined) continue;
        const both = broadcastSizes(size, other);
        if (both === undefined) throw this.mismatch(shapes[0]!, shape);
        size = both;
      }
      return size;
    });
  }

  mismatch(a: Shape, b: Shape): Unresolved {
    return new Unresolved(sentence('graph.unresolved.mismatch', { a: shapeText(a), b: shapeText(b) }));
  }

  dataDependent(input: number): Unresolved {
    return new Unresolved(sentence('graph.unresolved.data', { value: this.node.inputs[input] ?? '' }));
  }
}

function shapeText(shape: Shape): string {
  return `[${shape.map((size) => (typeof size !== 'number' && size.isAnonymous ? '?' : String(size))).join(', ')}]`;
}
