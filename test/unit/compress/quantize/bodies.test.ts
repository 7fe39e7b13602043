import { afterAll, describe, expect, it } from 'vitest';
import type { Skipped } from '../../../../src/compress/method.js';
import { seededRandom } from '../../../../src/data/random.js';
import { Graph } from '../../../../src/graph/graph.js';
import type { Model } from '../../../../src/graph/model.js';
import type { Node } from '../../../../src/graph/node.js';
import { scopesOf } from '../../../../src/graph/scope.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import { createRuntime } from '../../../../src/runtime/runtime.js';
import type { Feeds } from '../../../../src/runtime/session.js';
import type { Tensor } from '../../../../src/tensor/tensor.js';
import { vadPath } from '../../models.js';
import { runnerPath } from '../../runnerPath.js';
import { agreement, datasetOf, quantizedOn } from './quantizedRun.js';
import { constant, floatInput, modelOf, node } from './smallModels.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const schemes = [['scheme=static'], ['format=qoperator'], ['scheme=dynamic']];

function body(nodes: Node[], output: string, constants: Readonly<Record<string, Tensor>>): Graph {
  const initializers = Object.entries(constants).map(([name, tensor]) => ({ name, tensor }));
  return new Graph({ name: output, nodes, outputs: [{ name: output }], initializers });
}

/** x -> MatMul -> Relu -> If: one of two products, the second of which reads a constant of the main graph. */
function choiceModel(): Model {
  const then = body([node('MatMul', ['r', 'wt'], ['t'], 'then product')], 't', {
    wt: constant([2, 2], [1, -2, 0.5, 3]),
  });
  const otherwise = body([node('MatMul', ['r', 'w'], ['e'], 'else product')], 'e', {});
  return modelOf({
    nodes: [
      node('MatMul', ['x', 'w'], ['m'], 'product'),
      node('Relu', ['m'], ['r'], 'relu'),
      node('If', ['which'], ['y'], 'choice', {
        then_branch: { kind: 'graph', value: then },
        else_branch: { kind: 'graph', value: otherwise },
      }),
    ],
    inputs: [floatInput('x', [1, 2]), { name: 'which', type: { kind: 'tensor', elementType: 'bool', shape: [] } }],
    outputs: [floatInput('y', [1, 2])],
    constants: { w: constant([2, 2], [1, -1, 2, 0.25]) },
  });
}

function samples(which: (sample: number) => boolean): Feeds[] {
  const random = seededRandom(3);
  return Array.from({ length: 16 }, (_, i) => ({
    x: { elementType: 'float32', shape: [1, 2], data: Float32Array.of(random() * 4 - 2, random() * 4 - 2) },
    which: { elementType: 'bool', shape: [], data: Uint8Array.of(which(i) ? 1 : 0) },
  }));
}

const operatorsOf = (model: Model) =>
  [...scopesOf(model)].flatMap(({ graph }) => graph.nodes.map((each) => each.opType));
const reasonOf = (skipped: readonly Skipped[], layer: string) =>
  skipped.find((each) => each.layer === layer)?.reason.id;

describe('layers in the bodies of an If', () => {
  it.each(schemes)('are quantized like all others: %s', async (...settings) => {
    const model = choiceModel();
    const feeds = samples((i) => i % 2 === 0);
    const { model: made, applied } = await quantizedOn(runtime, model, datasetOf(feeds), settings);
    expect(applied.map(({ layer }) => layer)).toEqual(
      expect.arrayContaining(['product', 'choice/then_branch/then product', 'choice/else_branch/else product']),
    );
    const floats = [...scopesOf(made)].flatMap(({ graph }) =>
      [...graph.initializers.values()].filter(
        ({ tensor }) => tensor.elementType === 'float32' && tensor.shape.length > 1,
      ),
    );
    expect(floats).toEqual([]);
    expect(await agreement(runtime, [model, made], feeds, 'y')).toBeGreaterThan(30);
  });

  it('read what a Relu around them gives, not what it is given', async () => {
    const { model } = await quantizedOn(runtime, choiceModel(), datasetOf(samples((i) => i % 2 === 0)));
    expect(operatorsOf(model)).toContain('Relu');
  });

  it('stay as they are in a branch that no sample took', async () => {
    const { applied, skipped } = await quantizedOn(runtime, choiceModel(), datasetOf(samples(() => true)));
    expect(applied.map(({ layer }) => layer)).toContain('choice/then_branch/then product');
    expect(reasonOf(skipped, 'choice/else_branch/else product')).toBe('compress.quantize.skipped.body-not-run');
  });

  it.each(schemes)('can be excluded by name: %s', async (...settings) => {
    const all = [...settings, 'exclude=*then*'];
    const { model, applied, candidates } = await quantizedOn(
      runtime,
      choiceModel(),
      datasetOf(samples((i) => i > 7)),
      all,
    );
    expect(applied.map(({ layer }) => layer)).not.toContain('choice/then_branch/then product');
    expect(reasonOf(candidates.skipped, 'choice/then_branch/then product')).toBe('compress.skipped.excluded');
    const then = [...scopesOf(model)].find(({ graph }) => graph.name === 't')!.graph;
    expect(then.initializers.get('wt')?.tensor.elementType).toBe('float32');
  });

  it.each(schemes)('can be the only ones that are wanted: %s', async (...settings) => {
    const all = [...settings, 'include=choice/then_branch/*'];
    const { applied, candidates } = await quantizedOn(runtime, choiceModel(), datasetOf(samples((i) => i > 7)), all);
    expect(applied.map(({ layer }) => layer)).toEqual(['choice/then_branch/then product']);
    expect(reasonOf(candidates.skipped, 'choice/else_branch/else product')).toBe('compress.skipped.not-included');
  });

  it('are left as they are by the reference', async () => {
    const { applied, candidates } = await quantizedOn(runtime, choiceModel(), datasetOf(samples((i) => i > 7)), [
      'compat=onnxruntime',
    ]);
    expect(applied.map(({ layer }) => layer)).toEqual(['product', 'relu']);
    expect(reasonOf(candidates.skipped, 'choice/then_branch/then product')).toBe('compress.skipped.subgraph');
  });
});

