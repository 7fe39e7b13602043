/**
 * What changed in the standard operators between opset 7 and 25 so that a node must be rewritten, or cannot be carried
 * over (onnx.defs.get_all_schemas_with_history of onnx 1.23.2). Operators that only gained types, optional inputs or
 * attributes with the old behaviour as default are not listed: their nodes stay as they are.
 */
import type { ElementType } from '../../tensor/elementType.js';
import { bytesOfNumbers } from '../../tensor/numbers.js';
import { tensorOf } from '../../tensor/tensor.js';
import type { Graph } from '../graph.js';
import type { Inference } from '../inference/inference.js';
import type { Names } from '../names.js';
import { Node, intAttribute, stringAttribute } from '../node.js';

export interface UpgradeContext {
  readonly graph: Graph;
  readonly node: Node;
  readonly names: Names;
  readonly inference: Inference;
}

export interface OpsetChange {
  readonly operators: readonly string[];
  /** The version that brought the change. */
  readonly since: number;
  /** True where the node means something that the new version cannot say, or nobody knows whether. */
  readonly blocks?: (context: UpgradeContext) => boolean;
  readonly rewrite?: (context: UpgradeContext) => void;
}

const reductions = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare'];

/** An attribute with a list of integers becomes an input. */
const listToInput =
  (attribute: string, input: number) =>
  ({ graph, node, names }: UpgradeContext): void => {
    const values = node.ints(attribute) ?? (node.int(attribute) === undefined ? undefined : [node.int(attribute)!]);
    if (values) addInput(graph, node, input, addConstant(graph, names, node, attribute, 'int64', values));
    node.attributes.delete(attribute);
  };

/** An attribute with a number becomes a scalar input of the first input's type. */
const numberToInput =
  (attribute: string, input: number) =>
  ({ graph, node, names, inference }: UpgradeContext): void => {
    const value = node.float(attribute);
    const type = inference.elementTypeOf(graph, node.inputs[0] ?? '') ?? 'float32';
    if (value !== undefined) addInput(graph, node, input, addConstant(graph, names, node, attribute, type, value));
    node.attributes.delete(attribute);
  };

const hasUnknownType = ({ graph, node, inference }: UpgradeContext, ...attributes: string[]) =>
  attributes.some((name) => node.attributes.has(name)) && !inference.elementTypeOf(graph, node.inputs[0] ?? '');

/** Before opset 13 the axes from `axis` on were one; the same only where `axis` is the last. */
function isLastAxis({ graph, node, inference }: UpgradeContext): boolean {
  const axis = node.int('axis', 1);
  const rank = inference.shapeOf(graph, node.inputs[0] ?? '')?.length;
  return axis === -1 || axis + 1 === rank;
}

/** Resize before opset 11 knew one way to place its samples, which has a name since. */
function placeSamplesAsBefore(node: Node): void {
  node.attributes.set('coordinate_transformation_mode', stringAttribute('asymmetric'));
  node.attributes.set('nearest_mode', stringAttribute('floor'));
}

/** Opsets 11 and 12 ask for a region of interest, which counts only in a mode that is not used here. */
function noRegion({ graph, node, names }: UpgradeContext): string {
  return addConstant(graph, names, node, 'roi', 'float32', []);
}

function upsampleToResize(context: UpgradeContext): void {
  const { graph, node } = context;
  const [input = '', scales = ''] = node.inputs;
  const { name, docString, metadata, attributes } = node;
  const outputs = [...node.outputs];
  const resize = new Node({
    ...{ opType: 'Resize', name, docString, metadata, outputs },
    inputs: [input, noRegion(context), scales],
    attributes: new Map(attributes),
  });
  placeSamplesAsBefore(resize);
  graph.insertAfter(node, resize);
  graph.remove(node);
}

