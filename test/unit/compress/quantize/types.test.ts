import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Applied, Range } from '../../../../src/compress/method.js';
import { preferredChoices } from '../../../../src/compress/method.js';
import { parseSettings } from '../../../../src/compress/options.js';
import { quantize } from '../../../../src/compress/quantize/quantize.js';
import { seededRandom } from '../../../../src/data/random.js';
import type { Attribute, Model } from '../../../../src/graph/model.js';
import { intAttribute } from '../../../../src/graph/node.js';
import { validate } from '../../../../src/graph/validate.js';
import { laboratoryOn } from '../../../../src/recipe/laboratory.js';
import { loadModel } from '../../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../../src/runtime/runtime.js';
import type { TensorArray } from '../../../../src/tensor/tensor.js';
import { runnerPath } from '../../runnerPath.js';
import { constant, floatInput, modelOf, node } from './smallModels.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const random = seededRandom(3);
const spread = (count: number, scale: number) => Array.from({ length: count }, () => (random() * 2 - 1) * scale);
const weights = { conv: spread(16 * 3 * 9, 0.4), bias: spread(16, 0.2), product: spread(32 * 6, 0.5) };

/** x [1,3,10,10] -> Conv -> Relu -> MaxPool -> Reshape [-1,32] -> MatMul [32,6] -> y; 6 columns are no multiple of 4. */
function network(): Model {
  const two: Attribute = { kind: 'ints', value: [2n, 2n] };
  const pooled = { kernel_shape: two, strides: two };
  return modelOf({
    inputs: [floatInput('x', [1, 3, 10, 10])],
    outputs: [floatInput('y', [8, 6])],
    nodes: [
      node('Conv', ['x', 'wc', 'bc'], ['c'], 'conv'),
      node('Relu', ['c'], ['r'], 'relu'),
      node('MaxPool', ['r'], ['p'], 'pool', pooled),
      node('Reshape', ['p', 'shape'], ['f'], 'flat'),
      node('MatMul', ['f', 'wp'], ['y'], 'product'),
    ],
    constants: {
      wc: constant([16, 3, 3, 3], weights.conv),
      bc: constant([16], weights.bias),
      wp: constant([32, 6], weights.product),
      shape: constant([2], [-1n, 32n]),
    },
  });
}

const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };
const inputOf = (numbers: ArrayLike<number>): Record<string, TensorArray> => ({
  x: { elementType: 'float32', shape: [1, 3, 10, 10], data: Float32Array.from(numbers) },
});
const samples = Array.from({ length: 6 }, () => inputOf(spread(300, 2)));

async function run(model: Model, feeds: Record<string, TensorArray>, outputs = ['y']) {
  const session = await loadModel(runtime, model, {}, { name: 'network' });
  try {
    return await session.run(feeds, outputs);
  } finally {
    await session.release();
  }
}

async function ranges(model: Model, values: readonly string[]): Promise<Map<string, Range>> {
  if (values.length === 0) return new Map();
  const copy = { ...model, graph: network().graph };
  for (const name of values) if (!copy.graph.isOutput(name)) copy.graph.outputs.push(floatInput(name, []));
  for (const info of copy.graph.outputs) if (info.name !== 'y') delete info.type;
  copy.graph.boundaryChanged();
  const found = new Map<string, Range>();
  for (const feeds of samples) {
    const results: Record<string, TensorArray> = {
      ...(await run(
        copy,
        feeds,
        values.filter((name) => name !== 'x'),
      )),
      x: feeds.x!,
    };
    for (const name of values) {
      const numbers = Float32Array.from(results[name]!.data as Float32Array);
      const { min, max } = found.get(name) ?? { min: Infinity, max: -Infinity };
      found.set(name, { min: Math.min(min, ...numbers), max: Math.max(max, ...numbers) });
    }
  }
  return found;
}

