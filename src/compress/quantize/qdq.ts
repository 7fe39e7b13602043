/**
 * Static quantization in QDQ format: QuantizeLinear and DequantizeLinear around activations, DequantizeLinear behind
 * integer constants. The graph is edited in place.
 */
import type { Graph } from '../../graph/graph.js';
import { Node, intAttribute } from '../../graph/node.js';
import type { Tensor } from '../../tensor/tensor.js';
import { biasScales, fitsInt32, quantizeBias } from './bias.js';
import { fullRange } from './integerRange.js';
import type { Naming } from './naming.js';
import type { BiasMark, Mark, Placement } from './placement.js';
import { removeInitializer } from './removeInitializer.js';
import type { RoundedWeight } from './rounding/rounding.js';
import { scaleLayout } from './scaleLayout.js';
import { floatsOf, tensorFrom } from './tensors.js';
import type { ValueParameters } from './valueParameters.js';
import { quantizeArray } from './weights.js';

export interface QdqStyle {
  readonly naming: Naming;
  /** Of QuantizeLinear and DequantizeLinear: '' or com.microsoft, which has types that older operator sets have not. */
  readonly domain: string;
  /** The nodes that read a constant's integers, as weights or as activations; for others it stays as it is. */
  readonly readsIntegers: (node: Node, kind: 'weights' | 'activations') => boolean;
  /** Writes equal zero points of activations once, and leaves out those of biases, which are 0 always. */
  readonly compact: boolean;
  /** Constants whose integers are chosen already; all others are rounded to the nearest. */
  readonly rounded?: ReadonlyMap<string, RoundedWeight>;
  /** Called after each constant that was written. */
  onConstant?(): void;
}

/** The value whose parameters `value` uses: itself, or through operators that only move elements another. */
export function parametersSource(marks: ReadonlyMap<string, Mark>, value: string): string {
  const seen = new Set<string>();
  let source = value;
  for (let mark = marks.get(value); mark?.sharedWith !== undefined && !seen.has(source); mark = marks.get(source)) {
    seen.add(source);
    source = mark.sharedWith;
  }
  return source;
}

/**
 * Carries out a placement. `parameters` holds those of every mark that shares none. Returns the biases that stay in
 * float32 because their integers would not fit in 32 bits.
 */
export async function insertQdq(
  graph: Graph,
  placement: Placement,
  parameters: ReadonlyMap<string, ValueParameters>,
  style: QdqStyle,
): Promise<string[]> {
  const writer = new QdqWriter(graph, style);
  for (const [value, mark] of placement.marks) {
    const own = parameters.get(value);
    if (mark.sharedWith !== undefined || !own) continue;
    const initializer = graph.initializers.get(value);
    if (initializer) {
      await writer.constant(value, initializer.tensor, own, mark.kind === 'weight' ? 'weights' : 'activations');
      style.onConstant?.();
    } else writer.activation(value, own);
  }
  insertSharing(placement.marks, writer);
  const left: string[] = [];
  for (const [bias, mark] of placement.biases) {
    const tensor = graph.initializers.get(bias)?.tensor;
    if (!tensor || writer.isQuantized(bias)) continue;
    const written = await writer.bias(bias, tensor, mark, placement.context.exact);
    if (!written) left.push(bias);
  }
  return left;
}

/** Values that share a scale, each after the one that it takes it from. Chains that lead nowhere are left float. */
function insertSharing(marks: ReadonlyMap<string, Mark>, writer: QdqWriter): void {
  let waiting = [...marks].filter(([, mark]) => mark.sharedWith !== undefined);
  while (waiting.length > 0) {
    const left = waiting.filter(([value, mark]) => !writer.shareWith(value, mark.sharedWith ?? ''));
    if (left.length === waiting.length) return;
    waiting = left;
  }
}

/** Where the scale and zero point of a quantized value lie. */
interface Stored {
  readonly scale: string;
  readonly zeroPoint: string | undefined;
  readonly scales: Float32Array;
  /** What is cut off before it is quantized, where the integers are fewer than those of the type. */
  readonly bounds?: { readonly low: string; readonly high: string };
}

/** How a node spreads scales over its integers. */
interface Spread {
  readonly axis?: number;
  readonly blockSize?: number;
}

class QdqWriter {
  readonly #stored = new Map<string, Stored>();
  readonly #sharedZeroPoints = new Map<string, string>();

