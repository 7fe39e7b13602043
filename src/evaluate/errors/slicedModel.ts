import { copyNode } from '../../graph/copy.js';
import { Graph } from '../../graph/graph.js';
import type { Initializer, Model, ValueInfo } from '../../graph/model.js';
import { intAttribute, Node } from '../../graph/node.js';
import type { ElementType } from '../../tensor/elementType.js';
import { elementTypes } from '../../tensor/elementType.js';
import type { IntegerGrid } from './integerGrid.js';
import type { Slice } from './layerSlice.js';

/** How a value that is fed becomes the value of the model that stands for it. */
export interface Feed {
  /** The value of the other model that is fed, and its type. */
  readonly value: string;
  readonly elementType: ElementType;
  /** The type it has here, where it differs. */
  readonly castTo?: ElementType;
  /** The grid it is rounded to here, where this model keeps integers. */
  readonly grid?: IntegerGrid;
}

export interface SlicedModel {
  readonly model: Model;
  /** What is to be fed, by the names of its inputs: a value of the other model. */
  readonly feeds: ReadonlyMap<string, string>;
  /** The output that holds the target of each slice, as a real number, in their order. */
  readonly outputs: readonly string[];
}

/**
 * A model made of slices side by side, each on what is fed and not on what another slice makes. Constants are shared.
 * `gridOf` tells of a target that is integers what they stand for.
 */
export function slicedModel(
  model: Model,
  slices: readonly Slice[],
  feedOf: (given: string) => Feed,
  gridOf: (target: string) => IntegerGrid | undefined,
): SlicedModel {
  const source = model.graph;
  const builder = new Builder(source);
  const outputs = slices.map((slice, s) => builder.add(slice, s, feedOf, gridOf(slice.target)));
  const graph = new Graph({
    name: source.name,
    nodes: builder.nodes,
    inputs: [...builder.inputs.values()],
    outputs: outputs.map((name) => ({ name })),
    initializers: [...builder.initializers.values()],
  });
  // Since IR 4 an initializer need not be an input.
  return { model: { ...model, irVersion: Math.max(4, model.irVersion), graph }, feeds: builder.feeds, outputs };
}

class Builder {
  readonly nodes: Node[] = [];
  readonly inputs = new Map<string, ValueInfo>();
  readonly initializers = new Map<string, Initializer>();
  readonly feeds = new Map<string, string>();
  /** Values that were fed and converted, by the value of the model they stand for. */
  readonly #given = new Map<string, string>();

  constructor(private readonly source: Graph) {}

  /** Adds a slice; its values get names of their own. Returns the name of the target. */
  add(slice: Slice, number: number, feedOf: (given: string) => Feed, grid: IntegerGrid | undefined): string {
    for (const name of slice.constants) this.#constant(name);
    // A graph of the slice alone, whose values can be renamed in bodies too.
    const part = new Graph({ nodes: slice.nodes.map(copyNode) });
    for (const value of slice.given) part.replaceUses(value, this.#give(value, feedOf(value)));
    const own = (value: string) => (value === '' ? '' : `slice ${number}/${value}`);
    for (const node of part.nodes) {
      for (const value of node.outputs) if (value !== '') part.replaceUses(value, own(value));
      part.setOutputs(node, node.outputs.map(own));
    }
    this.nodes.push(...part.nodes);
    const target = own(slice.target);
    if (!grid) return target;
    // The grid may have been made by a node (a Constant, a Cast of a scale).
    const local = (value: string) => (part.producer(own(value)) ? own(value) : this.#constant(value));
    const real = `${target}/real`;
    const inputs = [target, local(grid.scale), ...(grid.zeroPoint === '' ? [] : [local(grid.zeroPoint)])];
    this.nodes.push(new Node({ opType: 'DequantizeLinear', domain: grid.domain, inputs, outputs: [real] }));
    return real;
  }

  #give(value: string, feed: Feed): string {
    const known = this.#given.get(value);
    if (known !== undefined) return known;
    const input = `fed ${feed.value}`;
    this.inputs.set(input, { name: input, type: { kind: 'tensor', elementType: feed.elementType } });
    this.feeds.set(input, feed.value);
    const name = this.#convert(value, input, feed);
    this.#given.set(value, name);
    return name;
  }

  #convert(value: string, input: string, { castTo, grid }: Feed): string {
    if (!castTo && !grid) return input;
    const output = `given ${value}`;
    if (grid) {
      const inputs = [input, this.#constant(grid.scale)];
      if (grid.zeroPoint !== '') inputs.push(this.#constant(grid.zeroPoint));
      this.nodes.push(new Node({ opType: 'QuantizeLinear', domain: grid.domain, inputs, outputs: [output] }));
    } else {
      const attributes = new Map([['to', intAttribute(elementTypes[castTo!].code)]]);
      this.nodes.push(new Node({ opType: 'Cast', inputs: [input], outputs: [output], attributes }));
    }
    return output;
  }

  /** Brings a constant along: an initializer, or a Constant node. */
  #constant(name: string): string {
    const initializer = this.source.initializers.get(name);
    if (initializer) {
      this.initializers.set(name, initializer);
      return name;
    }
    const own = `constant ${name}`;
    const node = this.source.producer(name);
    if (node?.is('Constant') && !this.nodes.some((other) => other.outputs[0] === own)) {
      this.nodes.push(new Node({ opType: 'Constant', inputs: [], outputs: [own], attributes: node.attributes }));
    }
    return own;
  }
}
