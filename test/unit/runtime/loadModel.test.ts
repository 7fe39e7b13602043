import { spawnSync } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Graph } from '../../../src/graph/graph.js';
import type { Model } from '../../../src/graph/model.js';
import { Node } from '../../../src/graph/node.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { loadModel } from '../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import type { Feeds } from '../../../src/runtime/session.js';
import { samplePath } from '../models.js';
import { runnerPath } from '../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const image: Feeds = {
  image: { elementType: 'float32', shape: [1, 1, 28, 28], data: new Float32Array(784).fill(0.5) },
};
const ownFolders = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith(`tare-model-${process.pid}-`));

/** y = -x in float16. */
const halves: Model = {
  irVersion: 8,
  opsets: new Map([['', 13]]),
  metadata: new Map(),
  functions: [],
  graph: new Graph({
    nodes: [new Node({ opType: 'Neg', inputs: ['x'], outputs: ['y'] })],
    inputs: [{ name: 'x', type: { kind: 'tensor', elementType: 'float16', shape: ['n'] } }],
    outputs: [{ name: 'y', type: { kind: 'tensor', elementType: 'float16', shape: ['n'] } }],
  }),
};

describe('loadModel', () => {
  it('float16 goes in and comes out as bits, also where Node has a Float16Array', async () => {
    const session = await loadModel(runtime, halves);
    const x = { elementType: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0x4000) } as const;
    expect(await session.run({ x })).toEqual({ y: { ...x, data: Uint16Array.of(0xbc00, 0xc000) } });
    await session.release();
  });

  it('gives the outputs of the file, sent as a message or by way of a file that is removed again', async () => {
    const path = samplePath('lenet-5.onnx');
    const opened = await openModel(path);
    const outputs = [];
    for (const load of [
      () => runtime.load({ kind: 'file', path }),
      () => loadModel(runtime, opened.model),
      () => loadModel(runtime, opened.model, {}, { largestMessage: 1000 }),
    ]) {
      const session = await load();
      outputs.push(await session.run(image));
      await session.release();
    }
    await opened.close();
    expect(outputs[1]).toEqual(outputs[0]);
    expect(outputs[2]).toEqual(outputs[0]);
    expect(await ownFolders()).toEqual([]);
  });

  it('leaves nothing where it is aborted, and removes what dead processes left', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const left = `tare-model-${pid}-abc`;
    await mkdir(join(tmpdir(), left));
    const opened = await openModel(samplePath('lenet-5.onnx'));
    const loading = loadModel(runtime, opened.model, {}, { largestMessage: 1000, signal: AbortSignal.abort() });
    await expect(loading).rejects.toMatchObject({ code: 'cancelled' });
    await opened.close();
    expect(await ownFolders()).toEqual([]);
    expect(await readdir(tmpdir())).not.toContain(left);
  });
});