async function compressed(settings: readonly string[], original = network()): Promise<Applied> {
  const options = parseSettings(quantize, settings);
  const { model } = await quantize.prepare(original, options, work);
  const choices = preferredChoices(quantize.candidates(model, options, work.target));
  const request = quantize.statistics(model, choices, options);
  const statistics = { ranges: await ranges(original, request.ranges) };
  const applied = await quantize.apply({ model, choices, statistics, options, ...work });
  validate(applied.model);
  return applied;
}

async function decibels(model: Model): Promise<number> {
  let signal = 0;
  let noise = 0;
  for (const feeds of samples) {
    const exact = (await run(network(), feeds)).y!.data as Float32Array;
    const found = (await run(model, feeds)).y!.data as Float32Array;
    exact.forEach((value, i) => {
      signal += value ** 2;
      noise += (value - found[i]!) ** 2;
    });
  }
  return 10 * Math.log10(signal / noise);
}

const storedTypes = ({ graph }: Model) =>
  graph.nodes
    .filter((each) => each.is('DequantizeLinear') && graph.initializers.has(each.inputs[0]!))
    .map((each) => graph.initializers.get(each.inputs[0]!)!.tensor.elementType)
    .filter((type) => type !== 'int32');

/** Fewer bits leave more noise: about 6 dB a bit. */
const cases: readonly (readonly [settings: string, decibels: number, opset: number, stored: readonly string[]])[] = [
  ['activationType=uint8 weightType=int8', 28, 13, ['int8', 'int8']],
  ['activationType=uint8 weightType=int8 restrictedAsymmetric=true', 28, 13, ['int8', 'int8']],
  ['activationType=uint8 weightType=int8 powerOfTwoScales=true', 22, 13, ['int8', 'int8']],
  ['activationType=int16 weightType=int8', 30, 21, ['int8', 'int8']],
  ['activationType=uint16 weightType=int16', 70, 21, ['int16', 'int16']],
  ['activationType=uint16 weightType=uint16', 70, 21, ['uint16', 'uint16']],
  ['activationType=uint8 weightType=int4', 14, 21, ['int4', 'int4']],
  ['activationType=float32 weightType=uint4', 14, 21, ['uint4', 'uint4']],
  ['activationType=float32 weightType=int4 blockSize=16', 14, 21, ['int4', 'int4']],
  // onnxruntime makes int8 of float weights between quantized activations when it loads the model.
  ['activationType=uint16 weightType=float32', 40, 21, []],
  ['activationType=float32 weightType=int2 weightCalibration=mse', 4, 25, ['int2', 'int4']],
  ['activationType=float32 weightType=uint2', 4, 25, ['uint2', 'uint4']],
  ['activationType=float32 weightType=float8e4m3fn', 20, 19, ['float8e4m3fn', 'float8e4m3fn']],
  ['activationType=float32 weightType=float8e5m2', 15, 19, ['float8e5m2', 'float8e5m2']],
  ['scheme=simulated bits=3 activationType=float32', 9, 13, ['int8', 'int8']],
  ['scheme=simulated bits=6 activationBits=5', 18, 13, ['int8', 'int8']],
  ['scheme=simulated bits=8 activationBits=8', 28, 13, ['uint8', 'uint8']],
  ['scheme=simulated bits=12 activationBits=10', 45, 21, ['int16', 'int16']],
];

describe('a network with each type', () => {
  it.each(cases)(
    '%s runs in onnxruntime with at least %s dB, by operator set %s',
    async (settings, least, opset, types) => {
      const { model } = await compressed(settings.split(' '));
      expect(model.opsets.get('')).toBe(opset);
      expect(storedTypes(model)).toEqual(types);
      expect(await decibels(model)).toBeGreaterThan(least);
    },
  );

  it('makes scales powers of two', async () => {
    const { model } = await compressed(['powerOfTwoScales=true']);
    const { graph } = model;
    const scales = graph.nodes
      .filter((each) => each.is('QuantizeLinear') || each.is('DequantizeLinear'))
      .map((each) => graph.initializers.get(each.inputs[1]!)!.tensor);
    for (const { bytes } of scales) {
      const numbers = new Float32Array((await bytes.read()).buffer as ArrayBuffer);
      for (const scale of numbers) expect(Number.isInteger(Math.log2(scale))).toBe(true);
    }
  });

  it('gives each block its scale, and one a channel where the axis is shorter than a block', async () => {
    const { model } = await compressed(['activationType=float32', 'weightType=int8', 'blockSize=16']);
    const { graph } = model;
    const scaleOf = (weight: string) => graph.initializers.get(graph.producer(weight)!.inputs[1]!)!.tensor.shape;
    expect(scaleOf('wp')).toEqual([2, 6]);
    expect(graph.producer('wp')!.attributes.get('block_size')).toEqual(intAttribute(16));
    expect(scaleOf('wc')).toEqual([16]);
  });
});

