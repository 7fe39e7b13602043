/** Means, deviations and ranges of all values of a graph, followed from its inputs without running it. */
import type { Channels, PassingContext } from '../../../../graph/channels/passing.js';
import { channelsBehind } from '../../../../graph/channels/passing.js';
import { linearLayer, plainConstant } from '../../../../graph/channels/linearLayer.js';
import { constantOf } from '../../../../graph/constants.js';
import { inferShapes } from '../../../../graph/inferShapes.js';
import type { Model } from '../../../../graph/model.js';
import type { Node } from '../../../../graph/node.js';
import { Scope } from '../../../../graph/scope.js';
import { topologicalOrder } from '../../../../graph/sort.js';
import { readNumbers, residentNumbers } from '../../../../tensor/numbers.js';
import { elementwiseFunction } from './elementwise.js';
import type { Estimate } from './estimate.js';
import { asWhole, combined, normalEstimate, repeated, through, uniformEstimate } from './estimate.js';
import { estimateLinear, gemmAgreement } from './estimateLinear.js';
import type { ChannelStatistics } from './trainingStatistics.js';

/** Numbers of the standard normal distribution: what inputs are taken for. */
const standard = normalEstimate(undefined, Float64Array.of(0), Float64Array.of(1));

/**
 * Estimates by value. Where a BatchNormalization stood, its bias and scale are mean and deviation; behind linear layers
 * mean and variance follow from those of their inputs, taken as independent; behind elementwise functions from the normal
 * distribution. Ranges are six deviations wide, within what interval arithmetic allows (Nagel et al. 2019, section 5.1.2).
 * Values of operators that are not followed have none.
 */
export async function estimateValues(
  model: Model,
  statistics: ReadonlyMap<string, ChannelStatistics>,
  inputs: ReadonlyMap<string, Estimate>,
  { signal, agreement = gemmAgreement }: { readonly signal?: AbortSignal; readonly agreement?: number } = {},
): Promise<Map<string, Estimate>> {
  const walk = new Walk(model, statistics, agreement);
  for (const { name } of model.graph.inputs) {
    if (walk.isFloat(name)) walk.found.set(name, inputs.get(name) ?? standard);
  }
  for (const node of topologicalOrder(model.graph).order) {
    signal?.throwIfAborted();
    await walk.visit(node);
  }
  return walk.found;
}

/** Operators whose elements are those of their first input. */
const moving = new Set([
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Slice',
  'Gather',
  'GatherElements',
  'GatherND',
  'Expand',
  'Tile',
  'Split',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'Resize',
  'Upsample',
  'Pad',
  'DepthToSpace',
  'SpaceToDepth',
  'Identity',
  'Dropout',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'TopK',
]);

class Walk {
  readonly found = new Map<string, Estimate>();
  readonly #scope: Scope;
  readonly #context: PassingContext;

