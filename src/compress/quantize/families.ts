/**
 * What each operator asks to be quantized in QDQ format (onnxruntime, quantization/operators and registry.py). Operators
 * of one family are treated alike.
 */
import { floatAttribute } from '../../graph/node.js';
import type { Node } from '../../graph/node.js';
import type { LayerSettings } from './layerSettings.js';
import type { Placement, WeightAxes } from './placement.js';

type Family = (node: Node, placement: Placement) => void;

/** All float inputs and outputs. */
const everything: Family = (node, placement) => {
  for (const value of [...node.inputs, ...node.outputs]) placement.activation(value);
};

/** The output has the elements of the input: it is quantized where the input is, by the same scale. */
const passThrough: Family = (node, placement) => {
  const [input = ''] = node.inputs;
  const [output = ''] = node.outputs;
  if (placement.isMarked(input)) placement.sameAs(output, input);
};

const since =
  (opset: number, family: Family): Family =>
  (node, placement) => {
    if (placement.context.opset >= opset) family(node, placement);
  };

/** Relu and Clip vanish into the saturation of their input's QuantizeLinear where they can. */
const clipping: Family = (node, placement) => {
  const [input = ''] = node.inputs;
  const [output = ''] = node.outputs;
  if (!placement.isMarked(input)) return;
  if (!placement.absorb(node)) placement.activation(input);
  placement.activation(output);
};

const convolution: Family = (node, placement) => {
  const [input = '', weight = ''] = node.inputs;
  placement.activation(input);
  placement.activation(node.outputs[0] ?? '');
  placement.weight(weight, convolutionAxes(node, placement.context.exact));
  if (node.inputs.length === 3) placement.bias(node, 2, input, weight);
};

/**
 * Output channels are axis 0 of Conv's weight and axis 1 of ConvTranspose's, where groups share it: with several of them
 * there are fewer scales than elements of the bias. The other of both axes are input channels.
 */
function convolutionAxes(node: Node, exact: boolean): WeightAxes {
  if (node.opType === 'Conv') return { channels: 0, reduced: 1 };
  const shared = node.int('group', 1) > 1 && (!exact || node.inputs.length === 3);
  return { ...(!shared && { channels: 1 }), reduced: 0 };
}

const gemm: Family = (node, placement) => {
  const { context } = placement;
  const [input = '', weight = '', bias = ''] = node.inputs;
  placement.activation(input);
  placement.activation(node.outputs[0] ?? '');
  const axis = node.int('transB', 0) > 0 ? 0 : 1;
  placement.weight(weight, { channels: axis, reduced: 1 - axis });
  if (node.inputs.length !== 3 || !placement.isInitializer(bias)) return;
  const columns = context.graph.initializers.get(weight)?.tensor.shape[axis];
  const shape = context.graph.initializers.get(bias)?.tensor.shape;
  // A bias that is broadcast has no scale for each element; one beside a scaled product has another scale.
  const fits = shape?.length === 1 && shape[0] === columns && node.float('alpha', 1) === 1;
  if (!fits && !context.exact) return;
  if (!placement.bias(node, 2, input, weight, node.float('beta', 1)) && !context.exact) return;
  if (node.attributes.has('beta')) node.attributes.set('beta', floatAttribute(1));
};

const matMul: Family = (node, placement) => {
  const { context } = placement;
  for (const [index, value] of node.inputs.entries()) {
    if (!placement.isInitializer(value)) placement.activation(value);
    else placement.weight(value, context.exact ? { channels: 1 } : productAxes(placement, value, index));
  }
  placement.activation(node.outputs[0] ?? '');
};

/**
 * A scale a column: of a right factor [K, N] alone, whose kernels want it so; of [B, K, N] none. onnxruntime always takes
 * axis 1, of [B, K, N] the rows. Blocks run along what is summed up.
 */
