import { once } from 'node:events';
import { fork } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRuntime } from '../../../src/runtime/runtime.js';
import type { Feeds, Runtime } from '../../../src/runtime/session.js';
import { fixturePath, ocrPath, samplePath, vadPath } from '../models.js';
import { runnerPath } from '../runnerPath.js';

const lenet = { kind: 'file', path: samplePath('lenet-5.onnx') } as const;
const textDetection = { kind: 'file', path: ocrPath('ch_PP-OCRv4_det_infer.onnx') } as const;

const image = (count = 1): Feeds => ({
  image: {
    elementType: 'float32',
    shape: [count, 1, 28, 28],
    data: Float32Array.from({ length: count * 784 }, (_, i) => Math.sin(i) / 2 + 0.5),
  },
});

/** Takes seconds in onnxruntime: time to cancel in. */
const largePage: Feeds = {
  x: { elementType: 'float32', shape: [1, 3, 2048, 2048], data: new Float32Array(3 * 2048 * 2048) },
};

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until a process has used half a second of processor time: it is inside a run then. */
async function untilBusy(pid: number): Promise<void> {
  if (process.platform !== 'linux') return;
  const ticks = async () => {
    const fields = (await readFile(`/proc/${pid}/stat`, 'latin1')).split(') ')[1]!.split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  const start = await ticks();
  await expect.poll(async () => (await ticks()) - start, { timeout: 60_000 }).toBeGreaterThan(50);
}

let runtime: Runtime;
let folder: string;
beforeEach(async () => {
  runtime = createRuntime({ runnerPath });
  folder = await mkdtemp(join(tmpdir(), 'tare-runtime-'));
});
afterEach(async () => {
  await runtime.close();
  await rm(folder, { recursive: true });
});

describe('a session', () => {
  it('tells its inputs and outputs and runs', async () => {
    const session = await runtime.load(lenet);
    expect(session.inputs).toEqual([{ name: 'image', elementType: 'float32', shape: ['batch', 1, 28, 28] }]);
    expect(session.outputs).toEqual([{ name: 'logits', elementType: 'float32', shape: ['batch', 10] }]);
    const { logits } = await session.run(image(3));
    expect(logits!.shape).toEqual([3, 10]);
    expect(logits!.data).toBeInstanceOf(Float32Array);
    expect(logits!.data).toHaveLength(30);
    await session.release();
  });

  it('gives the same from bytes as from a file', async () => {
    const bytes = await readFile(lenet.path);
    const fromFile = await (await runtime.load(lenet)).run(image());
    const fromBytes = await (await runtime.load({ kind: 'bytes', bytes, name: 'lenet' })).run(image());
    expect(fromBytes).toEqual(fromFile);
  });

  it('takes 64-bit integers, scalars and several outputs (Silero VAD)', async () => {
    const session = await runtime.load({ kind: 'file', path: vadPath('silero_vad_v5.onnx') });
    const feeds: Feeds = {
      input: { elementType: 'float32', shape: [1, 512], data: new Float32Array(512).fill(0.1) },
      state: { elementType: 'float32', shape: [2, 1, 128], data: new Float32Array(256) },
      sr: { elementType: 'int64', shape: [], data: BigInt64Array.of(16000n) },
    };
    const { output, stateN } = await session.run(feeds);
    expect(output!.shape).toEqual([1, 1]);
    expect(stateN!.shape).toEqual([2, 1, 128]);
    expect(Object.keys(await session.run(feeds, ['stateN']))).toEqual(['stateN']);
  });

  it('keeps NaN', async () => {
    const session = await runtime.load({ kind: 'file', path: fixturePath('vit-digits.onnx') });
    const feeds = image();
    feeds['image']!.data[0] = Number.NaN;
    const { logits } = await session.run(feeds);
    expect([...(logits!.data as Float32Array)].every(Number.isNaN)).toBe(true);
  });

  it('serves one that was released to the next', async () => {
    const first = await runtime.load(lenet);
    const pids = runtime.runnerPids();
    await first.release();
    await first.release();
    const second = await runtime.load(lenet);
    expect(runtime.runnerPids()).toEqual(pids);
    await expect(first.run(image())).rejects.toMatchObject({ code: 'runtime.died' });
    await second.run(image());
  });
});

describe('what onnxruntime refuses', () => {
  it.each([
    ['empty.onnx', '', 'ModelProto does not have a graph.'],
    ['text.onnx', 'this is no model', 'Protobuf parsing failed.'],
  ])('%s becomes one sentence', async (name, content, detail) => {
    const path = join(folder, name);
    await writeFile(path, content);
    await expect(runtime.load({ kind: 'file', path })).rejects.toMatchObject({
      code: 'runtime.load',
      message: `onnxruntime cannot load ${name}: ${detail}`,
    });
  });

  it('a model of a future IR version', async () => {
    const bytes = await readFile(lenet.path);
    bytes[1] = 99;
    await expect(runtime.load({ kind: 'bytes', bytes, name: 'future.onnx' })).rejects.toMatchObject({
      message: 'onnxruntime cannot load future.onnx: Unsupported model IR version: 99, max supported IR version: 13.',
    });
  });

  it('a wrong shape names the input, and the runner goes on', async () => {
    const session = await runtime.load(lenet);
    const wrong: Feeds = { image: { elementType: 'float32', shape: [1, 3, 2, 2], data: new Float32Array(12) } };
    await expect(session.run(wrong)).rejects.toMatchObject({
      code: 'runtime.run',
      message: expect.stringMatching(/^onnxruntime cannot run lenet-5\.onnx: .*image.*Got: 3 Expected: 1/),
      mend: 'Check that the data fits the inputs of the model: image float32[batch,1,28,28].',
    });
    await expect(session.run({})).rejects.toMatchObject({ message: expect.stringContaining("'image' is missing") });
    await session.run(image());
  });

  it('a failing operator inside a subgraph', async () => {
    const session = await runtime.load({ kind: 'file', path: vadPath('silero_vad_v5.onnx') });
    const tooShort: Feeds = {
      input: { elementType: 'float32', shape: [1, 1], data: new Float32Array(1) },
      state: { elementType: 'float32', shape: [2, 1, 128], data: new Float32Array(256) },
      sr: { elementType: 'int64', shape: [], data: BigInt64Array.of(16000n) },
    };
    await expect(session.run(tooShort)).rejects.toMatchObject({
      message: expect.stringMatching(/Pad '.*Pad': Pad reflect requires axis length >= 2 after slicing/),
    });
  });
});

describe('measuring', () => {
  it('times models in turn', async () => {
    const models = [
      { source: lenet, options: { threads: 1 }, feeds: image() },
      { source: lenet, options: { threads: 1, optimization: 'disabled' as const }, feeds: image(4) },
    ];
    const [one, four] = await runtime.measureInTurn(models, { warmup: 2, repeats: 7 });
    expect(one!.milliseconds).toHaveLength(7);
    expect(four!.milliseconds).toHaveLength(7);
    expect(Math.min(...one!.milliseconds, ...four!.milliseconds)).toBeGreaterThan(0);
    expect(runtime.runnerPids()).toEqual([]);
  });

  it('finds that a large input takes more memory than a small one', async () => {
    const page = (side: number): Feeds => ({
      x: { elementType: 'float32', shape: [1, 3, side, side], data: new Float32Array(3 * side * side) },
    });
    const small = await runtime.measurePeakMemory({ source: textDetection, feeds: page(64) });
    const large = await runtime.measurePeakMemory({ source: textDetection, feeds: page(640) });
    expect(small).toBeGreaterThan(5e6);
    expect(large).toBeGreaterThan(small + 2e7);
  });
});

describe('cancelling and dying', () => {
  it('an abort inside a run kills that runner and no other', async () => {
    const bystander = await runtime.load(lenet);
    const session = await runtime.load(textDetection);
    const [kept, killed] = runtime.runnerPids();
    const controller = new AbortController();
    const run = session.run(largePage, undefined, controller.signal);
    const cancelled = expect(run).rejects.toMatchObject({ code: 'cancelled' });
    await untilBusy(killed!);
    controller.abort();
    await cancelled;
    await expect.poll(() => isAlive(killed!)).toBe(false);
    expect(runtime.runnerPids()).toEqual([kept]);
    await expect(session.run(image())).rejects.toMatchObject({ code: 'cancelled' });
    await session.release();
    await bystander.run(image());
  });

  it('an abort that came before', async () => {
    await expect(runtime.load(lenet, {}, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    await (await runtime.load(lenet)).run(image());
  });

  it('an abort inside a measurement', async () => {
    const controller = new AbortController();
    const measuring = runtime.measureInTurn(
      [{ source: lenet, feeds: image() }],
      { warmup: 0, repeats: 1e9 },
      controller.signal,
    );
    const [pid] = runtime.runnerPids();
    const cancelled = expect(measuring).rejects.toMatchObject({ code: 'cancelled' });
    await untilBusy(pid!);
    controller.abort();
    await cancelled;
    await expect.poll(() => isAlive(pid!)).toBe(false);
  });

  it('a runner killed inside a run rejects the call, and the next load starts another', async () => {
    const session = await runtime.load(textDetection);
    const [pid] = runtime.runnerPids();
    const run = session.run(largePage);
    const died = expect(run).rejects.toMatchObject({
      code: 'runtime.died',
      message: 'The process that runs the model ended (signal SIGKILL).',
    });
    await untilBusy(pid!);
    process.kill(pid!, 'SIGKILL');
    await died;
    await expect(session.run(image())).rejects.toMatchObject({ code: 'runtime.died' });
    await (await runtime.load(lenet)).run(image());
    expect(runtime.runnerPids()).not.toContain(pid);
  });

  it('closing ends every runner and refuses what comes later', async () => {
    const session = await runtime.load(textDetection);
    await runtime.load(lenet);
    const pids = runtime.runnerPids();
    const run = session.run(largePage);
    const closing = runtime.close();
    await expect(run).rejects.toMatchObject({ code: 'runtime.closed' });
    await closing;
    expect(pids).toHaveLength(2);
    expect(pids.filter(isAlive)).toEqual([]);
    await expect(runtime.load(lenet)).rejects.toMatchObject({ code: 'runtime.closed' });
  });

  it('runners of a killed parent end, also from inside a measurement', async () => {
    const parent = join(folder, 'parent.cjs');
    await copyFile(lenet.path, join(folder, 'model.onnx'));
    await writeFile(
      parent,
      `const { fork } = require('node:child_process');
       const child = fork(${JSON.stringify(runnerPath)}, { serialization: 'advanced' });
       const feeds = { image: { elementType: 'float32', shape: [1, 1, 28, 28], data: new Float32Array(784) } };
       const source = { kind: 'file', path: ${JSON.stringify(join(folder, 'model.onnx'))} };
       child.on('message', () => {
         child.send({ id: 2, call: 'measureInTurn', argument: { models: [{ source, feeds }], warmup: 0, repeats: 1e9 } });
         process.send(child.pid);
       });
       child.send({ id: 1, call: 'load', argument: { source } });`,
    );
    const process = fork(parent);
    const [pid] = (await once(process, 'message')) as [number];
    expect(isAlive(pid)).toBe(true);
    process.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 60_000 }).toBe(false);
  });
});