  constructor(
    readonly graph: Graph,
    readonly style: QdqStyle,
  ) {}

  isQuantized(value: string): boolean {
    return this.#stored.has(value);
  }

  activation(value: string, parameters: ValueParameters): void {
    const zeroPoint = this.#activationZeroPoint(value, parameters);
    const scale = this.#scale(value, parameters);
    this.#pair(value, { scale, zeroPoint, scales: parameters.scales, ...this.#bounds(value, parameters) });
  }

  /** Quantizes a value by the scale of another, where that is quantized already. */
  shareWith(value: string, provider: string): boolean {
    const stored = this.#stored.get(provider);
    if (stored) this.#pair(value, stored, this.style.compact);
    return stored !== undefined;
  }

  async constant(
    value: string,
    tensor: Tensor,
    parameters: ValueParameters,
    kind: 'weights' | 'activations',
  ): Promise<void> {
    const { type, scales } = parameters;
    const { naming, compact } = this.style;
    const { scaleShape } = scaleLayout(tensor.shape, parameters);
    const noZeroPoint =
      compact && parameters.blockSize !== undefined && parameters.zeroPoints.every((each) => each === 0);
    const zeroPoint = noZeroPoint ? undefined : this.#zeroPoint(value, parameters, scaleShape);
    const scale = this.#scale(value, parameters, scaleShape);
    const readsIntegers = (node: Node) => this.style.readsIntegers(node, kind);
    const chosen = this.style.rounded?.get(value)?.codes;
    const integers = chosen ?? quantizeArray(await floatsOf(tensor), tensor.shape, parameters);
    const stored = naming.integers(value);
    const shared = this.graph.uses(value).some(({ node, index }) => index < 0 || !readsIntegers(node));
    const output = shared ? naming.dequantized(value) : naming.dequantizedWeight(value);
    if (output === value) removeInitializer(this.graph, value);
    else this.#replaceReads(value, output, readsIntegers);
    this.#initializer(stored, tensorFrom(type, tensor.shape, integers));
    this.#stored.set(value, { scale, zeroPoint, scales });
    this.#dequantize(value, stored, output, { scale, zeroPoint }, parameters);
  }

  /**
   * `exact`: onnxruntime makes the scale with beta, which a Gemm then lacks; right is a bias that holds it. False where the
   * bias stays in float32.
   */
  async bias(value: string, tensor: Tensor, mark: BiasMark, exact: boolean): Promise<boolean> {
    const { naming, compact } = this.style;
    const input = this.#stored.get(mark.input)?.scales[0];
    const weights = this.#stored.get(mark.weight)?.scales;
    let data = await floatsOf(tensor);
    if (!exact && mark.beta !== 1) data = data.map((each) => each * mark.beta);
    const scales = input === undefined || !weights ? undefined : biasScales(input, weights, exact ? mark.beta : 1);
    if (!scales || (!exact && !fitsInt32(data, scales))) {
      if (!exact)
        this.graph.initializers.set(value, { name: value, tensor: tensorFrom('float32', tensor.shape, data) });
      return false;
    }
    const integers = quantizeBias(data, scales);
    const axis = scales.length > 1 ? 0 : undefined;
    const stored = this.#initializer(naming.integers(value), tensorFrom('int32', tensor.shape, integers));
    const scale = this.#initializer(naming.biasScale(value), tensorFrom('float32', [scales.length], scales));
    const zeros = new Int32Array(scales.length);
    const zeroPoint = compact
      ? undefined
      : this.#initializer(naming.biasZeroPoint(value), tensorFrom('int32', axis === 0 ? [zeros.length] : [], zeros));
    removeInitializer(this.graph, value);
    this.#stored.set(value, { scale, zeroPoint, scales });
    this.#dequantize(value, stored, value, { scale, zeroPoint }, { axis });
    return true;
  }

