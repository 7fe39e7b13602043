import { describe, expect, it } from 'vitest';
import { openModel } from '../../../../src/onnx/openModel.js';
import { realModel } from '../../../fixtures/realModels.js';
import { floats, graph, info, initializer, int64s, model, node } from '../../graph/builders.js';
import { structureOf } from './models.js';

const product = (width: number, input = 'x') =>
  graph({
    nodes: [node('MatMul', [input, 'w'], ['out'], {}, { name: `product${width}` })],
    outputs: [info('out')],
    initializers: [initializer('w', floats([4, width]))],
  });

function executions(of: ReturnType<typeof model>, shapes?: Record<string, number[]>) {
  const { layerCards, card } = structureOf(of, shapes);
  return {
    macs: card.macs,
    cost: card.cost,
    ...Object.fromEntries(layerCards.map(({ name, cost }) => [name, cost.executions])),
  };
}

const branching = (condition: Parameters<typeof initializer>[1] | null) =>
  model({
    inputs: [info('x', ['batch', 4]), ...(condition ? [] : [info('c', [], 'bool')])],
    outputs: [info('y')],
    initializers: condition ? [initializer('c', condition)] : [],
    nodes: [node('If', ['c'], ['y'], { then_branch: product(2), else_branch: product(7) }, { name: 'if' })],
  });
const bool = (value: number) => ({ ...int64s([value], []), elementType: 'bool' as const, bytes: boolBytes(value) });

describe('how often a layer runs', () => {
  it('follows a constant condition, and where it is none the costlier branch', () => {
    expect(executions(branching(bool(1)))).toMatchObject({
      macs: 8,
      'if/then_branch/product2': 1,
      'if/else_branch/product7': 0,
    });
    expect(executions(branching(null))).toMatchObject({
      macs: 28,
      'if/then_branch/product2': 0,
      'if/else_branch/product7': 1,
    });
    expect(executions(branching(null)).cost.bitOperations).toBe(28 * 1024);
  });

  it('leaves out a branch whose sizes contradict the input', () => {
    const of = model({
      inputs: [info('x', ['batch', 'n']), info('c', [], 'bool')],
      outputs: [info('y')],
      nodes: [node('If', ['c'], ['y'], { then_branch: product(3), else_branch: wider() }, { name: 'if' })],
    });
    expect(executions(of, { x: [1, 4] })).toMatchObject({
      macs: 12,
      'if/then_branch/product3': 1,
      'if/else_branch/wide': 0,
    });
    expect(executions(of, { x: [1, 9] })).toMatchObject({
      macs: 90,
      'if/then_branch/product3': 0,
      'if/else_branch/wide': 1,
    });
  });

  it('counts the rounds of a loop, and does not know those that data decides', () => {
    const body = graph({
      inputs: [info('i', [], 'int64'), info('go', [], 'bool'), info('s', [1, 4])],
      nodes: [node('Identity', ['go'], ['stay']), node('MatMul', ['s', 'square'], ['next'], {}, { name: 'step' })],
      outputs: [info('stay', [], 'bool'), info('next')],
      initializers: [initializer('square', floats([4, 4]))],
    });
    const loop = (trips: Parameters<typeof graph>[0]) =>
      model({
        outputs: [info('y')],
        nodes: [node('Loop', ['n', '', 'x'], ['y'], { body }, { name: 'loop' })],
        ...trips,
        inputs: [info('x', [1, 4]), ...(trips.inputs ?? [])],
      });
    expect(executions(loop({ initializers: [initializer('n', int64s([6], []))] }))).toMatchObject({
      macs: 96,
      'loop/body/step': 6,
    });
    const open = executions(loop({ inputs: [info('n', [], 'int64')] }));
    expect(open).toMatchObject({ macs: null, 'loop/body/step': null });
    expect(open.cost).toMatchObject({ bitOperations: null, energy: null });
  });

  it('counts the calls of a local function', () => {
    const body = graph({
      inputs: [{ name: 'a' }],
      outputs: [{ name: 'b' }],
      nodes: [
        node('MatMul', ['a', 'k'], ['b'], {}, { name: 'inside' }),
        node('Constant', [], ['k'], { value: floats([4, 4]) }),
      ],
    });
    const of = model(
      {
        inputs: [info('x', ['batch', 4])],
        outputs: [info('y')],
        nodes: [node('Twice', ['x'], ['h'], {}, { domain: 'own' }), node('Twice', ['h'], ['y'], {}, { domain: 'own' })],
      },
      17,
      {
        functions: [
          {
            domain: 'own',
            name: 'Twice',
            opsets: new Map([['', 17]]),
            attributeNames: [],
            attributeDefaults: new Map(),
            graph: body,
          },
        ],
      },
    );
    expect(executions(of)).toMatchObject({ macs: 32, 'Twice/inside': 2 });
  });
});