function productAxes({ context }: Placement, value: string, index: number): WeightAxes {
  const rank = context.graph.initializers.get(value)?.tensor.shape.length ?? 0;
  if (index === 0) return rank >= 2 ? { reduced: rank - 1 } : {};
  return rank === 2 ? { channels: 1, reduced: 0 } : rank > 2 ? { reduced: rank - 2 } : {};
}

/** Scale and bias of a normalization; its scale is 1-D, so that per channel it never is. */
const normalization: Family = (node, placement) => {
  const [input = '', scale = '', bias = ''] = node.inputs;
  placement.activation(input);
  if (placement.isInitializer(scale)) placement.weight(scale, { channels: 1 });
  else placement.activation(scale);
  if (bias !== '') placement.bias(node, 2, input, scale);
  for (const output of node.outputs) placement.activation(output);
};

const pad: Family = (node, placement) => {
  const [input = ''] = node.inputs;
  const [output = ''] = node.outputs;
  for (const value of node.inputs) placement.activation(value);
  if (padsWithKnownValue(node, placement)) placement.sameAs(output, input);
  else placement.activation(output);
};

/** Are the added elements 0, which every scale holds, or such as the input has? */
function padsWithKnownValue(node: Node, { context }: Placement): boolean {
  const mode = node.string('mode', 'constant');
  if (mode !== 'constant') return ['reflect', 'edge', 'wrap'].includes(mode);
  if (context.opset < 11) return node.float('value', 0) === 0;
  const value = node.inputs[2];
  return !value || context.numberOf(value) === 0;
}

const split: Family = (node, placement) => {
  const [input = ''] = node.inputs;
  if (!placement.isMarked(input)) placement.activation(input);
  for (const output of node.outputs) placement.sameAs(output, input);
};

/** A table of constants is worth quantizing for itself; what else is gathered only where it is quantized already. */
const gather: Family = (node, placement) => {
  const [input = ''] = node.inputs;
  const [output = ''] = node.outputs;
  if (placement.isInitializer(input) && placement.context.isFloat(input)) {
    placement.activation(input);
    placement.sameAs(output, input);
  } else if (placement.isMarked(input)) placement.sameAs(output, input);
};

const where: Family = (node, placement) => {
  const [, yes = '', no = ''] = node.inputs;
  if (!placement.isMarked(yes) || !placement.isMarked(no)) return;
  for (const output of node.outputs) placement.activation(output);
};

const families: Readonly<Record<string, Family>> = {
  Conv: convolution,
  ConvTranspose: convolution,
  Gemm: gemm,
  MatMul: matMul,
  Clip: clipping,
  Relu: clipping,
  Reshape: passThrough,
  Transpose: passThrough,
  Squeeze: passThrough,
  Unsqueeze: passThrough,
  Flatten: passThrough,
  Slice: passThrough,
  TopK: passThrough,
  AveragePool: passThrough,
  MaxPool: since(12, passThrough),
  Resize: since(11, passThrough),
  Pad: pad,
  Split: split,
  Gather: gather,
  GatherElements: gather,
  Where: where,
  InstanceNormalization: normalization,
  LayerNormalization: normalization,
  BatchNormalization: normalization,
  Add: everything,
  ArgMax: everything,
  Concat: everything,
  CumSum: everything,
  EmbedLayerNormalization: everything,
  GlobalAveragePool: everything,
  LeakyRelu: everything,
  Mul: everything,
  Sigmoid: everything,
  Softmax: everything,
};

/** The operator types that static quantization knows. onnxruntime's quantizer does not look at their domain. */
export function isSupported(node: Node, exact: boolean): boolean {
  return Object.hasOwn(families, node.opType) && (exact || node.domain === '');
}

/** Marks what a node asks for. Nodes must be visited in file order. */
export function place(node: Node, settings: LayerSettings, placement: Placement): void {
  placement.enter(settings);
  families[node.opType]?.(node, placement);
}
