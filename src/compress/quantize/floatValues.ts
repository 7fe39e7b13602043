import { constantNodeTensor } from '../../graph/constants.js';
import type { Graph } from '../../graph/graph.js';
import type { ValueInfo } from '../../graph/model.js';
import type { Node } from '../../graph/node.js';
import { topologicalOrder } from '../../graph/sort.js';
import type { ElementType } from '../../tensor/elementType.js';
import { elementTypeOfCode } from '../../tensor/elementType.js';

/** The element type of an output from those of the inputs; undefined where it cannot be told. */
type TypeRule = (node: Node, inputs: readonly (ElementType | undefined)[], output: number) => ElementType | undefined;

const always =
  (type: ElementType): TypeRule =>
  () =>
    type;
const ofInput =
  (index: number): TypeRule =>
  (_node, inputs) =>
    inputs[index];
const ofAttribute =
  (name: string, fallback?: ElementType): TypeRule =>
  (node) =>
    node.attributes.has(name) ? elementTypeOfCode(node.int(name, 0)) : fallback;

const booleans = ['And', 'Equal', 'Greater', 'GreaterOrEqual', 'IsInf', 'IsNaN', 'Less', 'LessOrEqual', 'Not', 'Or', 'Xor'];
const indices = ['ArgMax', 'ArgMin', 'NonMaxSuppression', 'NonZero', 'Shape', 'Size', 'StringSplit'];

/** Where it is not simply the type of the first input. */
const rules: Readonly<Record<string, TypeRule>> = {
  ...Object.fromEntries(booleans.map((name) => [name, always('bool')])),
  ...Object.fromEntries(indices.map((name) => [name, always('int64')])),
  Bernoulli: (node, inputs) => elementTypeOfCode(node.int('dtype', 0)) ?? inputs[0],
  BlackmanWindow: ofAttribute('output_datatype', 'float32'),
  Cast: ofAttribute('to'),
  CastLike: ofInput(1),
  Constant: (node) => constantNodeTensor(node)?.tensor.elementType,
  ConstantOfShape: (node) => node.tensor('value')?.elementType ?? 'float32',
  ConvInteger: always('int32'),
  DequantizeLinear: ofInput(1),
  Dropout: (_node, inputs, output) => (output === 1 ? 'bool' : inputs[0]),
  DynamicQuantizeLinear: (_node, _inputs, output) => (output === 1 ? 'float32' : 'uint8'),
  EyeLike: (node, inputs) => elementTypeOfCode(node.int('dtype', 0)) ?? inputs[0],
  HammingWindow: ofAttribute('output_datatype', 'float32'),
  HannWindow: ofAttribute('output_datatype', 'float32'),
  If: (node, _inputs, output) => declared(bodyOf(node)?.outputs[output]),
  Loop: (node, _inputs, output) => declared(bodyOf(node)?.outputs[output + 1]),
  MatMulInteger: always('int32'),
  MaxPool: (_node, inputs, output) => (output === 1 ? 'int64' : inputs[0]),
  Multinomial: ofAttribute('dtype', 'int32'),
  OneHot: ofInput(2),
  QLinearConv: ofInput(7),
  QLinearMatMul: ofInput(7),
  QuantizeLinear: (node, inputs) => inputs[2] ?? elementTypeOfCode(node.int('output_dtype', 0)) ?? 'uint8',
  RandomNormal: ofAttribute('dtype', 'float32'),
  RandomNormalLike: (node, inputs) => elementTypeOfCode(node.int('dtype', 0)) ?? inputs[0],
  RandomUniform: ofAttribute('dtype', 'float32'),
  RandomUniformLike: (node, inputs) => elementTypeOfCode(node.int('dtype', 0)) ?? inputs[0],
  Scan: (node, _inputs, output) => declared(bodyOf(node)?.outputs[output]),
  TopK: (_node, inputs, output) => (output === 1 ? 'int64' : inputs[0]),
  Unique: (_node, inputs, output) => (output > 0 ? 'int64' : inputs[0]),
  Where: ofInput(1),
};

/** The names of the values of a graph, its own inputs and initializers among them, that are float32 tensors. */
export function floatValues(graph: Graph): Set<string> {
  const types = new Map<string, ElementType | undefined>();
  for (const info of [...graph.inputs, ...graph.valueInfos.values(), ...graph.outputs]) {
    const type = declared(info);
    if (type) types.set(info.name, type);
  }
  for (const [name, { tensor }] of graph.initializers) types.set(name, tensor.elementType);
  for (const node of topologicalOrder(graph).order) {
    if (node.domain !== '' && !rules[node.opType]) continue;
    const inputs = node.inputs.map((input) => types.get(input));
    for (const [index, output] of node.outputs.entries()) {
      if (output === '' || types.get(output)) continue;
      types.set(output, (rules[node.opType] ?? ofInput(0))(node, inputs, index));
    }
  }
  return new Set([...types].filter(([, type]) => type === 'float32').map(([name]) => name));
}

function declared(info: ValueInfo | undefined): ElementType | undefined {
  return info?.type?.kind === 'tensor' ? info.type.elementType : undefined;
}

function bodyOf(node: Node): Graph | undefined {
  for (const [, graph] of node.subgraphs()) return graph;
  return undefined;
}
