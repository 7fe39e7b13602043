/** Channels of values that can only be scaled together, and the layers that can take the factors up. */
import type { Dimension } from '../model.js';
import type { Graph } from '../graph.js';
import type { Node } from '../node.js';
import type { Scope } from '../scope.js';
import { topologicalOrder } from '../sort.js';
import { residentNumbers } from '../../tensor/numbers.js';
import { constantOf } from '../constants.js';
import type { LinearLayer } from './linearLayer.js';
import { linearLayer, plainConstant } from './linearLayer.js';
import type { Channels, PassingContext } from './passing.js';
import { channelsBehind, clipsAtBounds } from './passing.js';

/** A constant that is added to a value of a group, and the axis of its channels as the value has them. */
export interface Shift {
  readonly node: Node;
  readonly input: number;
  /** Dimensions of the value from its channels' axis on; the constant is broadcast to the value. */
  readonly dimensions: number;
  readonly inner: number;
}

/** A layer that reads a value of a group: feature f of its input is channel floor(f / inner). */
export interface Consumer {
  readonly layer: LinearLayer;
  readonly value: string;
  readonly inner: number;
}

/** Why the channels of a group cannot be scaled. */
export type Obstacle =
  | { readonly kind: 'output' | 'subgraph'; readonly value: string }
  /** The operator knows the size of what it reads, or is not followed. `bounds`: a Clip at other bounds than 0. */
  | { readonly kind: 'operator' | 'bounds'; readonly value: string; readonly node: Node };

/**
 * Values whose channels share their factors: a residual sum ties all that go into it. Scaling channel c of all values by a
 * factor leaves the function as it is where the weights of `producers` and the shifts are scaled, too, and those of
 * `consumers` the other way (Nagel et al. 2019, Data-Free Quantization Through Weight Equalization and Bias Correction,
 * section 4.1).
 */
export interface ChannelGroup {
  readonly count: number;
  readonly values: ReadonlyMap<string, Channels>;
  readonly producers: readonly LinearLayer[];
  /** LayerNormalization nodes, whose scale and bias are factors and shifts of channels. */
  readonly normalizations: readonly Node[];
  readonly consumers: readonly Consumer[];
  readonly shifts: readonly Shift[];
  /** The operators that pass the factors on. */
  readonly between: readonly Node[];
  readonly obstacle: Obstacle | undefined;
}

export type ShapeOf = (value: string) => readonly Dimension[] | undefined;

/** The groups of a graph, in the order in which their first values are made. Subgraphs are not looked into. */
export function channelGroups(scope: Scope, shapeOf: ShapeOf): ChannelGroup[] {
  const walk = new Walk(scope, shapeOf);
  const { order } = topologicalOrder(scope.graph);
  for (const node of order) walk.visit(node);
  return walk.finish();
}

interface Building {
  readonly count: number;
  readonly values: Map<string, Channels>;
  readonly producers: LinearLayer[];
  readonly normalizations: Node[];
  readonly consumers: Consumer[];
  readonly shifts: Shift[];
  readonly between: Node[];
  obstacle: Obstacle | undefined;
}

/** Can the scales of a group's channels be moved, and is there a weight at each end? */
export function isEqualizable({ obstacle, normalizations, producers, consumers, count }: ChannelGroup): boolean {
  return !obstacle && normalizations.length === 0 && producers.length > 0 && consumers.length > 0 && count > 1;
}

/** Sums and the like: f(s x, s y) = s f(x, y) for s > 0. */
const joining = new Set(['Add', 'Sub', 'Sum', 'Max', 'Min', 'Mean']);

class Walk {
  readonly #graph: Graph;
  readonly #groupOf = new Map<string, Building>();
  readonly #context: PassingContext;

