/** A model in QDQ format, told with the Quant nodes of QONNX, which tools for FPGAs read (FINN, hls4ml). */
import { constantOf } from '../../../graph/constants.js';
import { copyModel } from '../../../graph/copy.js';
import type { Graph } from '../../../graph/graph.js';
import type { Attribute, Model } from '../../../graph/model.js';
import { Names } from '../../../graph/names.js';
import { Node, intAttribute, stringAttribute } from '../../../graph/node.js';
import { removeDead } from '../../../graph/removeDead.js';
import { Scope } from '../../../graph/scope.js';
import { sortTopologically } from '../../../graph/sort.js';
import { Failure } from '../../../messages/failure.js';
import type { ElementType } from '../../../tensor/elementType.js';
import { elementCount, elementTypes } from '../../../tensor/elementType.js';
import { readNumbers } from '../../../tensor/numbers.js';
import type { Numbers } from '../../../tensor/statistics.js';
import type { Tensor } from '../../../tensor/tensor.js';
import { tensorOfArray } from '../../../tensor/tensor.js';

/** The domain of Quant and BipolarQuant. */
export const qonnxDomain = 'qonnx.custom_op.general';

/** Widths that are less than those of the stored types; null: as the type. */
export interface Widths {
  readonly weights: number | null;
  readonly activations: number | null;
}

/** How the integers before a DequantizeLinear stand for real numbers. */
interface Grid {
  readonly scales: Numbers;
  /** As many as scales, or one. */
  readonly zeroPoints: Numbers;
  readonly type: ElementType;
  /** Undefined where one scale goes for all. */
  readonly axis: number | undefined;
}

/**
 * Every pair of QuantizeLinear and DequantizeLinear becomes a Quant node, and every constant behind a DequantizeLinear a
 * float weight on its grid behind one: real = (round(clip(x / scale + zeroPoint)) - zeroPoint) * scale, clipped to the
 * width. A weight whose integers are all +1 and -1 gets a BipolarQuant, of 1 bit. Computes what the given model does, but
 * that QONNX adds the zero point before it rounds, which differs where a number lies in the middle and the zero point is odd.
 *
 * Source: Pappalardo et al. 2022, QONNX: Representing Arbitrary-Precision Quantized Neural Networks, section 3.
 * Throws `compress.qonnx.format` for a model with integers that are not between such pairs.
 */
export async function qonnxModel(quantized: Model, widths: Widths): Promise<Model> {
  const model = copyModel(quantized);
  const { graph } = model;
  const writer = new Writer(graph, new Names(model));
  for (const node of graph.nodes) if (node.is('DequantizeLinear')) await writer.rewrite(node, widths);
  removeDead(model);
  sortTopologically(graph);
  const left = graph.nodes.find((node) => node.opType.includes('Quantize') || node.opType.startsWith('QLinear'));
  if (left) throw notPairs(left);
  model.opsets.set(qonnxDomain, 1);
  return model;
}

class Writer {
  readonly #scope: Scope;

  constructor(
    private readonly graph: Graph,
    private readonly names: Names,
  ) {
    this.#scope = new Scope(graph);
  }

