import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Graph } from '../../../src/graph/graph.js';
import { layersOf } from '../../../src/graph/layers.js';
import type { Initializer, Model } from '../../../src/graph/model.js';
import { intAttribute, Node } from '../../../src/graph/node.js';
import { integerCodes } from '../../../src/inspect/integerCodes.js';
import { bytesOfNumbers } from '../../../src/tensor/numbers.js';
import type { ElementType } from '../../../src/tensor/elementType.js';
import { tensorOf } from '../../../src/tensor/tensor.js';

const constant = (name: string, type: ElementType, shape: number[], numbers: readonly number[]): Initializer => ({
  name,
  tensor: tensorOf(type, shape, bytesOfNumbers(type, numbers)),
});

function modelOf(nodes: Node[], initializers: Initializer[], output: string): Model {
  const value = (name: string, shape: number[]) => ({
    name,
    type: { kind: 'tensor', elementType: 'float32', shape } as const,
  });
  const graph = new Graph({
    name: 'codes',
    nodes,
    inputs: [value('x', [1, 8])],
    outputs: [value(output, [1, 4])],
    initializers,
  });
  return { irVersion: 10, opsets: new Map([['', 21]]), metadata: new Map(), graph, functions: [] };
}

/** x [1, 8] times a weight [8, 4] behind a DequantizeLinear with a scale a column. */
function dequantized(type: ElementType, codes: readonly number[], scales: readonly number[]): Model {
  return modelOf(
    [
      new Node({
        opType: 'DequantizeLinear',
        inputs: ['w', 's'],
        outputs: ['r'],
        attributes: new Map([['axis', intAttribute(1)]]),
      }),
      new Node({ opType: 'MatMul', name: 'product', inputs: ['x', 'r'], outputs: ['y'] }),
    ],
    [constant('w', type, [8, 4], codes), constant('s', 'float32', [4], scales)],
    'y',
  );
}

async function codesOf(model: Model, layer: string) {
  const found = layersOf(model).find(({ name }) => name === layer)!;
  return (await integerCodes(found, found.weights[0]!))!;
}

const ranges = { int2: [-2, 1], uint4: [0, 15], int4: [-8, 7], int8: [-128, 127], uint8: [0, 255] } as const;

describe('the integers of a quantized weight', () => {
  it('are counted, each code for itself', async () => {
    const types = Object.keys(ranges) as (keyof typeof ranges)[];
    const weight = fc
      .constantFrom(...types)
      .chain((type) =>
        fc.tuple(
          fc.constant(type),
          fc.array(fc.integer({ min: ranges[type][0], max: ranges[type][1] }), { minLength: 32, maxLength: 32 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(weight, async ([type, codes]) => {
        const found = await codesOf(dequantized(type, codes, [1, 2, 3, 4]), 'product');
        const [first, last] = ranges[type];
        expect([found.first, found.last]).toEqual([first, last]);
        expect(found.counts).toHaveLength(last - first + 1);
        for (let code = first; code <= last; code++) {
          expect(found.counts[code - first]).toBe(codes.filter((each) => each === code).length);
        }
        expect(found.used).toBe(new Set(codes).size);
        expect([found.least, found.greatest]).toEqual([Math.min(...codes), Math.max(...codes)]);
        expect(found.atLeast).toBe(codes.filter((each) => each === found.least).length);
        expect(found.elements).toBe(32);
        expect([...found.scales]).toEqual([1, 2, 3, 4]);
        expect([...found.zeroPoints]).toEqual([0, 0, 0, 0]);
        expect(found.axis).toBe(1);
      }),
    );
  });

  it('share a count where there are many, and are still told apart', async () => {
    const codes = Array.from({ length: 32 }, (_, i) => i * 2000 - 32000);
    const found = await codesOf(dequantized('int16', codes, [1, 1, 1, 1]), 'product');
    expect(found.counts).toHaveLength(256);
    expect(found.codesPerCount).toBe(256);
    expect(found.counts.reduce((sum, count) => sum + count)).toBe(32);
    expect(found.used).toBe(32);
    expect([found.least, found.greatest]).toEqual([-32000, 30000]);
  });

  it('are unpacked from MatMulNBits, without what fills up the last block', async () => {
    // Rows of 20 numbers of 4 bits in blocks of 16: 32 fit, 12 of them nothing.
    const rows = Array.from({ length: 2 }, (_, row) =>
      Array.from({ length: 32 }, (_, k) => (k < 20 ? (k + row) % 16 : 9)),
    );
    const packed = rows.flatMap((row) => Array.from({ length: 16 }, (_, i) => row[2 * i]! | (row[2 * i + 1]! << 4)));
    const attributes = { K: 20, N: 2, bits: 4, block_size: 16 };
    const node = new Node({
      opType: 'MatMulNBits',
      domain: 'com.microsoft',
      name: 'product',
      inputs: ['x', 'w', 's'],
      outputs: ['y'],
      attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, intAttribute(value)])),
    });
    const model = modelOf(
      [node],
      [constant('w', 'uint8', [2, 2, 8], packed), constant('s', 'float32', [4], [1, 2, 3, 4])],
      'y',
    );
    const found = await codesOf(model, 'product');
    expect([found.first, found.last, found.elements, found.used]).toEqual([0, 15, 40, 16]);
    for (let code = 0; code < 16; code++) {
      const expected = rows.flatMap((row) => row.slice(0, 20)).filter((each) => each === code).length;
      expect(found.counts[code]).toBe(expected);
    }
    expect([...found.zeroPoints]).toEqual([8, 8, 8, 8]);
    expect(found.blockSize).toBe(16);
  });

  it('are none where a weight is a float', async () => {
    const model = modelOf(
      [new Node({ opType: 'MatMul', name: 'product', inputs: ['x', 'w'], outputs: ['y'] })],
      [constant('w', 'float32', [8, 4], new Array<number>(32).fill(0.5))],
      'y',
    );
    const layer = layersOf(model)[0]!;
    expect(await integerCodes(layer, layer.weights[0]!)).toBeUndefined();
  });
});