  constructor(
    private readonly scope: Scope,
    private readonly shapeOf: ShapeOf,
  ) {
    this.#graph = scope.graph;
    this.#context = {
      shapeOf,
      numberOf: (value) => {
        const numbers = this.#constantNumbers(value);
        return numbers?.length === 1 ? numbers[0] : undefined;
      },
      integersOf: (value) => this.#constantNumbers(value),
    };
  }

  visit(node: Node): void {
    for (const [, subgraph] of node.subgraphs()) {
      for (const value of subgraph.outerValues()) this.#stop(value, { kind: 'subgraph', value });
    }
    if (node.is('LayerNormalization')) return this.#normalization(node);
    const layer = linearLayer(this.scope, node);
    if (layer && this.#linear(layer)) return;
    if (!layer && (this.#join(node) || this.#scaleByConstant(node) || this.#pass(node))) return;
    const kind = clipsAtBounds(node, this.#context) ? 'bounds' : 'operator';
    for (const value of node.inputs) this.#stop(value, { kind, value, node });
  }

  finish(): ChannelGroup[] {
    for (const { name } of this.#graph.outputs) this.#stop(name, { kind: 'output', value: name });
    return [...new Set(this.#groupOf.values())];
  }

  #linear(layer: LinearLayer): boolean {
    const { node } = layer;
    const [input = ''] = node.inputs;
    const channels = this.#channelsOf(input);
    if (channels) {
      const fits =
        channels.count * channels.inner === layer.inputChannels && channels.axis === this.#channelAxis(node, input);
      if (!fits) this.#stop(input, { kind: 'operator', value: input, node });
      else this.#groupOf.get(input)?.consumers.push({ layer, value: input, inner: channels.inner });
    }
    const output = node.outputs[0] ?? '';
    const axis = this.#channelAxis(node, output);
    if (axis !== undefined) {
      const rank = rankOf(layer) ?? this.shapeOf(output)?.length;
      this.#begin(output, { axis, count: layer.outputChannels, inner: 1, rank }).producers.push(layer);
    }
    return true;
  }

  /** Of what a linear layer reads or makes. A product of matrices has its channels last. */
  #channelAxis(node: Node, value: string): number | undefined {
    if (!node.is('MatMul')) return 1;
    const rank = this.shapeOf(value)?.length;
    return rank === undefined ? undefined : rank - 1;
  }

  #normalization(node: Node): void {
    const [input = '', scale = '', bias = ''] = node.inputs;
    const [output = ''] = node.outputs;
    this.#stop(input, { kind: 'operator', value: input, node });
    const rank = this.shapeOf(output)?.length;
    const size = plainConstant(this.scope, scale)?.shape;
    const last = node.int('axis', -1);
    const isLast = last === -1 || (rank !== undefined && last === rank - 1);
    if (rank === undefined || !isLast || size?.length !== 1) return;
    if (bias !== '' && !plainConstant(this.scope, bias)) return;
    this.#begin(output, { axis: rank - 1, count: size[0]!, inner: 1, rank }).normalizations.push(node);
  }

  /** Values that are added: one group; constants are shifts. */
  #join(node: Node): boolean {
    if (node.domain !== '' || !joining.has(node.opType)) return false;
    const [output = ''] = node.outputs;
    const variables = node.inputs.filter((value) => !this.#constantShape(value));
    const [first = ''] = variables;
    const known = this.#channelsOf(first);
    if (known?.rank === undefined) return false;
    const dimensions = known.rank - known.axis;
    const alike = variables.every((value) => {
      const channels = this.#channelsOf(value);
      const aligned = channels?.rank !== undefined && channels.rank - channels.axis === dimensions;
      return aligned && channels.count === known.count && channels.inner === known.inner;
    });
    if (!alike) return false;
    const shifts: Shift[] = [];
    for (const [input, value] of node.inputs.entries()) {
      const shape = this.#constantShape(value);
      if (!shape) continue;
      if (!isShift(shape, dimensions, known.count * known.inner)) return false;
      shifts.push({ node, input, dimensions, inner: known.inner });
    }
    const ranks = node.inputs.map((value) => this.#channelsOf(value)?.rank ?? this.#constantShape(value)?.length ?? 0);
    const rank = Math.max(...ranks);
    const channels = { ...known, axis: rank - dimensions, rank };
    const group = this.#tie(variables, output, channels, node);
    group.shifts.push(...shifts);
    return true;
  }

  /** A product with what carries no factors itself passes those of the other on: gates and constants. */
  #scaleByConstant(node: Node): boolean {
    if (node.domain !== '' || !(node.opType === 'Mul' || node.opType === 'Div')) return false;
    const [output = ''] = node.outputs;
    const scaled = node.inputs.filter((value) => this.#channelsOf(value));
    const [value = ''] = scaled;
    const channels = this.#channelsOf(value);
    const before = this.shapeOf(value);
    const behind = this.shapeOf(output);
    if (!channels || scaled.length !== 1 || !before || before.length !== behind?.length) return false;
    if (node.opType === 'Div' && node.inputs[0] !== value) return false;
    if (node.inputs[0] === node.inputs[1] || behind[channels.axis] !== channels.count * channels.inner) return false;
    this.#tie([value], output, channels, node);
    return true;
  }

  #pass(node: Node): boolean {
    const [input = '', ...others] = node.inputs;
    const [output = ''] = node.outputs;
    const channels = this.#channelsOf(input);
    const behind = channels && channelsBehind(node, channels, this.#context);
    if (!behind) return false;
    for (const value of others) this.#stop(value, { kind: 'operator', value, node });
    this.#tie([input], output, behind, node);
    return true;
  }

  #begin(value: string, channels: Channels): Building {
    const group: Building = {
      count: channels.count,
      values: new Map([[value, channels]]),
      producers: [],
      normalizations: [],
      consumers: [],
      shifts: [],
      between: [],
      obstacle: undefined,
    };
    this.#groupOf.set(value, group);
    return group;
  }

  /** Makes one group of those of `values`, and adds what `node` makes of them. */
  #tie(values: readonly string[], output: string, channels: Channels, node: Node): Building {
    const groups = [...new Set(values.map((value) => this.#groupOf.get(value)!))];
    const [group, ...others] = groups as [Building, ...Building[]];
    for (const other of others) {
      for (const [value, own] of other.values) {
        group.values.set(value, own);
        this.#groupOf.set(value, group);
      }
      group.producers.push(...other.producers);
      group.normalizations.push(...other.normalizations);
      group.consumers.push(...other.consumers);
      group.shifts.push(...other.shifts);
      group.between.push(...other.between);
      group.obstacle ??= other.obstacle;
    }
    group.values.set(output, channels);
    group.between.push(node);
    this.#groupOf.set(output, group);
    return group;
  }

  #stop(value: string, obstacle: Obstacle): void {
    const group = this.#groupOf.get(value);
    if (group) group.obstacle ??= obstacle;
  }

  #channelsOf(value: string): Channels | undefined {
    return this.#groupOf.get(value)?.values.get(value);
  }

  #constantShape(value: string): readonly number[] | undefined {
    return plainConstant(this.scope, value)?.shape;
  }

  #constantNumbers(value: string): number[] | undefined {
    const tensor = constantOf(this.scope, value)?.tensor;
    const numbers = tensor && residentNumbers(tensor);
    return numbers && Array.from(numbers, Number);
  }
}

/** Of what a layer makes, where the layer tells it. */
function rankOf({ node, tensor }: LinearLayer): number | undefined {
  return node.is('MatMul') ? undefined : tensor.shape.length;
}

/** Is a constant the same along all axes but that of the channels? */
function isShift(shape: readonly number[], dimensions: number, features: number): boolean {
  return shape.every((size, i) => size === 1 || (shape.length - i === dimensions && size === features));
}
