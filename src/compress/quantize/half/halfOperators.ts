/** What operators do with numbers of 16 bits: which take them, and which give the same in any type. */
import type { Node } from '../../../graph/node.js';

/**
 * Standard operators whose schema has no float16, and the operator set that brought it. Found by
 * onnx.defs.get_all_schemas_with_history of onnx 1.23.2.
 */
const halfSince: ReadonlyMap<string, number> = new Map([
  ['Celu', 28],
  ['CumSum', 14],
  ['DequantizeLinear', Infinity],
  ['DynamicQuantizeLinear', Infinity],
  ['IsInf', 20],
  ['NonMaxSuppression', Infinity],
  ['QLinearConv', Infinity],
  ['QLinearMatMul', Infinity],
  ['QuantizeLinear', Infinity],
  ['Range', 27],
  ['TfIdfVectorizer', Infinity],
]);

/** Sequences, optionals and training: their elements have the type of what is put in, which is not followed. */
const notFollowed = new Set([
  'Adagrad',
  'Adam',
  'CastLike',
  'ConcatFromSequence',
  'Gradient',
  'ImageDecoder',
  'Momentum',
  'Optional',
  'OptionalGetElement',
  'OptionalHasElement',
  'SequenceAt',
  'SequenceConstruct',
  'SequenceEmpty',
  'SequenceErase',
  'SequenceInsert',
  'SequenceLength',
  'SequenceMap',
  'SplitToSequence',
  'StringNormalizer',
]);

/** Operators of onnxruntime that take float16 in all their floating-point inputs (its schemas, release 1.30). */
const microsoftHalf = new Set([
  'Attention',
  'BiasAdd',
  'BiasGelu',
  'BiasSoftmax',
  'FastGelu',
  'FusedConv',
  'FusedGemm',
  'FusedMatMul',
  'Gelu',
  'MultiHeadAttention',
  'QuickGelu',
  'RotaryEmbedding',
  'SkipLayerNormalization',
  'SkipSimplifiedLayerNormalization',
  'TransposeMatMul',
]);

/** Is there a form of the operator with numbers of 16 bits, in that operator set? */
export function hasHalfForm({ domain, opType }: Node, opset: number): boolean {
  if (domain === 'com.microsoft') return microsoftHalf.has(opType);
  return domain === '' && !notFollowed.has(opType) && opset >= (halfSince.get(opType) ?? 0);
}

/** Inputs that are float32 whatever the type of the others. */
export function hasFloatInput(node: Node, index: number, opset: number): boolean {
  if (node.is('Resize')) return index === (opset < 11 ? 1 : 2);
  return node.is('Upsample') && index === 1;
}

/** Outputs that are float32 whatever the type of the others: the statistics of a normalization. */
export function hasFloatOutput(node: Node, index: number): boolean {
  const { opType } = node;
  const normalizes =
    opType === 'LayerNormalization' ||
    opType === 'SkipLayerNormalization' ||
    opType === 'SkipSimplifiedLayerNormalization';
  return normalizes && (index === 1 || index === 2);
}

/**
 * Operators that round nothing: they move numbers, choose among them, or look only at signs and shapes, so that rounding
 * before them or after them is the same.
 */
const exact = new Set([
  'Abs',
  'Compress',
  'Concat',
  'ConstantOfShape',
  'DepthToSpace',
  'Dropout',
  'Expand',
  'EyeLike',
  'Flatten',
  'Gather',
  'GatherElements',
  'GatherND',
  'GlobalMaxPool',
  'Identity',
  'Max',
  'MaxPool',
  'Min',
  'Neg',
  'NonZero',
  'OneHot',
  'Pad',
  'ReduceMax',
  'ReduceMin',
  'Relu',
  'Reshape',
  'ReverseSequence',
  'ScatterElements',
  'ScatterND',
  'Shape',
  'Sign',
  'Size',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Tile',
  'Transpose',
  'Trilu',
  'Unsqueeze',
  'Where',
]);

export function roundsNothing(node: Node): boolean {
  return node.domain === '' && (exact.has(node.opType) || node.is('Cast'));
}

/** Operators whose results are small whatever they are given. */
const bounding = new Set([
  'ArgMax',
  'ArgMin',
  'Clip',
  'Cos',
  'Equal',
  'Erf',
  'Gelu',
  'Greater',
  'GreaterOrEqual',
  'HardSigmoid',
  'InstanceNormalization',
  'LayerNormalization',
  'Less',
  'LessOrEqual',
  'Log',
  'Sigmoid',
  'Sign',
  'Sin',
  'Softmax',
  'Softsign',
  'Tanh',
]);

export function boundsResults(node: Node): boolean {
  return node.domain === '' && bounding.has(node.opType);
}

/** Operators that turn a small error near zero into a great one, and the input where they do. */
const singular: ReadonlyMap<string, number> = new Map([
  ['Div', 1],
  ['Log', 0],
  ['Pow', 0],
  ['Reciprocal', 0],
  ['Sqrt', 0],
]);

export function isSingularAt(node: Node, input: number): boolean {
  return node.domain === '' && singular.get(node.opType) === input;
}

/** Where smallness ends: a quotient of two small numbers is none. */
export function endsSmallness(node: Node): boolean {
  return node.domain === '' && ['Div', 'Log', 'Reciprocal'].includes(node.opType);
}

const normalizing = new Set([
  'BatchNormalization',
  'GroupNormalization',
  'InstanceNormalization',
  'LayerNormalization',
  'LpNormalization',
  'MeanVarianceNormalization',
  'RMSNormalization',
  'SimplifiedLayerNormalization',
  'SkipLayerNormalization',
  'SkipSimplifiedLayerNormalization',
]);

export function isNormalization(node: Node): boolean {
  return normalizing.has(node.opType);
}
