import { describe, expect, it } from 'vitest';
import { additionPj, macPj } from '../../../../src/inspect/cost/energyTable.js';
import { tensorOf } from '../../../../src/tensor/tensor.js';
import type { Initializer } from '../../../../src/graph/model.js';
import type { graph } from '../../graph/builders.js';
import { floats, info, initializer, int64s, int8s, model, node } from '../../graph/builders.js';
import { structureOf } from './models.js';

const uint8s = (...values: number[]) => tensorOf('uint8', [], new Uint8Array(values));
const scale = (name: string) => initializer(name, floats([], [0.1]));
const dense = int8s([40, 10]);

function costsOf(init: Parameters<typeof graph>[0], shapes?: Record<string, number[]>) {
  const { layerCards, card } = structureOf(
    model(init, 21, {
      opsets: new Map([
        ['', 21],
        ['com.microsoft', 1],
      ]),
    }),
    shapes,
  );
  return { of: Object.fromEntries(layerCards.map(({ name, cost }) => [name, cost])), card };
}

/** x [rows, 40] times an int8 weight, all in QDQ form, with a bias where wanted. */
function qdqProduct({ activation = 0, weight = 0 }: { activation?: number; weight?: number }) {
  const zero = activation === 0 ? ['q'] : ['q', 'zx'];
  const initializers: Initializer[] = [scale('sx'), scale('sw'), scale('sy'), initializer('w', dense)];
  initializers.push(initializer('zx', uint8s(activation)), initializer('zw', int8s([], [weight])));
  initializers.push(initializer('q', uint8s(0)));
  return costsOf({
    inputs: [info('x', ['batch', 40])],
    outputs: [info('y')],
    initializers,
    nodes: [
      node('QuantizeLinear', ['x', 'sx', zero.at(-1)!], ['xq'], {}, { name: 'quantize' }),
      node('DequantizeLinear', ['xq', 'sx', zero.at(-1)!], ['xd'], {}, { name: 'dequantize' }),
      node('DequantizeLinear', ['w', 'sw', 'zw'], ['wd'], {}, { name: 'weight' }),
      node('MatMul', ['xd', 'wd'], ['m'], {}, { name: 'product' }),
      node('QuantizeLinear', ['m', 'sy', 'q'], ['yq'], {}, { name: 'requantize' }),
      node('DequantizeLinear', ['yq', 'sy', 'q'], ['y'], {}, { name: 'result' }),
    ],
  });
}