describe('a simulated width', () => {
  it('never emits a code outside of it, however far inputs lie from the calibrated range', async () => {
    const widths = fc.record({
      activationBits: fc.integer({ min: 2, max: 12 }),
      type: fc.constantFrom('uint8', 'int8'),
      symmetric: fc.boolean(),
      reach: fc.double({ min: -3, max: 12, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(widths, async ({ activationBits, type, symmetric, reach }) => {
        const settings = ['scheme=simulated', 'bits=4', `activationBits=${activationBits}`, `activationType=${type}`];
        const { model } = await compressed([...settings, `symmetricActivations=${symmetric}`]);
        const codes = model.graph.nodes.filter((each) => each.is('QuantizeLinear')).map((each) => each.outputs[0]!);
        expect(codes.length).toBeGreaterThan(2);
        model.graph.outputs.push(...codes.map((name) => ({ name })));
        model.graph.boundaryChanged();
        const [least, greatest] =
          type === 'int8'
            ? [-(2 ** (activationBits - 1)), 2 ** (activationBits - 1) - 1]
            : [0, 2 ** activationBits - 1];
        const results = await run(model, inputOf(spread(300, 10 ** reach)), codes);
        for (const name of codes) {
          for (const code of results[name]!.data as Uint8Array) {
            expect(code).toBeGreaterThanOrEqual(least);
            expect(code).toBeLessThanOrEqual(greatest);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('tells logical and stored bits', async () => {
    const { applied, notes } = await compressed(['scheme=simulated', 'bits=3', 'activationType=float32']);
    expect(applied.find(({ layer }) => layer === 'conv')!.choice).toBe('float32 x 3 bits in float32 x int8');
    const note = notes.find(({ id }) => id === 'compress.quantize.note.simulated-bits');
    expect(note?.params).toMatchObject({ bits: '3', storedBits: '8', count: 16 * 27 + 192 });
  });
});

describe('overrides', () => {
  const overridden = (overrides: object, ...settings: string[]) =>
    compressed([...settings, `overrides=${JSON.stringify(overrides)}`]);

  it('give a layer its own types, and a value that layers share the wider one', async () => {
    const { model, applied } = await overridden({ product: { weightType: 'int4', activationType: 'uint16' } });
    expect(applied.map(({ layer, choice }) => [layer, choice])).toContainEqual(['product', 'uint16 x int4']);
    const typeOf = (weight: string) =>
      model.graph.initializers.get(model.graph.producer(weight)!.inputs[0]!)!.tensor.elementType;
    expect([typeOf('wc'), typeOf('wp')]).toEqual(['int8', 'int4']);
    expect(await decibels(model)).toBeGreaterThan(14);
  });

  it('set the range or the grid of a value by hand', async () => {
    const { model } = await overridden({ 'tensor:x': { range: [-8, 8] }, 'tensor:y': { scale: 0.125, zeroPoint: 7 } });
    const quantizerOf = async (index: number, value: string) => {
      const reader = model.graph.nodes.find(
        (each) => each.is('QuantizeLinear') && (each.inputs[0] === value || each.inputs[0] === `${value}_float`),
      )!;
      const bytes = await model.graph.initializers.get(reader.inputs[index]!)!.tensor.bytes.read();
      return index === 1 ? new DataView(bytes.buffer).getFloat32(0, true) : bytes[0];
    };
    expect(await quantizerOf(1, 'x')).toBe(Math.fround(16 / 255));
    expect(await quantizerOf(1, 'y')).toBe(0.125);
    expect(await quantizerOf(2, 'y')).toBe(7);
  });

  it('refuse patterns that match nothing, and wrong fields and values, by name', async () => {
    const refusals: [object, string, object][] = [
      [{ convv: { weightType: 'int4' } }, 'compress.no-such-layer', { nearest: 'conv' }],
      [{ 'tensor:xx': { range: [0, 1] } }, 'compress.no-such-value', { nearest: 'x' }],
      [{ conv: { weightTyp: 'int4' } }, 'compress.quantize.overrides.unknown-field', { nearest: 'weightType' }],
      [{ conv: { weightType: 'int5' } }, 'compress.quantize.overrides.wrong-value', { value: '"int5"' }],
      [{ 'tensor:x': { range: [1, 0] } }, 'compress.quantize.overrides.wrong-value', { field: 'range' }],
      [{ 'tensor:x': { zeroPoint: 3 } }, 'compress.quantize.overrides.zero-point', { key: 'tensor:x' }],
    ];
    for (const [overrides, code, params] of refusals) {
      await expect(overridden(overrides)).rejects.toMatchObject({ code, params });
    }
    await expect(compressed(['overrides={"conv"'])).rejects.toMatchObject({
      code: 'compress.quantize.overrides.not-json',
    });
  });
});

describe('options that contradict each other', () => {
  it.each([
    ['bits=3', 'compress.quantize.bits-are-simulated'],
    ['blockSize=20', 'compress.quantize.block-size'],
    ['activationType=float32 weightType=float32', 'compress.quantize.all-float'],
    ['weightType=int4 upgradeOpset=false', 'compress.quantize.opset-too-old'],
    ['activationType=uint4', 'compress.quantize.activation-type'],
    ['activationType=float8e4m3fn', 'compress.quantize.activation-type'],
    ['scheme=dynamic weightType=int4', 'compress.quantize.dynamic-weight-type'],
    ['scheme=simulated weightType=float8e5m2', 'compress.quantize.simulated-float8'],
    ['compat=onnxruntime powerOfTwoScales=true', 'compress.quantize.not-in-onnxruntime'],
  ])('%s are refused', async (settings, code) => {
    await expect(compressed(settings.split(' '))).rejects.toMatchObject({ code });
  });
});

describe('preparation', () => {
  it('computes what depends on constants alone, and quantizes the weight that comes of it', async () => {
    const original = network();
    const product = original.graph.nodes.find(({ name }) => name === 'product')!;
    original.graph.setInputs(product, ['f', 'turned']);
    const columns = Array.from({ length: 192 }, (_, i) => weights.product[(i % 32) * 6 + Math.floor(i / 32)]!);
    original.graph.initializers.set('wp', { name: 'wp', tensor: constant([6, 32], columns) });
    original.graph.insertBefore(product, node('Transpose', ['wp'], ['turned'], 'turn'));
    const laboratory = laboratoryOn({ sampleCount: 0 } as never, runtime, 'network');
    const options = parseSettings(quantize, []);
    const { model, notes } = await quantize.prepare(original, options, { ...work, laboratory });
    expect(model.graph.nodes.map(({ opType }) => opType)).not.toContain('Transpose');
    const folded = await model.graph.initializers.get('turned')!.tensor.bytes.read();
    expect([...new Float32Array(folded.buffer as ArrayBuffer)]).toEqual([...Float32Array.from(weights.product)]);
    expect(notes.map(({ id }) => id)).toContain('compress.quantize.note.folded-constants');
    const kept = await quantize.prepare(original, { ...options, foldConstants: false }, { ...work, laboratory });
    expect(kept.model.graph.nodes.map(({ opType }) => opType)).toContain('Transpose');
  });

  it('writes inferred shapes into the file where asked to', async () => {
    const options = parseSettings(quantize, ['inferShapes=true']);
    const { model } = await quantize.prepare(network(), options, work);
    expect(model.graph.valueInfos.get('p')?.type).toMatchObject({ elementType: 'float32', shape: [1, 16, 4, 4] });
  });
});
