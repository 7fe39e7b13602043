/**
 * What zero points cost. The common claims: asymmetric quantization takes 10 to 15 % more operations; static quantization
 * is faster, dynamic more accurate. Counted by the cost of the model, and measured on single operators (the same numbers
 * with zero points and without, in turn) and on the samples.
 */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { formatTable } from '../../src/cli/table.js';
import { measureLatency } from '../../src/evaluate/latency.js';
import { Graph } from '../../src/graph/graph.js';
import type { Model } from '../../src/graph/model.js';
import { Node } from '../../src/graph/node.js';
import { inspectStructure } from '../../src/inspect/inspectModel.js';
import { formatDecibels, formatPercent } from '../../src/messages/units.js';
import { encodeModel } from '../../src/onnx/encodeModel.js';
import { openModel } from '../../src/onnx/openModel.js';
import { compressModel } from '../../src/recipe/pipeline.js';
import { createRuntime } from '../../src/runtime/runtime.js';
import type { Feeds, Runtime } from '../../src/runtime/session.js';
import type { TensorArray } from '../../src/tensor/tensor.js';
import { tensorOfArray } from '../../src/tensor/tensor.js';
import { seededRandom } from '../fixtures/random.js';
import { root } from '../rig/folders.js';

const folder = join(root, 'out', 'bench');
const sample = (name: string) => join(root, 'media', 'sample', name);
const models = [
  sample('lenet-5.onnx'),
  ...['lenet-300-100', 'resnet-digits', 'mobilenet-digits', 'vit-digits'].map((name) =>
    join(root, 'test', 'fixtures', `${name}.onnx`),
  ),
];

/** The first is what the others are held against. */
const schemes = [
  ['static, symmetric', { activationType: 'int8', symmetricActivations: true, weightType: 'int8' }],
  ['static, activations asymmetric', { activationType: 'uint8', weightType: 'int8' }],
  ['static, both asymmetric', { activationType: 'uint8', weightType: 'uint8', symmetricWeights: false }],
  ['dynamic, activations asymmetric', { scheme: 'dynamic' }],
] as const;

export async function asymmetric(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const runtime = createRuntime({ runnerPath: join(root, 'dist', 'runner.js') });
  try {
    await operators(runtime);
    await samples(runtime);
  } finally {
    await runtime.close();
  }
}

async function operators(runtime: Runtime): Promise<void> {
  const rows: string[][] = [];
  for (const [title, make] of [
    ['MatMulInteger, 1 x 1024 x 1024', (zx: number, zw: number) => product(1, zx, zw)],
    ['MatMulInteger, 64 x 1024 x 1024', (zx: number, zw: number) => product(64, zx, zw)],
    ['QLinearConv, 64 to 64, 3x3, 56 x 56', convolution],
  ] as const) {
    const variants = [
      ['none', make(0, 0)],
      ['activations', make(128, 0)],
      ['weights', make(0, 3)],
      ['both', make(128, 3)],
    ] as const;
    const sources = await Promise.all(
      variants.map(async ([name, { model }]) => ({
        source: { kind: 'bytes' as const, bytes: await encodeModel(model), name },
      })),
    );
    const { ratios, latencies } = await measureLatency(runtime, sources, variants[0][1].feeds, { seconds: 4 });
    for (const [i, [name, { model }]] of variants.entries()) {
      const share = inspectStructure({ model, byteLength: 0 }).card.cost.zeroPointShare ?? 0;
      const ratio = i === 0 ? '1.00x' : `${ratios[i - 1]!.median.toFixed(2)}x`;
      const median = `${latencies[i]!.median.toFixed(3)} ms`;
      rows.push([i === 0 ? title : '', name, formatPercent(share, 1), median, ratio]);
    }
  }
  console.log('Operators with zero points and without, one thread, in turn:');
  const titles = ['operator', 'zero points', 'operations added', 'median', 'time'];
  console.log(
    formatTable(
      titles.map((title, i) => ({ title, align: i < 2 ? 'left' : 'right' })),
      rows,
    ),
  );
}

