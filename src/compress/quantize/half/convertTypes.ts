import type { Graph } from '../../../graph/graph.js';
import type { Model, ValueInfo } from '../../../graph/model.js';
import { Names } from '../../../graph/names.js';
import { Node, intAttribute } from '../../../graph/node.js';
import { scopesOf } from '../../../graph/scope.js';
import { sortTopologically } from '../../../graph/sort.js';
import { elementTypes } from '../../../tensor/elementType.js';
import { bytesOfNumbers, readNumbers } from '../../../tensor/numbers.js';
import { tensorOf } from '../../../tensor/tensor.js';
import { halfTensor } from './halfTensor.js';
import type { Reading, TypeGroup } from './typeGroups.js';

type Type = 'float16' | 'float32';

interface Value {
  readonly graph: Graph;
  readonly name: string;
  maker?: TypeGroup;
  readonly readings: { readonly reading: Reading; readonly group: TypeGroup }[];
}

/**
 * Gives the groups of `halves` the type float16, in place: constants that only they read are stored so, declared types and
 * attributes that name a type follow, and where a value goes over into the other type one Cast stands for all its readers.
 * Names of the model's inputs and outputs stay. Gives the number of Casts.
 */
export async function convertTypes(
  model: Model,
  groups: readonly TypeGroup[],
  halves: ReadonlySet<TypeGroup>,
): Promise<number> {
  let casts = 0;
  const names = new Names(model);
  const typeOf = (group: TypeGroup | undefined): Type => (group && halves.has(group) ? 'float16' : 'float32');
  for (const group of halves) if (group.node) await nameTypes(group.node, group);
  for (const value of valuesOf(groups)) {
    const { graph, name, maker, readings } = value;
    const wanted = new Set(readings.map(({ group }) => typeOf(group)));
    let type = typeOf(maker);
    const constant = maker ? undefined : graph.initializers.get(name);
    if (constant && !constant.sparse && wanted.size === 1 && wanted.has('float16')) {
      graph.initializers.set(name, { ...constant, tensor: await halfTensor(constant.tensor, 'float16') });
      type = 'float16';
    }
    if (type === 'float16') declare(graph, name);
    for (const { reading, group } of readings) if (typeOf(group) === 'float16') declareOutput(reading);
    const others = readings.filter(({ group }) => typeOf(group) !== type).map(({ reading }) => reading);
    if (others.length === 0) continue;
    const same = readings.filter(({ group }) => typeOf(group) === type).map(({ reading }) => reading);
    addCast(model, names, value, type, others, same);
    casts++;
  }
  for (const { graph, localFunction } of scopesOf(model)) if (!localFunction) sortTopologically(graph);
  return casts;
}

function valuesOf(groups: readonly TypeGroup[]): Value[] {
  const values = new Map<Graph, Map<string, Value>>();
  const at = (graph: Graph, name: string): Value => {
    const known = values.get(graph) ?? new Map<string, Value>();
    values.set(graph, known);
    const value = known.get(name) ?? { graph, name, readings: [] };
    known.set(name, value);
    return value;
  };
  for (const group of groups) {
    for (const { graph, value } of group.makes) at(graph, value).maker = group;
    for (const reading of group.reads) at(reading.source.graph, reading.source.value).readings.push({ reading, group });
  }
  return [...values.values()].flatMap((known) => [...known.values()]);
}