  /**
   * `forSubgraphs`: they read the quantized value, too. onnxruntime 1.30 aborts where only they read what an operator has
   * moved behind a DequantizeLinear.
   */
  #pair(value: string, stored: Stored, forSubgraphs = false): void {
    const { naming } = this.style;
    let source = value;
    let result: string;
    if (this.graph.isOutput(value)) {
      source = naming.beforeQuantization(value);
      result = value;
      this.#renameProduct(value, source);
    } else {
      result = naming.dequantized(value);
      if (forSubgraphs) this.graph.replaceUses(value, result);
      else this.#replaceReads(value, result);
    }
    if (stored.bounds) {
      const { low, high } = stored.bounds;
      const clipped = naming.clipped(value);
      this.graph.add(new Node({ opType: 'Clip', inputs: [source, low, high], outputs: [clipped] }));
      source = clipped;
    }
    const integers = naming.quantized(value);
    this.graph.add(
      new Node({
        opType: 'QuantizeLinear',
        domain: this.style.domain,
        name: naming.quantizeNode(value),
        inputs: parameterInputs(source, stored.scale, stored.zeroPoint),
        outputs: [integers],
      }),
    );
    this.#dequantize(value, integers, result, stored, {});
    this.#stored.set(value, stored);
  }

  #dequantize(
    value: string,
    integers: string,
    output: string,
    { scale, zeroPoint }: Pick<Stored, 'scale' | 'zeroPoint'>,
    { axis, blockSize }: Spread,
  ): void {
    this.graph.add(
      new Node({
        opType: 'DequantizeLinear',
        domain: this.style.domain,
        name: this.style.naming.dequantizeNode(value),
        inputs: parameterInputs(integers, scale, zeroPoint),
        outputs: [output],
        attributes: new Map([
          ...(axis === undefined ? [] : [['axis', intAttribute(axis)] as const]),
          ...(blockSize === undefined ? [] : [['block_size', intAttribute(blockSize)] as const]),
        ]),
      }),
    );
  }

  /** Of a constant. Not shared: onnxruntime cannot load such a model with x64quantprecision. */
  #zeroPoint(value: string, { type, zeroPoints }: ValueParameters, shape: readonly number[] = []): string {
    const tensor = tensorFrom(type, shape, zeroPoints);
    return this.#initializer(this.style.naming.zeroPoint(value), tensor);
  }

  #activationZeroPoint(value: string, parameters: ValueParameters): string {
    if (!this.style.compact) return this.#zeroPoint(value, parameters);
    const key = `${parameters.type}_${parameters.zeroPoints[0]}`;
    const shared = this.#sharedZeroPoints.get(key) ?? this.#zeroPoint(key, parameters);
    this.#sharedZeroPoints.set(key, shared);
    return shared;
  }

  /**
   * Bounds of the real numbers that the integers stand for. Rounding of the product and of the quotient of QuantizeLinear
   * move it by less than a hundredth of a step, so that no other integer comes out.
   */
  #bounds(value: string, { type, integers, scales, zeroPoints }: ValueParameters): Pick<Stored, 'bounds'> {
    const full = fullRange(type);
    if (integers.min <= full.min && integers.max >= full.max) return {};
    const [scale = 1] = scales;
    const [zeroPoint = 0] = zeroPoints;
    const bound = (name: string, integer: number) =>
      this.#initializer(name, tensorFrom('float32', [], Float32Array.of((integer - zeroPoint) * scale)));
    const { naming } = this.style;
    const low = bound(naming.lowerBound(value), integers.min);
    return { bounds: { low, high: bound(naming.upperBound(value), integers.max) } };
  }

  #scale(value: string, { scales }: ValueParameters, shape: readonly number[] = []): string {
    return this.#initializer(this.style.naming.scale(value), tensorFrom('float32', shape, scales));
  }

  /** As in the reference, an initializer of that name that is there already stays. */
  #initializer(name: string, tensor: Tensor): string {
    if (!this.graph.initializers.has(name)) this.graph.initializers.set(name, { name, tensor });
    return name;
  }

  /** Only nodes of this graph read the quantized value; subgraphs keep the float one. */
  #replaceReads(value: string, replacement: string, isReader: (node: Node) => boolean = () => true): void {
    for (const node of new Set(this.graph.uses(value).map((use) => use.node))) {
      if (!node.inputs.includes(value) || !isReader(node)) continue;
      this.graph.setInputs(
        node,
        node.inputs.map((input) => (input === value ? replacement : input)),
      );
    }
  }

  #renameProduct(value: string, replacement: string): void {
    const producer = this.graph.producer(value);
    if (!producer) return;
    this.graph.setOutputs(
      producer,
      producer.outputs.map((output) => (output === value ? replacement : output)),
    );
  }
}

function parameterInputs(value: string, scale: string, zeroPoint: string | undefined): string[] {
  return zeroPoint === undefined ? [value, scale] : [value, scale, zeroPoint];
}