async function samples(runtime: Runtime): Promise<void> {
  const rows: string[][] = [];
  for (const input of models) {
    const made = [];
    for (const [i, [title, options]] of schemes.entries()) {
      const output = join(folder, `${basename(input, '.onnx')}.asymmetric${i}.onnx`);
      const isStatic = !('scheme' in options);
      const data = isStatic ? sample('digits-calibration.npz') : null;
      const test = sample('digits-test.npz');
      const { after, agreement } = await compressModel(
        { input, output, method: 'quantize', options: { ...options }, data, test, maxDrop: null },
        { runtime },
      );
      made.push({ title, output, accuracy: after.accuracy!, sqnr: agreement!.sqnrDb });
    }
    const sources = made.map(({ output }) => ({ source: { kind: 'file' as const, path: output } }));
    const image: TensorArray = { elementType: 'float32', shape: [1, 1, 28, 28], data: new Float32Array(784).fill(0.5) };
    const { ratios, latencies } = await measureLatency(runtime, sources, { image }, { seconds: 4 });
    for (const [i, { title, output, accuracy, sqnr }] of made.entries()) {
      rows.push([
        i === 0 ? basename(input, '.onnx') : '',
        title,
        formatPercent(await zeroPointShare(output), 1),
        `${latencies[i]!.median.toFixed(3)} ms`,
        i === 0 ? '1.00x' : `${ratios[i - 1]!.median.toFixed(2)}x`,
        formatPercent(accuracy),
        formatDecibels(sqnr),
      ]);
    }
  }
  console.log('\nThe samples at 8 bits, one thread, in turn; accuracy on the 2,000 test digits:');
  const titles = ['model', 'scheme', 'operations added', 'median', 'time', 'accuracy', 'SQNR'];
  console.log(
    formatTable(
      titles.map((title, i) => ({ title, align: i < 2 ? 'left' : 'right' })),
      rows,
    ),
  );
}

async function zeroPointShare(path: string): Promise<number> {
  const opened = await openModel(path);
  try {
    return inspectStructure(opened).card.cost.zeroPointShare ?? 0;
  } finally {
    await opened.close();
  }
}

interface Operator {
  readonly model: Model;
  readonly feeds: Feeds;
}

const random = seededRandom(1);
const bytes = (count: number) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
const scalar = (data: Uint8Array | Int8Array | Float32Array): TensorArray => ({
  elementType: data instanceof Float32Array ? 'float32' : data instanceof Int8Array ? 'int8' : 'uint8',
  shape: [],
  data,
});

/** uint8 [rows, 1024] times int8 [1024, 1024], of 7 bits: exact on every processor. */
function product(rows: number, zx: number, zw: number): Operator {
  const feed: TensorArray = { elementType: 'uint8', shape: [rows, 1024], data: bytes(rows * 1024) };
  return operator('MatMulInteger', ['x', 'w', 'zx', 'zw'], feed, 'int32', {
    w: { elementType: 'int8', shape: [1024, 1024], data: sevenBits(1024 * 1024) },
    zx: scalar(new Uint8Array([zx])),
    zw: scalar(new Int8Array([zw])),
  });
}

function convolution(zx: number, zw: number): Operator {
  const feed: TensorArray = { elementType: 'uint8', shape: [1, 64, 56, 56], data: bytes(64 * 56 * 56) };
  const inputs = ['x', 'sx', 'zx', 'w', 'sw', 'zw', 'sy', 'zy'];
  return operator('QLinearConv', inputs, feed, 'uint8', {
    w: { elementType: 'int8', shape: [64, 64, 3, 3], data: sevenBits(64 * 64 * 9) },
    sx: scalar(new Float32Array([0.02])),
    sw: scalar(new Float32Array([0.01])),
    sy: scalar(new Float32Array([0.1])),
    zx: scalar(new Uint8Array([zx])),
    zw: scalar(new Int8Array([zw])),
    zy: scalar(new Uint8Array([128])),
  });
}

const sevenBits = (count: number) => Int8Array.from({ length: count }, () => Math.floor(random() * 127) - 63);

function operator(
  opType: string,
  inputs: string[],
  x: TensorArray,
  outputType: 'int32' | 'uint8',
  constants: Readonly<Record<string, TensorArray>>,
): Operator {
  const graph = new Graph({
    name: opType,
    nodes: [new Node({ opType, name: opType, inputs, outputs: ['y'] })],
    inputs: [{ name: 'x', type: { kind: 'tensor', elementType: x.elementType, shape: x.shape } }],
    outputs: [{ name: 'y', type: { kind: 'tensor', elementType: outputType } }],
    initializers: Object.entries(constants).map(([name, array]) => ({ name, tensor: tensorOfArray(array) })),
  });
  const model: Model = { irVersion: 8, opsets: new Map([['', 13]]), metadata: new Map(), graph, functions: [] };
  return { model, feeds: { x } };
}
