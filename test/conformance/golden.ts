/** The facts that make_golden.py writes, and the same facts of a model in memory. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Json, Range } from '../../src/compress/method.js';
import { copyModel } from '../../src/graph/copy.js';
import type { Attribute, Model } from '../../src/graph/model.js';
import { Node } from '../../src/graph/node.js';
import type { ElementType } from '../../src/tensor/elementType.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { tensorOf } from '../../src/tensor/tensor.js';

const root = resolve(import.meta.dirname, '../..');

type TensorFact = [elementType: string, shape: readonly number[], bytes: string];
type NodeFact = [
  name: string,
  op: string,
  domain: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Record<string, unknown>,
];

export interface ModelFacts {
  readonly opsets: Record<string, number>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly initializers: Record<string, TensorFact>;
  readonly nodes: readonly NodeFact[];
}

export interface Golden {
  readonly model: string;
  /** The nodes of a model that onnx's version converter had to make first. */
  readonly converted: { readonly opset: number; readonly nodes: readonly NodeFact[] } | null;
  readonly ranges: Record<string, readonly [number | string, number | string]>;
  readonly cases: readonly (ModelFacts & { readonly options: Record<string, Json>; readonly bytes: number })[];
  readonly refused: readonly { readonly options: Record<string, Json>; readonly error: string }[];
}

type Case = Golden['cases'][number];

/** As the file has it: nodes and initializers that cases have in common stand in tables. */
interface GoldenFile extends Omit<Golden, 'cases'> {
  readonly graphs: readonly (readonly NodeFact[])[];
  readonly tensors: readonly (readonly [name: string, ...fact: TensorFact])[];
  readonly cases: readonly (Omit<Case, 'nodes' | 'initializers'> & {
    readonly nodes: number;
    readonly initializers: readonly number[];
  })[];
}

/** What make_vectors.py wrote. */
export function readVectors<Vectors>(name: string): Vectors {
  const path = resolve(root, 'test/conformance/golden', `${name}.json.gz`);
  return JSON.parse(gunzipSync(readFileSync(path)).toString()) as Vectors;
}

export function readGolden(name: string): Golden {
  const { graphs, tensors, cases, ...rest } = readVectors<GoldenFile>(name);
  return {
    ...rest,
    cases: cases.map((each) => ({
      ...each,
      nodes: graphs[each.nodes]!,
      initializers: Object.fromEntries(
        each.initializers.map((index) => {
          const [tensor, ...fact] = tensors[index]!;
          return [tensor, fact];
        }),
      ),
    })),
  };
}

export function modelPath(golden: Golden): string {
  return resolve(root, golden.model);
}

export function rangesOf(golden: Golden): Map<string, Range> {
  return new Map(
    Object.entries(golden.ranges).map(([name, [min, max]]) => [name, { min: Number(min), max: Number(max) }]),
  );
}

/**
 * The model as the quantizer of onnxruntime sees it: where it is too old, with the nodes of onnx's version converter. Those
 * differ from the model's own by Constant nodes of one number that took the place of attributes.
 */
export function modelToQuantize(golden: Golden, original: Model): Model {
  if (!golden.converted) return original;
  const model = copyModel(original);
  const { graph } = model;
  const byOutput = new Map(graph.nodes.map((node) => [node.outputs[0], node]));
  graph.removeAll(graph.nodes);
  for (const [name, opType, domain, inputs, outputs, attributes] of golden.converted.nodes) {
    const before = byOutput.get(outputs[0]);
    graph.add(
      new Node({
        name: name || undefined,
        opType,
        domain,
        inputs: [...inputs],
        outputs: [...outputs],
        attributes: new Map(
          Object.entries(attributes).map(([key, fact]) => [key, before?.attributes.get(key) ?? tensorAttribute(fact)]),
        ),
      }),
    );
  }
  model.opsets.set('', golden.converted.opset);
  return model;
}

function tensorAttribute(fact: unknown): Attribute {
  const [elementType, shape, hex] = fact as TensorFact;
  return { kind: 'tensor', value: tensorOf(elementType as ElementType, shape, Buffer.from(hex, 'hex')) };
}

export async function factsOf(model: Model): Promise<ModelFacts> {
  const initializers: Record<string, TensorFact> = {};
  for (const name of [...model.graph.initializers.keys()].sort()) {
    initializers[name] = await tensorFact((model.graph.initializers.get(name) as { tensor: Tensor }).tensor);
  }
  const nodes: NodeFact[] = [];
  for (const node of model.graph.nodes) {
    const attributes: Record<string, unknown> = {};
    for (const [name, attribute] of node.attributes) attributes[name] = await attributeFact(attribute);
    nodes.push([node.name ?? '', node.opType, node.domain, node.inputs, node.outputs, attributes]);
  }
  return {
    opsets: Object.fromEntries(model.opsets),
    inputs: model.graph.inputs.map((info) => info.name),
    outputs: model.graph.outputs.map((info) => info.name),
    initializers,
    nodes,
  };
}

async function tensorFact(tensor: Tensor): Promise<TensorFact> {
  return [tensor.elementType, tensor.shape, bytesFact(await tensor.bytes.read())];
}

/** Few bytes as they are, of more a hash (golden_facts.py). */
export function bytesFact(bytes: Uint8Array): string {
  return bytes.length <= 8
    ? Buffer.from(bytes).toString('hex')
    : `sha256:${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;
}

async function attributeFact(attribute: Attribute): Promise<unknown> {
  switch (attribute.kind) {
    case 'int':
      return Number(attribute.value);
    case 'ints':
      return attribute.value.map(Number);
    case 'float':
      return Math.fround(attribute.value);
    case 'floats':
      return attribute.value.map(Math.fround);
    case 'string':
      return new TextDecoder().decode(attribute.value);
    case 'tensor':
      return tensorFact(attribute.value);
    default:
      return attribute.kind;
  }
}
