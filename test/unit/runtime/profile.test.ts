import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../../src/graph/model.js';
import type { Node } from '../../../src/graph/node.js';
import { nodesOf } from '../../../src/graph/scope.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { attributeKernels } from '../../../src/runtime/attributeKernels.js';
import { ProfileReader } from '../../../src/runtime/profileEvents.js';
import type { ModelProfile } from '../../../src/runtime/profileModel.js';
import { profileModel } from '../../../src/runtime/profileModel.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import type { Feeds, Runtime } from '../../../src/runtime/session.js';
import { floats, info, initializer, int64s, model, node } from '../graph/builders.js';
import { fixturePath, samplePath, vadPath } from '../models.js';
import { runnerPath } from '../runnerPath.js';

/** A line as onnxruntime 1.30 writes it. */
const kernel = (name: string, op: string, ts: number, dur: number) =>
  `{"cat" : "Node","pid" :7,"tid" :7,"dur" :${dur},"ts" :${ts},"ph" : "X","name" :"${name}_kernel_time","args" : {"op_name" : "${op}","node_index" : "1"}},`;
const session = (name: string, ts: number, dur: number) =>
  `{"cat" : "Session","pid" :7,"tid" :7,"dur" :${dur},"ts" :${ts},"ph" : "X","name" :"${name}","args" : {}},`;

function read(lines: readonly string[], warmup = 0) {
  const reader = new ProfileReader(warmup);
  for (const line of ['[', ...lines, ']']) reader.add(line);
  return reader.result();
}

describe('the profiler’s events', () => {
  it('give the median of each kernel over the runs, without those to warm up', () => {
    const runs = [900, 30, 10, 20].flatMap((time, i) => [
      kernel('conv', 'Conv', i * 1000, time),
      kernel('relu', 'Relu', i * 1000 + time, 4),
      session('SequentialExecutor::Execute', i * 1000, time + 5),
      session('model_run', i * 1000, time + 6),
    ]);
    expect(read([session('session_initialization', 0, 5), ...runs], 1)).toEqual({
      kernels: [
        { name: 'conv', op: 'Conv', milliseconds: 0.02 },
        { name: 'relu', op: 'Relu', milliseconds: 0.004 },
      ],
      runMs: 0.026,
      runs: 3,
    });
  });

  it('take what runs in a body from the time of its owner, also in bodies of bodies', () => {
    const lines = [
      kernel('before', 'Add', 0, 9),
      kernel('inner', 'Mul', 30, 5),
      session('SequentialExecutor::Execute', 29, 8),
      kernel('nested', 'If', 28, 10),
      kernel('inner', 'Mul', 40, 7),
      kernel('loop', 'Loop', 10, 60),
      kernel('after', 'Add', 80, 1),
      session('model_run', 0, 90),
    ];
    const times = Object.fromEntries(read(lines).kernels.map(({ name, milliseconds }) => [name, milliseconds * 1000]));
    expect(times.before).toBeCloseTo(9, 9);
    expect(times.inner).toBeCloseTo(5 + 7, 9);
    expect(times.nested).toBeCloseTo(10 - 5, 9);
    expect(times.loop).toBeCloseTo(60 - 10 - 7, 9);
    expect(times.after).toBeCloseTo(1, 9);
  });

  it('count a kernel that did not run as no time', () => {
    const once = [kernel('rare', 'Add', 0, 8), session('model_run', 0, 10)];
    const others = [20, 40].flatMap((ts) => [session('model_run', ts, 10)]);
    expect(read([...once, ...others]).kernels).toEqual([{ name: 'rare', op: 'Add', milliseconds: 0 }]);
  });
});

const named = (times: ReadonlyMap<Node, { milliseconds: number; kernel: string; into?: Node }>) =>
  Object.fromEntries(
    [...times].map(([of, { milliseconds, kernel, into }]) => [
      of.name,
      into ? `in ${into.name}` : kernel === 'none' ? null : milliseconds,
    ]),
  );

