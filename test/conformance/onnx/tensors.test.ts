import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Graph } from '../../../src/graph/graph.js';
import type { Attribute, Model } from '../../../src/graph/model.js';
import { encodeModel } from '../../../src/onnx/encodeModel.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { elementTypes } from '../../../src/tensor/elementType.js';
import type { Tensor } from '../../../src/tensor/tensor.js';
import { realModel } from '../../fixtures/realModels.js';
import vectors from './tensors.json';

const everything = fileURLToPath(new URL('everything.onnx', import.meta.url));
const pathOf = (name: string) => (name === 'everything' ? everything : realModel(name));

type Found = readonly [where: string, name: string | undefined, tensor: Tensor];

function* tensorsOf(model: Model): Iterable<Found> {
  yield* graphTensors('', model.graph);
  for (const { domain, name, graph } of model.functions) yield* graphTensors(`${domain}:${name}/`, graph);
}

function* graphTensors(prefix: string, graph: Graph): Iterable<Found> {
  const initializers = [...graph.initializers.values()];
  for (const { name, tensor, sparse } of initializers) if (!sparse) yield [`${prefix}initializer`, name, tensor];
  for (const { name, sparse } of initializers) {
    if (!sparse) continue;
    yield [`${prefix}sparse values`, name, sparse.values];
    yield [`${prefix}sparse indices`, undefined, sparse.indices];
  }
  for (const [i, node] of graph.nodes.entries()) {
    for (const [name, attribute] of node.attributes) yield* attributeTensors(`${prefix}node ${i}/${name}`, attribute);
  }
}

function* attributeTensors(where: string, attribute: Attribute): Iterable<Found> {
  if (attribute.kind === 'tensor') yield [where, attribute.name, attribute.value];
  if (attribute.kind === 'tensors') {
    for (const [i, tensor] of attribute.value.entries()) yield [`${where}[${i}]`, undefined, tensor];
  }
  if (attribute.kind === 'sparse') {
    yield [`${where} values`, undefined, attribute.value.values];
    yield [`${where} indices`, undefined, attribute.value.indices];
  }
  if (attribute.kind === 'graph') yield* graphTensors(`${where}/`, attribute.value);
  if (attribute.kind === 'graphs') {
    for (const [i, graph] of attribute.value.entries()) yield* graphTensors(`${where}[${i}]/`, graph);
  }
}

describe.each(Object.entries(vectors.models))('%s', (name, expected) => {
  test('every tensor is listed and has the bytes that Python’s onnx reads', async () => {
    const opened = await openModel(pathOf(name));
    expect(opened.warnings).toEqual([]);
    const found = [...tensorsOf(opened.model)];
    expect(found.length).toBe(expected.length);
    for (const [i, [where, tensorName, tensor]] of found.entries()) {
      const bytes = await tensor.bytes.read();
      const [expectedWhere, expectedName, type, shape, byteLength, sha256] = expected[i]!;
      expect([where, elementTypes[tensor.elementType].code, tensor.shape]).toEqual([expectedWhere, type, shape]);
      expect(tensorName ?? expectedName).toBe(expectedName);
      expect(bytes.byteLength).toBe(byteLength);
      expect(tensor.bytes.byteLength).toBe(byteLength);
      expect(createHash('sha256').update(bytes).digest('hex').slice(0, 16)).toBe(sha256);
      if (tensor.bytes.resident) expect(Buffer.compare(tensor.bytes.resident, bytes)).toBe(0);
    }
    await opened.close();
  });
});

test('a model with every field, unknown ones included, is the same to the byte after opening and encoding', async () => {
  const opened = await openModel(everything);
  const encoded = await encodeModel(opened.model);
  await opened.close();
  expect(Buffer.from(encoded).equals(await readFile(everything))).toBe(true);
});