describe('bytes that a layer moves', () => {
  it('are its inputs, each once, its outputs, and its constants', () => {
    const { of } = costsOf({
      inputs: [info('x', ['batch', 8])],
      outputs: [info('y')],
      initializers: [initializer('b', floats([8]))],
      nodes: [
        node('Mul', ['x', 'x'], ['square'], {}, { name: 'square' }),
        node('Add', ['square', 'b'], ['sum'], {}, { name: 'add' }),
        node('Reshape', ['sum', 'shape'], ['y'], {}, { name: 'view' }),
        node('Constant', [], ['shape'], { value: int64s([-1]) }),
      ],
    });
    expect(of.square).toMatchObject({ readBytes: 32, writtenBytes: 32, weightBytes: 0, bitOperations: 0 });
    expect(of.add).toMatchObject({ readBytes: 32, writtenBytes: 32, weightBytes: 32 });
    expect(of.view).toMatchObject({ readBytes: 0, writtenBytes: 0 });
  });

  it('are the rows of a table that are looked up, and not the table', () => {
    const { of } = costsOf({
      inputs: [info('ids', ['batch', 3], 'int64')],
      outputs: [info('y')],
      initializers: [initializer('table', floats([1000, 4]))],
      nodes: [node('Gather', ['table', 'ids'], ['y'], {}, { name: 'embed' })],
    });
    expect(of.embed).toMatchObject({ weightBytes: 3 * 4 * 4, readBytes: 3 * 8, writtenBytes: 3 * 4 * 4 });
  });

  it('are integers between a QuantizeLinear and its DequantizeLinear, and real numbers at the ends', () => {
    const { of, card } = qdqProduct({});
    expect(of.quantize).toMatchObject({ readBytes: 160, writtenBytes: 40 });
    expect(of.dequantize).toMatchObject({ readBytes: 0, writtenBytes: 0 });
    expect(of.weight).toMatchObject({ readBytes: 0, writtenBytes: 0, weightBytes: 0 });
    expect(of.product).toMatchObject({ readBytes: 40, writtenBytes: 10, weightBytes: 400 + 4 + 1 });
    expect(of.requantize).toMatchObject({ readBytes: 0, writtenBytes: 0 });
    expect(of.result).toMatchObject({ readBytes: 10, writtenBytes: 40 });
    // The input as long as it is read, and what is made of it.
    expect(card.cost.peakActivationBytes).toBe(160 + 40);
  });

  it('leave out what is computed from constants alone', () => {
    const { of, card } = costsOf({
      inputs: [info('x', ['batch', 4])],
      outputs: [info('y')],
      initializers: [initializer('w', floats([4, 4]))],
      nodes: [
        node('Transpose', ['w'], ['wt'], {}, { name: 'transpose' }),
        node('MatMul', ['x', 'wt'], ['y'], {}, { name: 'product' }),
      ],
    });
    expect(of.transpose).toMatchObject({ readBytes: 0, writtenBytes: 0 });
    expect(of.product).toMatchObject({ readBytes: 16, writtenBytes: 16 });
    expect(card.cost.peakActivationBytes).toBe(32);
  });

  it('are unknown where sizes are, and known for the sizes of a run', () => {
    const init = {
      inputs: [info('x', ['batch', 'length'])],
      outputs: [info('y')],
      nodes: [node('Relu', ['x'], ['y'], {}, { name: 'relu' })],
    };
    expect(costsOf(init).of.relu).toMatchObject({ readBytes: null, writtenBytes: null, energy: null });
    expect(costsOf(init).card.cost).toMatchObject({ activationBytes: null, energy: null, unknownLayers: 1 });
    expect(costsOf(init, { x: [1, 7] }).card.cost).toMatchObject({ activationBytes: 56, unknownLayers: 0 });
  });
});

describe('bit operations and energy', () => {
  it('go by the bits of both factors', () => {
    const { of, card } = qdqProduct({});
    expect(of.product).toMatchObject({
      unit: { kind: 'integer', weightBits: 8, activationBits: 8 },
      bitOperations: 400 * 64,
      areaUm2: 282 + 137,
    });
    expect(of.product!.energy!.computePj).toBeCloseTo(400 * 0.3, 9);
    expect(of.product!.energy!.sramPj).toBeCloseTo((50 * 5) / 4, 9);
    expect(of.product!.energy!.dramPj).toBeCloseTo(405 * 160, 9);
    expect(card.cost.units).toEqual([expect.objectContaining({ kind: 'integer', macs: 400 })]);
  });

  it('multiply floats where one factor is a float, also a weight that is stored in four bits', () => {
    const { of } = costsOf({
      inputs: [info('x', ['batch', 32])],
      outputs: [info('y')],
      initializers: [
        initializer('packed', tensorOf('uint8', [4, 1, 16], new Uint8Array(64))),
        initializer('s', floats([4])),
      ],
      nodes: [
        node(
          'MatMulNBits',
          ['x', 'packed', 's'],
          ['y'],
          { K: 32, N: 4, bits: 4, block_size: 32 },
          {
            name: 'four',
            domain: 'com.microsoft',
          },
        ),
      ],
    });
    expect(of.four).toMatchObject({
      unit: { kind: 'float', weightBits: 32 },
      bitOperations: 128 * 1024,
      zeroPoints: null,
    });
  });
});