describe('overrides', () => {
  const quantizedWith = (overrides: object) =>
    quantizedOn(runtime, choiceModel(), datasetOf(samples((i) => i % 2 === 0)), [
      `overrides=${JSON.stringify(overrides)}`,
    ]);
  const constantsOf = (model: Model, graph: string) =>
    [...scopesOf(model)].find((scope) => scope.graph.name === graph)!.graph.initializers;
  const types = (model: Model, graph: string) =>
    [...constantsOf(model, graph)].flatMap(([name, { tensor }]) => (name.endsWith('_q') ? [tensor.elementType] : []));
  /** The scale that a graph quantizes a value with. */
  async function scaleOf(model: Model, graphName: string, value: string): Promise<number | undefined> {
    const { graph } = [...scopesOf(model)].find((scope) => scope.graph.name === graphName)!;
    const quantizer = graph.nodes.find((each) => each.is('QuantizeLinear') && each.inputs[0] === value);
    const scale = graph.initializers.get(quantizer?.inputs[1] ?? '')?.tensor;
    return scale && new Float32Array((await scale.bytes.read()).slice().buffer)[0];
  }

  it('of layers reach into bodies, by name and by glob', async () => {
    const { model, notes, candidates } = await quantizedWith({
      'choice/then_branch/then product': { weightType: 'int4' },
      '*else*': { weightType: 'int16' },
    });
    expect(types(model, 't')).toEqual(['int4']);
    expect(types(model, 'e')).toEqual(['int16']);
    expect(types(model, 'small')).toEqual(['int8']);
    expect(notes.map(({ id }) => id)).not.toContain('compress.quantize.note.override-without-effect');
    expect(candidates.notes).toContainEqual({
      id: 'compress.note.matched',
      params: { option: 'overrides', pattern: '*else*', count: 1, total: 5, layers: 'choice/else_branch/else product' },
    });
  });

  it('of values go by their names in the whole, and reach every graph that reads them', async () => {
    const { model, notes } = await quantizedWith({
      'tensor:choice/then_branch/t': { range: [-50, 50] },
      'tensor:r': { range: [0, 51] },
    });
    const inside = [...scopesOf(model)].find(({ graph }) => graph.name === 't')!.graph;
    const before = inside.nodes.find((each) => each.is('MatMul'))!.outputs[0]!;
    expect(await scaleOf(model, 't', before)).toBeCloseTo(100 / 255, 6);
    expect(await scaleOf(model, 't', 'r')).toBeCloseTo(0.2, 6);
    expect(await scaleOf(model, 'e', 'r')).toBeCloseTo(0.2, 6);
    expect(notes.map(({ id }) => id)).not.toContain('compress.quantize.note.override-without-effect');
  });

  it('of values that no graph quantizes are told', async () => {
    const { notes } = await quantizedWith({ 'tensor:which': { range: [0, 1] } });
    expect(notes).toContainEqual({
      id: 'compress.quantize.note.override-without-effect',
      params: { value: 'which' },
    });
  });

  it.each(['choice/then_branch/e', 'choice/no_branch/*'])('of a value that no graph has fail: %s', async (pattern) => {
    await expect(quantizedWith({ [`tensor:${pattern}`]: { range: [0, 1] } })).rejects.toMatchObject({
      code: 'compress.no-such-value',
      params: { pattern },
    });
  });
});

describe('Silero, whose weights all lie in bodies', () => {
  const random = seededRandom(5);
  const feeds: Feeds[] = Array.from({ length: 12 }, (_, k) => ({
    input: {
      elementType: 'float32',
      shape: [1, 512],
      data: Float32Array.from({ length: 512 }, (_each, i) => (random() - 0.5) * Math.sin(i * 0.05 * (1 + (k % 5)))),
    },
    state: { elementType: 'float32', shape: [2, 1, 128], data: new Float32Array(256) },
    sr: { elementType: 'int64', shape: [], data: BigInt64Array.of(16000n) },
  }));

  it.each(schemes)('is quantized, runs and agrees with the original: %s', async (...settings) => {
    const opened = await openModel(vadPath('silero_vad_v5.onnx'));
    const { model, applied, skipped, candidates } = await quantizedOn(
      runtime,
      opened.model,
      datasetOf(feeds),
      settings,
    );
    expect(applied.length).toBeGreaterThan(5);
    expect(applied.filter(({ layer }) => layer.endsWith('Conv')).length).toBeGreaterThanOrEqual(6);
    const told = new Set([...applied, ...skipped, ...candidates.skipped].map(({ layer }) => layer));
    expect(told.size).toBe(applied.length + skipped.length + candidates.skipped.length);
    // In noise there is no voice: the output is near zero, where little error is much.
    const least = settings[0] === 'scheme=dynamic' ? 3 : 12;
    expect(await agreement(runtime, [opened.model, model], feeds, 'output')).toBeGreaterThan(least);
    await opened.close();
  });
});
