/** What the weights and activations of one layer become, as the options and overrides say. */
import type { Graph } from '../../graph/graph.js';
import type { Layer } from '../../graph/layers.js';
import type { Node } from '../../graph/node.js';
import type { Choice, Choices, Range } from '../method.js';
import type { IntegerRange, QuantizedType } from './integerRange.js';
import { bitsOf, integersOf, isFloat8, isSigned, scaleRange } from './integerRange.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import type { LayerType } from './options/layerTypes.js';
import type { LayerOverride, Overrides } from './overrides.js';
import { layerOverrides, withOverride } from './overrides.js';
import type { Grid } from './parameters.js';

/** The numbers that a value is quantized to. */
export interface NumberFormat {
  readonly type: QuantizedType;
  /** Of one number, logically: fewer than those of the type where it has no type of its own. */
  readonly bits: number;
  readonly symmetric: boolean;
  readonly powerOfTwo: boolean;
}

export interface ActivationFormat extends NumberFormat {
  /** Zero points at the least integer or in the middle, nowhere else. */
  readonly restricted: boolean;
}

export interface WeightFormat extends NumberFormat {
  readonly perChannel: boolean;
  /** With a scale a channel: the integer kernels want the same zero point in every channel. */
  readonly symmetricChannels: boolean;
  /** Elements along the reduced axis that share a scale; undefined for whole channels. */
  readonly blockSize?: number;
  /** A bit less than the type has. */
  readonly reduced: boolean;
  readonly calibration: 'minmax' | 'mse' | 'percentile';
  readonly percentile: number;
  /** Set by hand instead. */
  readonly range?: Range;
}

export interface LayerSettings {
  /** Null: they stay in float32. */
  readonly activations: ActivationFormat | null;
  readonly weights: WeightFormat | null;
  /** Whether the bias may become int32 numbers. */
  readonly integerBias: boolean;
}

/** All integers that a value of this format may have. */
export function integersOfFormat({ type, bits }: NumberFormat): IntegerRange {
  return integersOf(type, bits);
}

export function activationGridOf(format: ActivationFormat, exact: boolean): Grid {
  const { type, bits, symmetric, restricted, powerOfTwo } = format;
  const integers = scaleRange(type, symmetric, false, bits);
  return { integers, symmetric, restricted, powerOfTwo, zeroOfNothing: exact };
}

export function weightGridOf(format: WeightFormat, exact: boolean): Grid {
  const { type, bits, symmetric, reduced, powerOfTwo } = format;
  return { integers: scaleRange(type, symmetric, reduced, bits), symmetric, powerOfTwo, zeroOfNothing: exact };
}

/** The settings of a layer by options that are its own. `opset` is that of the prepared model. */
export function layerSettings(
  options: QuantizeOptions,
  layer: Pick<Layer, 'node' | 'graph'>,
  opset: number,
  weightRange?: Range,
): LayerSettings {
  const activations = activationFormat(options, opset);
  const weights = weightFormat(options, layer, opset, activations, weightRange);
  const integerBias =
    options.scheme !== 'simulated' &&
    activations !== null &&
    weights !== null &&
    weights.blockSize === undefined &&
    !isFloat8(activations.type) &&
    !isFloat8(weights.type);
  return { activations, weights, integerBias };
}

/** Do both sides have 8 bits, as the fast kernels of onnxruntime on processors want it? */
export function isEightBit({ activations, weights }: LayerSettings): boolean {
  const eight = (format: NumberFormat | null) => format?.type === 'int8' || format?.type === 'uint8';
  return eight(activations) && eight(weights);
}

/** The numbers that activations become by options; null where they stay in float32. */
export function activationFormat(options: QuantizeOptions, opset: number): ActivationFormat | null {
  const { activationType: asked, powerOfTwoScales: powerOfTwo } = options;
  if (asked === 'float32') return null;
  const bits = (options.scheme === 'simulated' ? options.activationBits : null) ?? bitsOf(asked);
  const type = options.scheme === 'simulated' ? containerOf(asked, bits, opset, 8) : asked;
  const symmetric = options.symmetricActivations || isFloat8(type);
  return { type, bits, symmetric, powerOfTwo, restricted: options.restrictedAsymmetric };
}

function weightFormat(
  options: QuantizeOptions,
  layer: Pick<Layer, 'node' | 'graph'>,
  opset: number,
  activations: ActivationFormat | null,
  range: Range | undefined,
): WeightFormat | null {
  const { weightType: asked, perChannel, powerOfTwoScales: powerOfTwo } = options;
  if (asked === 'float32') return null;
  const simulated = options.scheme === 'simulated';
  const exact = isExact(options);
  const bits = (simulated ? options.bits : null) ?? bitsOf(asked);
  const type = simulated ? simulatedWeightType(asked, bits, layer, opset, activations) : storableType(asked, layer);
  const isFused = !simulated && isEightBit({ activations, weights: { type } as WeightFormat, integerBias: true });
  const blockSize = options.blockSize > 0 ? options.blockSize : undefined;
  const byType = options.symmetricWeights ?? isSigned(asked);
  const symmetric = isFloat8(type) || byType;
  return {
    type,
    bits,
    symmetric,
    powerOfTwo,
    perChannel,
    symmetricChannels: exact || isFused,
    ...(blockSize && { blockSize }),
    reduced: options.reduceRange ?? (isFused && asked === 'int8' && !exact),
    calibration: options.weightCalibration,
    percentile: options.weightPercentile,
    ...(range && { range }),
  };
}