describe('kernels', () => {
  const network = model({
    inputs: [info('x', [1, 3, 4, 4])],
    outputs: [info('y')],
    initializers: [initializer('w', floats([3, 3, 1, 1])), initializer('s', int64s([1, -1]))],
    nodes: [
      node('Conv', ['x', 'w'], ['c'], {}, { name: 'conv' }),
      node('Relu', ['c'], ['r'], {}, { name: 'relu' }),
      node('Identity', ['s'], ['t'], {}, { name: 'folded' }),
      node('Transpose', ['r'], ['p'], {}, { name: 'transpose' }),
      node('Reshape', ['p', 't'], ['y'], {}, { name: 'reshape' }),
    ],
  });
  const weightOf = (of: Node) => (of.opType === 'Conv' ? 100 : 0);
  const isFolded = (of: Node) => of.name === 'folded';
  const times = (kernels: [string, string, number][], optimized: Model | null = null) =>
    attributeKernels(
      network,
      kernels.map(([name, op, milliseconds]) => ({ name, op, milliseconds })),
      optimized,
      weightOf,
      isFolded,
    );

  it('stand for the nodes whose labels they have; the rest was fused into what is near', () => {
    const { nodes, elsewhereMs } = times([
      ['fused conv@tare.0.', 'FusedConv', 5],
      ['reshape@tare.4._token_3', 'Reshape', 1],
    ]);
    expect(named(nodes)).toEqual({ conv: 5, relu: 'in conv', folded: null, transpose: 'in reshape', reshape: 1 });
    expect(elsewhereMs).toBe(0);
  });

  it('without a label stand for the node whose value they make, behind conversions of layout', () => {
    const optimized = model({
      inputs: [info('x')],
      outputs: [info('y')],
      nodes: [
        node('Conv', ['x', 'w'], ['reorder'], {}, { name: 'r_nchwc' }),
        node('ReorderOutput', ['reorder'], ['r'], {}, { name: 'ReorderOutput' }),
        node('Mystery', ['r'], ['nhwc'], {}, { name: 'Mystery_token_1' }),
        node('Transpose', ['nhwc'], ['p'], {}, { name: 'Transpose_token_2' }),
        node('Reshape', ['p'], ['y'], {}, { name: 'reshape@tare.4.' }),
      ],
    });
    const { nodes, elsewhereMs } = times(
      [
        ['r_nchwc', 'Conv', 5],
        ['ReorderOutput', 'ReorderOutput', 0.25],
        ['Mystery_token_1', 'Mystery', 2],
        ['Reshape_none', 'Cast', 0.5],
        ['reshape@tare.4.', 'Reshape', 1],
      ],
      optimized,
    );
    expect(named(nodes)).toEqual({ conv: 5, relu: 'in conv', folded: null, transpose: 2, reshape: 1 });
    expect(elsewhereMs).toBe(0.75);
  });
});

const image: Feeds = {
  image: { elementType: 'float32', shape: [1, 1, 28, 28], data: new Float32Array(784).fill(0.5) },
};
const byMacs = (of: Node) => (/Conv|Gemm|MatMul/.test(of.opType) ? 1 : 0);