describe('the samples of a run', () => {
  const flattened = (rows: number, columns: number) =>
    model({
      inputs: [info('x', [rows, 2, 3])],
      outputs: [info('y')],
      initializers: [initializer('shape', int64s([rows, 6])), initializer('w', floats([6, columns]))],
      nodes: [node('Reshape', ['x', 'shape'], ['h']), node('MatMul', ['h', 'w'], ['y'])],
    });

  it('are the first dimension that inputs and outputs share, also where a Reshape has it as a number', () => {
    expect(structureOf(flattened(8, 5)).card.macs).toBe(30);
    expect(structureOf(flattened(1, 5)).card.macs).toBe(30);
  });

  it('are one where the first dimension is something else', () => {
    // An image without a batch: three channels in, three out.
    const picture = model({
      inputs: [info('x', [3, 6, 6])],
      outputs: [info('y')],
      initializers: [initializer('zero', int64s([0])), initializer('w', floats([3, 3, 1, 1]))],
      nodes: [
        node('Unsqueeze', ['x', 'zero'], ['n']),
        node('Conv', ['n', 'w'], ['c']),
        node('Squeeze', ['c', 'zero'], ['y']),
      ],
    });
    expect(structureOf(picture).card.macs).toBe(3 * 36 * 3);
  });
});

describe('real models', () => {
  it('Silero takes the branch that fits its input, with its state and LSTM', async () => {
    const opened = await openModel(realModel('silero-v5'));
    const at = (length: number) => structureOf(opened.model, { input: [1, length], state: [2, 1, 128], sr: [] }).card;
    try {
      expect(structureOf(opened.model).card).toMatchObject({ macs: null, cost: { energy: null } });
      // 16 kHz takes 512 samples and 64 before them, 8 kHz half of both.
      const [fine, coarse] = [at(576), at(288)];
      expect(fine.macs).toBe(fineMacs);
      expect(coarse.macs).toBeLessThan(fine.macs!);
      for (const { cost } of [fine, coarse]) {
        expect(cost.unknownLayers).toBe(0);
        expect(cost.peakActivationBytes).toBeGreaterThan(0);
      }
    } finally {
      await opened.close();
    }
  });
});

/**
 * 16 kHz, 576 samples: a spectrum of 258 rows over windows of 256 samples, 128 apart, after 64 more are reflected: 4 of
 * them; convolutions of kernel 3 with strides 1, 2, 2, 1 over 4, 2, 1, 1 positions; an LSTM of 128; a last weight each.
 */
const fineMacs =
  258 * 256 * 4 + 128 * 129 * 3 * 4 + 64 * 128 * 3 * 2 + 64 * 64 * 3 + 128 * 64 * 3 + 4 * 128 * (128 + 128) + 128;

function wider() {
  return graph({
    nodes: [node('MatMul', ['x', 'v'], ['out'], {}, { name: 'wide' })],
    outputs: [info('out')],
    initializers: [initializer('v', floats([9, 10]))],
  });
}

function boolBytes(value: number) {
  const bytes = new Uint8Array([value]);
  return { byteLength: 1, resident: bytes, read: () => Promise.resolve(bytes) };
}