describe('what zero points add', () => {
  it('is nothing where both are 0, and sums of the weight once where only the activation has one', () => {
    expect(qdqProduct({}).of.product!.zeroPoints).toEqual({
      rowSums: 0,
      columnSums: 0,
      foldedSums: 0,
      corrections: 0,
      share: 0,
    });
    expect(qdqProduct({ activation: 7 }).of.product!.zeroPoints).toMatchObject({ foldedSums: 400, share: 0 });
  });

  it('is a sum over the activations and a correction of each output where the weight has one', () => {
    const { of, card } = qdqProduct({ weight: 3 });
    // 40 activations are added once for all 10 columns; 10 outputs are corrected by a product and a sum.
    const share = (40 + 2 * 10) / (2 * 400);
    expect(of.product!.zeroPoints).toEqual({ rowSums: 40, columnSums: 0, foldedSums: 0, corrections: 10, share });
    expect(card.cost.zeroPointShare).toBeCloseTo(share, 12);
    const correction = macPj({ kind: 'integer', weightBits: 32, activationBits: 8 });
    expect(of.product!.energy!.computePj).toBeCloseTo(400 * 0.3 + 40 * additionPj() + 10 * correction, 9);
  });

  it('corrects each output at run time where the zero point of the activations is found there', () => {
    const { of } = costsOf({
      inputs: [info('x', ['batch', 40])],
      outputs: [info('y')],
      initializers: [initializer('w', dense)],
      nodes: [
        node('DynamicQuantizeLinear', ['x'], ['xq', 's', 'z'], {}, { name: 'quantize' }),
        node('MatMulInteger', ['xq', 'w', 'z'], ['y'], {}, { name: 'product' }),
      ],
    });
    expect(of.product).toMatchObject({
      unit: { kind: 'integer' },
      zeroPoints: { rowSums: 0, foldedSums: 400, corrections: 10, share: (2 * 10) / 800 },
    });
  });

  it('is what a plain count over a grouped convolution finds', () => {
    const [groups, inner, outer, kernel, size] = [2, 3, 4, 3, 6];
    const zero = int8s([], [5]);
    const { of } = costsOf({
      inputs: [info('x', ['batch', groups * inner, size, size], 'uint8')],
      outputs: [info('y')],
      initializers: [
        ...['sx', 'sw', 'sy'].map(scale),
        initializer('zx', uint8s(9)),
        initializer('zw', zero),
        initializer('zy', uint8s(0)),
        initializer('w', int8s([groups * outer, inner, kernel, kernel])),
      ],
      nodes: [
        node('QLinearConv', ['x', 'sx', 'zx', 'w', 'sw', 'zw', 'sy', 'zy'], ['y'], { group: groups }, { name: 'conv' }),
      ],
    });
    const counted = { rowSums: 0, corrections: 0, macs: 0 };
    const out = size - kernel + 1;
    for (let group = 0; group < groups; group++) {
      for (let at = 0; at < out * out; at++) {
        for (let tap = 0; tap < inner * kernel * kernel; tap++) counted.rowSums++;
        for (let channel = 0; channel < outer; channel++) {
          counted.corrections++;
          for (let tap = 0; tap < inner * kernel * kernel; tap++) counted.macs++;
        }
      }
    }
    const { macs, rowSums, corrections } = counted;
    expect(of.conv).toMatchObject({
      bitOperations: macs * 64,
      zeroPoints: { rowSums, corrections, share: (rowSums + 2 * corrections) / (2 * macs) },
    });
  });

  it('sums both factors at run time where both are activations', () => {
    const quantized = (name: string) => [
      node('QuantizeLinear', [name, 's', 'z'], [`${name}q`]),
      node('DequantizeLinear', [`${name}q`, 's', 'z'], [`${name}d`]),
    ];
    const { of } = costsOf({
      inputs: [info('a', ['batch', 5, 8]), info('b', ['batch', 8, 6])],
      outputs: [info('y')],
      initializers: [scale('s'), initializer('z', uint8s(4))],
      nodes: [...quantized('a'), ...quantized('b'), node('MatMul', ['ad', 'bd'], ['y'], {}, { name: 'attention' })],
    });
    expect(of.attention!.zeroPoints).toMatchObject({ rowSums: 40, columnSums: 48, foldedSums: 0, corrections: 60 });
  });
});