/**
 * onnxruntime 1.30 makes a MatMulNBits of a DequantizeLinear with 2 bits and a MatMul or Gemm, which computes rubbish
 * where the columns are no multiple of 4: those are stored in 4 bits.
 */
function storableType(type: QuantizedType, { node, graph }: Pick<Layer, 'node' | 'graph'>): QuantizedType {
  if (type !== 'int2' && type !== 'uint2') return type;
  const isProduct = node.is('MatMul') || (node.is('Gemm') && node.int('transB', 0) === 0);
  const columns = graph.initializers.get(node.inputs[1] ?? '')?.tensor.shape.at(-1) ?? 0;
  if (!isProduct || columns % 4 === 0) return type;
  return type === 'int2' ? 'int4' : 'uint4';
}

/**
 * The smallest type that holds a simulated width. onnxruntime computes products whose weights have 4 bits or less with
 * activations of 8 bits, which would not be what is simulated: they are stored in 8. Where the activations have 8 bits,
 * int8 weights beyond 7 bits would saturate on some processors: they are stored with a zero point of 128.
 */
function simulatedWeightType(
  asked: QuantizedType,
  bits: number,
  { node }: Pick<Layer, 'node'>,
  opset: number,
  activations: ActivationFormat | null,
): QuantizedType {
  const isProduct = node.is('MatMul') || node.is('Gemm');
  const type = containerOf(asked, bits, opset, isProduct ? 8 : 2);
  const mightSaturate = bits > 7 && activations !== null && bitsOf(activations.type) === 8;
  return type === 'int8' && mightSaturate ? 'uint8' : type;
}

/** The smallest integer type with so many bits, not below `least`, that the operator set has. */
function containerOf(asked: QuantizedType, bits: number, opset: number, least: number): QuantizedType {
  const widths = [opset >= 25 ? 2 : 8, opset >= 21 ? 4 : 8, 8, 16] as const;
  const width = widths.find((each) => each >= Math.max(bits, least)) ?? 16;
  return isSigned(asked) ? `int${width}` : `uint${width}`;
}

/** The settings of layers by name, with the overrides of each and the types of its choice. */
export class LayerSettingsResolver {
  readonly #overrides: ReadonlyMap<string, LayerOverride>;
  /** What each pattern of the overrides matches. */
  readonly matches: ReadonlyMap<string, readonly string[]>;

  /** Throws a Failure for an override that matches no layer. */
  constructor(
    readonly options: QuantizeOptions,
    overrides: Overrides,
    layers: readonly Layer[],
    readonly opset: number,
  ) {
    const { byLayer, matches } = layerOverrides(overrides, layers);
    this.#overrides = byLayer;
    this.matches = matches;
  }

  /** The options as they are for a layer. */
  optionsOf(layer: Layer): QuantizeOptions {
    return withOverride(this.options, this.#overrides.get(layer.name));
  }

  settingsOf(layer: Layer, choice?: Choice): LayerSettings {
    const options = { ...this.optionsOf(layer), ...chosenTypes(choice) };
    return layerSettings(options, layer, this.opset, this.#overrides.get(layer.name)?.weightRange);
  }

  /** The nodes of the layers that are not to be left as they are, each with its settings. */
  chosen(layers: readonly Layer[], choices: Choices, without?: ReadonlyMap<string, unknown>): Map<Node, LayerSettings> {
    const found = new Map<Node, LayerSettings>();
    for (const layer of layers) {
      const choice = choices.get(layer.name);
      if (choice === undefined || choice.settings === null || without?.has(layer.name)) continue;
      found.set(layer.node, this.settingsOf(layer, choice));
    }
    return found;
  }
}

/** What a choice of static quantization holds. */
export interface StaticChoice {
  readonly activations: LayerType;
  readonly weights: LayerType;
  readonly activationBits: number | null;
  readonly bits: number | null;
}

function chosenTypes(choice: Choice | undefined): Partial<QuantizeOptions> {
  const settings = choice?.settings;
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return {};
  const { activations, weights, activationBits, bits } = settings as unknown as Partial<StaticChoice>;
  return {
    ...(activations && { activationType: activations }),
    ...(weights && { weightType: weights }),
    ...(activationBits !== undefined && { activationBits }),
    ...(bits !== undefined && { bits }),
  };
}

/** The names of all values of a graph: its inputs, constants, and what its nodes write. */
export function valueNames(graph: Graph): string[] {
  const written = graph.nodes.flatMap(({ outputs }) => outputs);
  return [...new Set([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys(), ...written])].filter(
    (name) => name !== '',
  );
}