describe('profiling a model', () => {
  let runtime: Runtime;
  beforeAll(() => (runtime = createRuntime({ runnerPath })));
  afterAll(() => runtime.close());

  async function profiled<T>(
    path: string,
    feeds: Feeds,
    look: (profile: ModelProfile, nodes: Map<string, Node>) => T,
  ): Promise<T> {
    const opened = await openModel(path);
    try {
      const profile = await profileModel(runtime, opened.model, feeds, {
        seconds: 0.05,
        weightOf: byMacs,
        isFolded: () => false,
      });
      const own = [...profile.nodes.values()].reduce((sum, { milliseconds }) => sum + milliseconds, 0);
      expect(own + profile.elsewhereMs).toBeCloseTo(profile.kernelsMs, 9);
      expect(profile.runs).toBeGreaterThanOrEqual(5);
      expect(profile.nodes.size).toBe([...nodesOf(opened.model)].length);
      return look(profile, new Map([...profile.nodes.keys()].map((of) => [of.name ?? '', of])));
    } finally {
      await opened.close();
    }
  }

  it('gives the activation functions of LeNet-5 to the layers they are fused into', () =>
    profiled(samplePath('lenet-5.onnx'), image, ({ nodes }, byName) => {
      const into = (name: string) => nodes.get(byName.get(name)!)!.into?.name;
      expect([into('/Relu'), into('/Relu_1'), into('/Relu_2')]).toEqual(['/conv1/Conv', '/conv2/Conv', '/fc1/Gemm']);
      for (const name of ['/conv1/Conv', '/conv2/Conv', '/fc1/Gemm', '/fc2/Gemm', '/MaxPool'])
        expect(nodes.get(byName.get(name)!)).toMatchObject({ kernel: 'own' });
    }));

  it('gives the steps of a GELU to the kernel that does them all', () =>
    profiled(fixturePath('vit-digits.onnx'), image, ({ nodes }) => {
      const erf = [...nodes].filter(([of]) => of.opType === 'Erf').map(([, time]) => time);
      expect(erf).toHaveLength(3);
      for (const time of erf) expect(time.kernel).toBe('fused');
      for (const [of, time] of nodes) if (of.opType === 'Softmax') expect(time.kernel).toBe('own');
    }));

  it('gives roundings to the convolutions before and after them in a quantized model', () =>
    profiled(fixturePath('evaluate/mobilenet-static.onnx'), image, ({ nodes }) => {
      const makers = new Map([...nodes.keys()].flatMap((of) => of.outputs.map((value) => [value, of])));
      const convolutions = [...nodes].filter(([of]) => of.opType === 'Conv');
      for (const [, time] of convolutions) expect(time.kernel).toBe('own');
      const fused = [...nodes].filter(([of, { into }]) => of.opType === 'QuantizeLinear' && into?.opType === 'Conv');
      expect(fused.length).toBeGreaterThan(convolutions.length / 2);
      for (const [of, { into }] of fused) expect(makers.get(of.inputs[0]!)).toBe(into);
    }));

  it('times the branch that runs and nothing of the other', async () => {
    const feeds: Feeds = {
      input: { elementType: 'float32', shape: [1, 576], data: new Float32Array(576).fill(0.1) },
      state: { elementType: 'float32', shape: [2, 1, 128], data: new Float32Array(256) },
      sr: { elementType: 'int64', shape: [], data: new BigInt64Array([16000n]) },
    };
    await profiled(vadPath('silero_vad_v5.onnx'), feeds, ({ nodes }) => {
      const convolutions = [...nodes].filter(([of]) => of.opType === 'Conv');
      const ran = convolutions.filter(([, { kernel }]) => kernel === 'own');
      expect(ran).toHaveLength(6);
      for (const [of] of ran) expect(of.name).toContain('then_branch');
      const idle = convolutions.filter(([of]) => of.name!.includes('else_branch'));
      for (const [, time] of idle) expect(time).toEqual({ milliseconds: 0, kernel: 'none' });
    });
  });

  it('leaves no folder behind and no label in what it says when the model does not run', async () => {
    const broken = model({
      inputs: [info('x', ['n', 4])],
      outputs: [info('y')],
      initializers: [initializer('w', floats([4, 2]))],
      nodes: [node('MatMul', ['x', 'w'], ['y'], {}, { name: 'product' })],
    });
    const options = { weightOf: byMacs, isFolded: () => false, name: 'broken.onnx' };
    const narrow: Feeds = { x: { elementType: 'float32', shape: [1, 3], data: new Float32Array(3) } };
    const mine = async () => (await readdir(tmpdir())).filter((name) => name.startsWith(`tare-model-${process.pid}-`));
    const before = await mine();
    const failure: unknown = await profileModel(runtime, broken, narrow, options).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'runtime.run', params: { model: 'broken.onnx' } });
    expect(String(failure)).not.toContain('@tare');
    const cancelled = profileModel(runtime, broken, narrow, { ...options, signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(await mine()).toEqual(before);
  });
});