  async rewrite(node: Node, widths: Widths): Promise<void> {
    const grid = await this.#gridOf(node);
    const constant = constantOf(this.#scope, node.inputs[0] ?? '')?.tensor;
    if (constant) await this.#rewriteConstant(node, constant, grid, widths.weights);
    else await this.#rewriteActivation(node, grid, widths.activations);
  }

  async #gridOf(node: Node): Promise<Grid> {
    const [integers = '', scaleName = '', zeroPointName = ''] = node.inputs;
    const scale = constantOf(this.#scope, scaleName)?.tensor;
    const zeroPoint = constantOf(this.#scope, zeroPointName)?.tensor;
    const type = zeroPoint?.elementType ?? constantOf(this.#scope, integers)?.tensor.elementType ?? 'uint8';
    const isBlocked = scale !== undefined && scale.shape.length > 1;
    const isDynamic = !scale || (zeroPointName !== '' && !zeroPoint);
    if (isDynamic || isBlocked || elementTypes[type].kind !== 'integer') throw notPairs(node);
    const isPerChannel = scale.shape.length === 1 && scale.shape[0] !== 1;
    return {
      scales: await readNumbers(scale),
      zeroPoints: zeroPoint ? await readNumbers(zeroPoint) : Float32Array.of(0),
      type,
      axis: isPerChannel ? node.int('axis', 1) : undefined,
    };
  }

  async #rewriteActivation(node: Node, grid: Grid, width: number | null): Promise<void> {
    const quantizer = this.graph.producer(node.inputs[0] ?? '');
    const [source = ''] = quantizer?.inputs ?? [];
    if (!quantizer?.is('QuantizeLinear') || grid.axis !== undefined) throw notPairs(node);
    const bits = width ?? elementTypes[grid.type].bits;
    const clip = this.graph.producer(source);
    const isClipped = clip?.is('Clip') === true && (await this.#clipsToGrid(clip, grid, bits));
    this.#quant(node, isClipped ? clip.inputs[0]! : source, grid, bits, []);
  }

  /** Does a Clip cut off what the width cuts off by itself? */
  async #clipsToGrid(clip: Node, { scales, zeroPoints, type }: Grid, bits: number): Promise<boolean> {
    const first = isSigned(type) ? -(2 ** (bits - 1)) : 0;
    const isAt = async (input: string | undefined, code: number) => {
      const bound = constantOf(this.#scope, input ?? '')?.tensor;
      const steps = bound ? (await readNumbers(bound))[0]! / scales[0]! : NaN;
      return Math.abs(steps - (code - zeroPoints[0]!)) < 0.01;
    };
    return (await isAt(clip.inputs[1], first)) && (await isAt(clip.inputs[2], first + 2 ** bits - 1));
  }

  async #rewriteConstant(node: Node, tensor: Tensor, grid: Grid, width: number | null): Promise<void> {
    const { shape } = tensor;
    const { scales, zeroPoints, type } = grid;
    const axis = grid.axis === undefined ? undefined : (grid.axis + shape.length) % shape.length;
    const codes = await readNumbers(tensor);
    const run = axis === undefined ? codes.length : elementCount(shape.slice(axis + 1));
    const steps = Float64Array.from(codes, (code, i) => code - zeroPoints[Math.floor(i / run) % zeroPoints.length]!);
    const data = Float32Array.from(steps, (step, i) => step * scales[Math.floor(i / run) % scales.length]!);
    const weight = this.#constant(`${node.inputs[0]}_real`, shape, data);
    const broadcast = axis === undefined ? [] : shape.map((size, i) => (i === axis ? size : 1));
    if (type !== 'int32' && steps.every((step) => Math.abs(step) === 1)) {
      this.#swap(node, 'BipolarQuant', [weight, this.#constant(`${node.outputs[0]}_scale`, broadcast, scales)]);
      return;
    }
    const bits = type === 'int32' ? null : width;
    this.#quant(node, weight, grid, bits ?? elementTypes[type].bits, broadcast);
  }

  #quant(node: Node, source: string, { scales, zeroPoints, type }: Grid, bits: number, broadcast: number[]): void {
    const name = node.outputs[0]!;
    const zeroShape = zeroPoints.length === 1 ? [] : broadcast;
    const inputs = [
      source,
      this.#constant(`${name}_scale`, broadcast, scales),
      this.#constant(`${name}_zeropt`, zeroShape, zeroPoints),
      this.#constant(`${name}_bitwidth`, [], Float32Array.of(bits)),
    ];
    const attributes = new Map<string, Attribute>([
      ['signed', intAttribute(isSigned(type) ? 1 : 0)],
      ['narrow', intAttribute(0)],
      ['rounding_mode', stringAttribute('ROUND')],
    ]);
    this.#swap(node, 'Quant', inputs, attributes);
  }

  #swap(node: Node, opType: string, inputs: string[], attributes?: Map<string, Attribute>): void {
    const outputs = [...node.outputs];
    const name = this.names.node(`${outputs[0]}_${opType}`);
    this.graph.insertAfter(node, new Node({ opType, domain: qonnxDomain, name, inputs, outputs, attributes }));
    this.graph.remove(node);
  }

  #constant(base: string, shape: readonly number[], numbers: ArrayLike<number>): string {
    const name = this.names.value(base);
    const tensor = tensorOfArray({ elementType: 'float32', shape, data: Float32Array.from(numbers) });
    this.graph.initializers.set(name, { name, tensor });
    return name;
  }
}

function isSigned(type: ElementType): boolean {
  return elementTypes[type].range![0] < 0n;
}

function notPairs(node: Node): Failure {
  return new Failure('compress.qonnx.format', { layer: node.name || (node.outputs[0] ?? ''), op: node.opType });
}
