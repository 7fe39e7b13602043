/** The facts that make_golden.py writes, and the same facts of a model in memory. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Range } from '../../src/compress/method.js';
import type { Json } from '../../src/compress/method.js';
import type { Attribute, Model } from '../../src/graph/model.js';
import type { Tensor } from '../../src/tensor/tensor.js';

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
  readonly ranges: Record<string, readonly [number | string, number | string]>;
  readonly cases: readonly (ModelFacts & { readonly options: Record<string, Json>; readonly bytes: number })[];
  readonly refused: readonly { readonly options: Record<string, Json>; readonly error: string }[];
}

export function readGolden(name: string): Golden {
  const path = resolve(root, 'test/conformance/golden', `${name}.json.gz`);
  return JSON.parse(gunzipSync(readFileSync(path)).toString()) as Golden;
}

export function modelPath(golden: Golden): string {
  return resolve(root, golden.model);
}

export function rangesOf(golden: Golden): Map<string, Range> {
  return new Map(
    Object.entries(golden.ranges).map(([name, [min, max]]) => [name, { min: Number(min), max: Number(max) }]),
  );
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
  const bytes = Buffer.from(await tensor.bytes.read());
  const fact =
    bytes.length <= 8
      ? bytes.toString('hex')
      : `sha256:${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;
  return [tensor.elementType, tensor.shape, fact];
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