/** Puts a Cast behind what makes the value, for the readers of the other type. */
function addCast(
  model: Model,
  names: Names,
  { graph, name }: Value,
  type: Type,
  others: readonly Reading[],
  same: readonly Reading[],
): void {
  const to: Type = type === 'float16' ? 'float32' : 'float16';
  const isResult = others.some((reading) => !reading.node && reading.graph === model.graph);
  const made = isResult ? names.value(`${name}_${type}`) : name;
  const casted = isResult ? name : names.value(`${name}_${to}`);
  if (isResult) {
    const info = graph.valueInfos.get(name);
    renameMaker(graph, name, made);
    if (info) graph.valueInfos.set(made, { ...info, name: made });
    for (const reading of same) redirect(reading, made);
  }
  const cast = new Node({
    opType: 'Cast',
    name: names.node(`${name}_to_${to}`),
    inputs: [made],
    outputs: [casted],
    attributes: new Map([['to', intAttribute(elementTypes[to].code)]]),
  });
  const producer = graph.producer(made);
  if (producer) graph.insertAfter(producer, cast);
  else graph.add(cast, graph.nodes[0]);
  if (!isResult) for (const reading of others) redirect(reading, casted);
}

function renameMaker(graph: Graph, name: string, made: string): void {
  const producer = graph.producer(name);
  if (producer) {
    graph.setOutputs(
      producer,
      producer.outputs.map((output) => (output === name ? made : output)),
    );
  }
  const initializer = graph.initializers.get(name);
  if (!initializer) return;
  graph.initializers.delete(name);
  graph.initializers.set(made, { ...initializer, name: made });
}

function redirect({ graph, node, index }: Reading, value: string): void {
  if (node) return graph.setInput(node, index, value);
  const info = graph.outputs[index];
  if (!info) return;
  info.name = value;
  graph.boundaryChanged();
}

/** The declared types of a value that has become a half. */
function declare(graph: Graph, value: string): void {
  const info = graph.valueInfos.get(value);
  if (info) graph.valueInfos.set(value, retyped(info));
  for (const [i, input] of graph.inputs.entries()) if (input.name === value) graph.inputs[i] = retyped(input);
}

function declareOutput({ graph, node, index }: Reading): void {
  const info = graph.outputs[index];
  if (!node && info) graph.outputs[index] = retyped(info);
}

function retyped(info: ValueInfo): ValueInfo {
  const { type } = info;
  return type?.kind === 'tensor' ? { ...info, type: { ...type, elementType: 'float16' } } : info;
}

/** Operators that say the type of what they make in `dtype`, and whether it is float32 where they do not. */
const typedByAttribute: ReadonlyMap<string, { readonly attribute: string; readonly isDefault: boolean }> = new Map([
  ['Bernoulli', { attribute: 'dtype', isDefault: false }],
  ['BlackmanWindow', { attribute: 'output_datatype', isDefault: true }],
  ['EyeLike', { attribute: 'dtype', isDefault: false }],
  ['HammingWindow', { attribute: 'output_datatype', isDefault: true }],
  ['HannWindow', { attribute: 'output_datatype', isDefault: true }],
  ['MelWeightMatrix', { attribute: 'output_datatype', isDefault: true }],
  ['RandomNormal', { attribute: 'dtype', isDefault: true }],
  ['RandomNormalLike', { attribute: 'dtype', isDefault: false }],
  ['RandomUniform', { attribute: 'dtype', isDefault: true }],
  ['RandomUniformLike', { attribute: 'dtype', isDefault: false }],
]);

/** Attributes that name the type of what a node makes. */
async function nameTypes(node: Node, { makes }: TypeGroup): Promise<void> {
  const half = intAttribute(elementTypes.float16.code);
  if (node.domain !== '' || makes.length === 0) return;
  if (node.is('Cast')) node.attributes.set('to', half);
  if (node.is('ConstantOfShape')) await fillWithHalf(node);
  const typed = typedByAttribute.get(node.opType);
  if (!typed) return;
  const { attribute, isDefault } = typed;
  const said = node.int(attribute);
  if (said === undefined ? isDefault : said === elementTypes.float32.code) node.attributes.set(attribute, half);
}

async function fillWithHalf(node: Node): Promise<void> {
  const value = node.tensor('value');
  const numbers = value ? await readNumbers(value) : new Float32Array(1);
  node.attributes.set('value', { kind: 'tensor', value: tensorOf('float16', [1], bytesOfNumbers('float16', numbers)) });
}