export const opsetChanges: readonly OpsetChange[] = [
  { operators: ['Scan'], since: 9, blocks: () => true },
  { operators: ['BatchNormalization'], since: 9, blocks: ({ node }) => node.int('spatial', 1) !== 1 },
  { operators: ['BatchNormalization'], since: 9, rewrite: ({ node }) => node.attributes.delete('spatial') },
  { operators: ['Upsample'], since: 9, rewrite: (context) => scalesToInput(context) },
  { operators: ['Slice'], since: 10, rewrite: sliceToInputs },
  { operators: ['TopK'], since: 10, rewrite: listToInput('k', 1) },
  {
    operators: ['Resize'],
    since: 11,
    rewrite: (context) => {
      const [input = '', scales = ''] = context.node.inputs;
      context.graph.setInputs(context.node, [input, noRegion(context), scales]);
      placeSamplesAsBefore(context.node);
    },
  },
  // After Resize, for what it makes has the new form already.
  { operators: ['Upsample'], since: 11, rewrite: upsampleToResize },
  {
    operators: ['Clip'],
    since: 11,
    blocks: (context) => hasUnknownType(context, 'min', 'max'),
    rewrite: (context) => {
      numberToInput('min', 1)(context);
      numberToInput('max', 2)(context);
    },
  },
  {
    operators: ['Pad'],
    since: 11,
    blocks: (context) => hasUnknownType(context, 'value'),
    rewrite: (context) => {
      listToInput('pads', 1)(context);
      numberToInput('value', 2)(context);
    },
  },
  { operators: ['Scatter'], since: 11, rewrite: scatterToElements },
  { operators: ['Dropout'], since: 12, rewrite: ({ node }) => node.attributes.delete('ratio') },
  { operators: ['Squeeze', 'Unsqueeze', 'ReduceSum'], since: 13, rewrite: listToInput('axes', 1) },
  { operators: ['Split'], since: 13, rewrite: listToInput('split', 1) },
  {
    operators: ['Softmax', 'LogSoftmax', 'Hardmax'],
    since: 13,
    blocks: (context) => !isLastAxis(context),
    rewrite: ({ node }) => node.attributes.set('axis', intAttribute(-1)),
  },
  {
    operators: ['BatchNormalization'],
    since: 14,
    blocks: ({ node }) => node.outputs.slice(1).some((value) => value !== ''),
  },
  {
    operators: ['RoiAlign'],
    since: 16,
    rewrite: ({ node }) => {
      node.attributes.set('coordinate_transformation_mode', stringAttribute('output_half_pixel'));
    },
  },
  { operators: reductions.map((name) => `Reduce${name}`), since: 18, rewrite: listToInput('axes', 1) },
  {
    operators: ['Split'],
    since: 18,
    rewrite: ({ node }) => {
      if ((node.inputs[1] ?? '') === '') node.attributes.set('num_outputs', intAttribute(node.outputs.length));
    },
  },
  {
    operators: ['AveragePool'],
    since: 19,
    blocks: ({ node }) => node.int('ceil_mode', 0) !== 0 && node.int('count_include_pad', 0) !== 0,
  },
  { operators: ['DFT'], since: 20, blocks: () => true },
  {
    operators: ['GridSample'],
    since: 20,
    rewrite: ({ node }) => {
      const mode = node.string('mode', 'bilinear');
      node.attributes.set('mode', stringAttribute({ bilinear: 'linear', bicubic: 'cubic' }[mode] ?? mode));
    },
  },
  { operators: ['GroupNormalization'], since: 21, blocks: () => true },
];

function sliceToInputs(context: UpgradeContext): void {
  listToInput('starts', 1)(context);
  listToInput('ends', 2)(context);
  listToInput('axes', 3)(context);
}

function scalesToInput({ graph, node, names }: UpgradeContext): void {
  const scales = node.attributes.get('scales');
  if (scales?.kind !== 'floats') return;
  addInput(graph, node, 1, addConstant(graph, names, node, 'scales', 'float32', scales.value));
  node.attributes.delete('scales');
}

function scatterToElements({ graph, node }: UpgradeContext): void {
  const { name, docString, metadata, attributes } = node;
  const [inputs, outputs] = [[...node.inputs], [...node.outputs]];
  graph.insertAfter(
    node,
    new Node({
      opType: 'ScatterElements',
      name,
      docString,
      metadata,
      inputs,
      outputs,
      attributes: new Map(attributes),
    }),
  );
  graph.remove(node);
}

function addInput(graph: Graph, node: Node, input: number, value: string): void {
  graph.setInput(node, input, value);
}

/** A list as a 1-D constant, a number as a scalar. */
function addConstant(
  graph: Graph,
  names: Names,
  node: Node,
  attribute: string,
  type: ElementType,
  values: number | readonly number[],
): string {
  const name = names.value(`${node.name || node.outputs[0]}_${attribute}`);
  const list = typeof values === 'number' ? [values] : values;
  const shape = typeof values === 'number' ? [] : [list.length];
  graph.initializers.set(name, { name, tensor: tensorOf(type, shape, bytesOfNumbers(type, list)) });
  return name;
}