  constructor(
    private readonly model: Model,
    private readonly statistics: ReadonlyMap<string, ChannelStatistics>,
    private readonly agreement: number,
  ) {
    const { graph } = model;
    const inference = inferShapes(model);
    this.#scope = new Scope(graph);
    this.isFloat = (value) => inference.elementTypeOf(graph, value) === 'float32';
    this.#context = {
      shapeOf: (value) => inference.shapeOf(graph, value),
      numberOf: (value) => this.#numbers(value)?.[0],
      integersOf: (value) => this.#numbers(value),
    };
  }

  readonly isFloat: (value: string) => boolean;

  async visit(node: Node): Promise<void> {
    const estimate = await this.#estimate(node);
    for (const output of node.outputs) {
      const trained = this.statistics.get(output);
      if (trained) {
        const bounds = estimate && estimate.mean.length === trained.mean.length ? estimate : undefined;
        this.found.set(output, normalEstimate(1, trained.mean, trained.deviation, bounds));
      } else if (estimate && this.isFloat(output)) this.found.set(output, estimate);
    }
  }

  async #estimate(node: Node): Promise<Estimate | undefined> {
    if (node.domain !== '') return undefined;
    const layer = linearLayer(this.#scope, node);
    const [input = ''] = node.inputs;
    const first = await this.#of(input);
    if (layer) {
      const rank = this.#context.shapeOf(node.outputs[0] ?? '')?.length;
      const axis = node.is('MatMul') ? (rank === undefined ? undefined : rank - 1) : 1;
      return first && estimateLinear(layer, first, axis, this.agreement);
    }
    if (node.is('Softmax')) return uniformEstimate(0, 1);
    if (node.is('LayerNormalization') || node.is('InstanceNormalization')) return this.#normalized(node);
    if (!first) return undefined;
    const f = await elementwiseFunction(node, (value) => this.#numbersOf(value));
    if (f) return through(first, f);
    if (moving.has(node.opType)) return this.#moved(node, first);
    if (node.is('Concat')) return this.#joined(node);
    const second = await this.#of(node.inputs[1] ?? '');
    if (!second) return undefined;
    return this.#binary(node, first, second);
  }

  #binary(node: Node, first: Estimate, second: Estimate): Estimate | undefined {
    const rank = (value = '') => this.#context.shapeOf(value)?.length;
    const behind = rank(node.outputs[0]);
    const aligned = (estimate: Estimate, value = '') => {
      const own = rank(value);
      if (estimate.axis === undefined) return estimate;
      if (own === undefined || behind === undefined) return asWhole(estimate);
      return { ...estimate, axis: estimate.axis + behind - own };
    };
    const [a, b] = [aligned(first, node.inputs[0]), aligned(second, node.inputs[1])];
    switch (node.opType) {
      case 'Add':
        return combined(a, b, 'sum');
      case 'Sub':
        return combined(
          a,
          through(b, (x) => -x),
          'sum',
        );
      case 'Mul':
        return combined(a, b, 'product');
      case 'Div': {
        const nearZero = b.low.some((low, c) => low <= 0 && b.high[c]! >= 0);
        return nearZero
          ? undefined
          : combined(
              a,
              through(b, (x) => 1 / x),
              'product',
            );
      }
      case 'MatMul':
        return this.#product(node, asWhole(first), asWhole(second));
      default:
        return undefined;
    }
  }

  /**
   * Of two values: a sum of products that agree, as queries and keys are trained to; where a Softmax weighs, an average of
   * the second.
   */
  #product(node: Node, a: Estimate, b: Estimate): Estimate | undefined {
    if (this.model.graph.producer(node.inputs[0]!)?.is('Softmax')) return b;
    const length = this.#context.shapeOf(node.inputs[0]!)?.at(-1);
    if (typeof length !== 'number') return undefined;
    const one = combined(a, b, 'product');
    return normalEstimate(
      undefined,
      one.mean.map((each) => each * length),
      one.deviation.map((each) => each * length),
      { low: one.low.map((each) => each * length), high: one.high.map((each) => each * length) },
    );
  }

  async #normalized(node: Node): Promise<Estimate | undefined> {
    const scale = await this.#numbersOf(node.inputs[1] ?? '');
    const bias = node.inputs[2] ? await this.#numbersOf(node.inputs[2]) : undefined;
    const rank = this.#context.shapeOf(node.outputs[0] ?? '')?.length;
    if (!scale || rank === undefined || (node.inputs[2] && !bias)) return undefined;
    const axis = node.is('LayerNormalization') ? rank - 1 : 1;
    return normalEstimate(
      axis,
      Float64Array.from(scale, (_, c) => bias?.[c] ?? 0),
      Float64Array.from(scale, Math.abs),
    );
  }

  #moved(node: Node, estimate: Estimate): Estimate {
    if (estimate.axis === undefined) return estimate;
    const rank = this.#context.shapeOf(node.inputs[0] ?? '')?.length;
    const channels: Channels = { axis: estimate.axis, count: estimate.mean.length, inner: 1, rank };
    const behind = channelsBehind(node, channels, this.#context);
    return behind ? repeated(estimate, behind.axis, behind.inner) : asWhole(estimate);
  }

  async #joined(node: Node): Promise<Estimate | undefined> {
    const parts = await Promise.all(node.inputs.map((value) => this.#of(value)));
    if (parts.some((part) => part === undefined)) return undefined;
    const all = parts as Estimate[];
    const [first] = all as [Estimate];
    const along = node.int('axis', 0);
    const rank = this.#context.shapeOf(node.outputs[0] ?? '')?.length;
    const axis = along < 0 && rank !== undefined ? along + rank : along;
    const joins = all.every((part) => part.axis === axis);
    const parted = joins ? all : all.map(asWhole);
    const concat = (pick: (part: Estimate) => Float64Array) =>
      Float64Array.from(parted.flatMap((part) => [...pick(part)]));
    const joined: Estimate = {
      axis: first.axis ?? 0,
      mean: concat(({ mean }) => mean),
      deviation: concat(({ deviation }) => deviation),
      low: concat(({ low }) => low),
      high: concat(({ high }) => high),
    };
    return joins ? joined : asWhole(joined);
  }

  /** Of a value, or of the numbers of a constant. */
  async #of(value: string): Promise<Estimate | undefined> {
    const known = this.found.get(value);
    if (known || value === '') return known;
    const tensor = plainConstant(this.#scope, value);
    if (!tensor) return undefined;
    const numbers = Float64Array.from(await readNumbers(tensor), Number);
    if (numbers.length === 0) return undefined;
    const axis = tensor.shape.findIndex((size) => size === numbers.length);
    const isVector = axis >= 0 && numbers.length > 1;
    const exact: Estimate = {
      axis: isVector ? axis : 0,
      mean: numbers,
      deviation: new Float64Array(numbers.length),
      low: numbers,
      high: numbers,
    };
    return isVector ? exact : asWhole(exact);
  }

  async #numbersOf(value: string): Promise<Float64Array | undefined> {
    const tensor = plainConstant(this.#scope, value);
    return tensor && Float64Array.from(await readNumbers(tensor), Number);
  }

  #numbers(value: string): number[] | undefined {
    const tensor = constantOf(this.#scope, value)?.tensor;
    const numbers = tensor && residentNumbers(tensor);
    return numbers && Array.from(numbers, Number);
  }
}
