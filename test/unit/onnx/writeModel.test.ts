import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, copyFile, link, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Model } from '../../../src/graph/model.js';
import { Failure } from '../../../src/messages/failure.js';
import { encodeModel } from '../../../src/onnx/encodeModel.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { readModel } from '../../../src/onnx/readModel.js';
import { removeLeftovers } from '../../../src/onnx/temporaryFiles.js';
import { checkOutput, stageModel, writeModel } from '../../../src/onnx/writeModel.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import { largeModel } from '../../fixtures/largeModel.js';
import { realModel } from '../../fixtures/realModels.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';
import { runnerPath } from '../runnerPath.js';

const lenet = realModel('lenet-5');

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

const lenetModel = async (): Promise<Model> => readModel(await readFile(lenet));

/** A process that has ended: its id belongs to nobody. */
const deadProcess = (): number => spawnSync(process.execPath, ['-e', '0']).pid;

describe('staging', () => {
  test('writes beside the place, and commit puts it there', async () => {
    const folder = temporaryFolder();
    const output = join(folder, 'out.onnx');
    await writeFile(output, 'what was there before');
    const staged = await stageModel(await lenetModel(), output);
    expect(basename(staged.temporaryPath)).toBe(`.out.onnx.tare-${process.pid}.tmp`);
    expect(await readFile(output, 'utf8')).toBe('what was there before');
    const written = await readFile(staged.temporaryPath);
    expect(written.equals(await readFile(lenet))).toBe(true);
    expect(staged.byteLength).toBe(written.byteLength);
    await staged.commit();
    await staged.discard();
    expect(await readdir(folder)).toEqual(['out.onnx']);
    expect((await readFile(output)).equals(written)).toBe(true);
  });

  test('discard leaves what was there', async () => {
    const folder = temporaryFolder();
    const staged = await stageModel(await lenetModel(), join(folder, 'out.onnx'), { longestFile: 0 });
    expect((await readdir(folder)).length).toBe(2);
    await staged.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  test('of the same output twice at once is refused', async () => {
    const output = join(temporaryFolder(), 'out.onnx');
    const staged = await stageModel(await lenetModel(), output);
    expect((await failureOf(stageModel(await lenetModel(), output))).code).toBe('onnx.being-written');
    await staged.discard();
    await writeModel(await lenetModel(), output);
  });

  test('progress rises to 1', async () => {
    const fractions: number[] = [];
    const model = largeModel({ bytes: 20e6, width: 1024 });
    for (const longestFile of [undefined, 0]) {
      fractions.length = 0;
      const onProgress = (fraction: number) => fractions.push(fraction);
      await writeModel(model, join(temporaryFolder(), 'out.onnx'), { onProgress, longestFile });
      expect(fractions.length).toBeGreaterThan(3);
      expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      expect(fractions.at(-1)).toBe(1);
    }
  });

  test('an abort in the middle leaves nothing', async () => {
    for (const longestFile of [undefined, 0]) {
      const folder = temporaryFolder();
      const abort = new AbortController();
      const onProgress = (fraction: number) => fraction > 0.3 && abort.abort(new Error('stop'));
      const options = { signal: abort.signal, onProgress, longestFile };
      const writing = writeModel(largeModel({ bytes: 20e6, width: 1024 }), join(folder, 'out.onnx'), options);
      await expect(writing).rejects.toThrow('stop');
      expect(await readdir(folder)).toEqual([]);
    }
  });

  test('an input that changed meanwhile fails, and leaves nothing', async () => {
    const [folder, source] = [temporaryFolder(), join(temporaryFolder(), 'in.onnx')];
    await copyFile(lenet, source);
    const opened = await openModel(source);
    await appendFile(source, 'x');
    const failure = await failureOf(writeModel(opened.model, join(folder, 'out.onnx')));
    expect(failure.code).toBe('onnx.file-changed');
    expect(await readdir(folder)).toEqual([]);
    await opened.close();
  });

  test('a folder that is not there is named', async () => {
    const output = join(temporaryFolder(), 'absent', 'out.onnx');
    const failure = await failureOf(writeModel(await lenetModel(), output));
    expect(failure.code).toBe('onnx.no-folder');
    expect(failure.message).toContain(output);
  });

  test('an output that is a folder is refused, and nothing is left', async () => {
    const folder = temporaryFolder();
    const failure = await failureOf(writeModel(await lenetModel(), folder));
    expect(failure.code).toBe('onnx.output-not-a-file');
    expect((await readdir(join(folder, '..'))).filter((name) => name.includes(`${basename(folder)}.tare-`))).toEqual(
      [],
    );
  });
});

describe('what is no file', () => {
  test('is not replaced by a model: a pipe, a device, a link to one', async () => {
    const folder = temporaryFolder();
    const [pipe, link] = [join(folder, 'pipe'), join(folder, 'link.onnx')];
    spawnSync('mkfifo', [pipe]);
    await symlink(pipe, link);
    for (const path of [pipe, link, '/dev/null']) {
      expect((await failureOf(checkOutput(path, []))).code).toBe('onnx.output-not-a-file');
    }
  });
});

describe('an input is never written to', () => {
  async function opened(longestFile?: number) {
    const folder = temporaryFolder();
    const path = join(folder, 'in.onnx');
    await writeModel(largeModel({ bytes: 40_000, width: 64 }), path, { longestFile });
    const model = await openModel(path);
    return { folder, ...model };
  }

  test('by its name', async () => {
    const { path, model, close } = await opened();
    const failure = await failureOf(stageModel(model, path));
    expect(failure.code).toBe('onnx.output-is-input');
    expect(failure.params).toMatchObject({ output: path, input: path });
    await close();
  });

  test('by a symbolic or a hard link', async () => {
    const { folder, path, model, close } = await opened();
    await symlink(path, join(folder, 'symbolic.onnx'));
    await link(path, join(folder, 'hard.onnx'));
    for (const name of ['symbolic.onnx', 'hard.onnx']) {
      expect((await failureOf(stageModel(model, join(folder, name)))).code).toBe('onnx.output-is-input');
    }
    await close();
  });

  test('by the name of its data file', async () => {
    const { model, dataFiles, close } = await opened(0);
    expect((await failureOf(stageModel(model, dataFiles[0]!))).code).toBe('onnx.output-is-input');
    await close();
  });

  test('nor are other files that the caller names', async () => {
    const other = join(temporaryFolder(), 'data.npz');
    await writeFile(other, '');
    const { model, close } = await opened();
    expect((await failureOf(stageModel(model, other, { inputs: [other] }))).code).toBe('onnx.output-is-input');
    await close();
  });
});

describe('a model that is too large for one file', () => {
  const width = 64;
  const large = () => largeModel({ bytes: 3 * width * width * 4, width });
  const runtime = createRuntime({ runnerPath });
  afterAll(() => runtime.close());

  test('has its weights in a data file that is named by its content, at pages', async () => {
    const folder = temporaryFolder();
    const output = join(folder, 'out.onnx');
    const staged = await stageModel(large(), output, { longestFile: 0 });
    expect(staged.dataFile).toMatch(/out\.onnx\.[0-9a-f]{8}\.data$/);
    await staged.commit();
    expect((await readdir(folder)).length).toBe(2);
    const text = (await readFile(output)).toString('latin1');
    expect([...text.matchAll(/offset\D\D(\d+)/g)].map(([, offset]) => Number(offset) % 4096)).toEqual([0, 0, 0]);
    const opened = await openModel(output);
    for (const [name, { tensor }] of large().graph.initializers) {
      const read = await opened.model.graph.initializers.get(name)!.tensor.bytes.read();
      expect(Buffer.compare(read, await tensor.bytes.read())).toBe(0);
    }
    await opened.close();
  });

  test('is loaded by onnxruntime before and after it is put in its place, and computes the same', async () => {
    const output = join(temporaryFolder(), 'out.onnx');
    const data = Float32Array.from({ length: width }, (_, i) => Math.sin(i));
    const feeds = { x: { elementType: 'float32', shape: [1, width], data } } as const;
    const run = async (source: Parameters<typeof runtime.load>[0]) => {
      const session = await runtime.load(source);
      const { y } = await session.run(feeds);
      await session.release();
      return y!.data;
    };
    const expected = await run({ kind: 'bytes', bytes: await encodeModel(large()), name: 'large' });
    const staged = await stageModel(large(), output, { longestFile: 0 });
    expect(await run({ kind: 'file', path: staged.temporaryPath })).toEqual(expected);
    await staged.commit();
    expect(await run({ kind: 'file', path: output })).toEqual(expected);
  });

  test('may have them in Constants, as those of PP-OCR', async () => {
    const source = await openModel(realModel('ppocr-direction'));
    const output = join(temporaryFolder(), 'out.onnx');
    const staged = await stageModel(source.model, output, { longestFile: 0 });
    expect((await stat(staged.temporaryPath)).size).toBeLessThan(200_000);
    const data = Float32Array.from({ length: 3 * 48 * 192 }, (_, i) => Math.sin(i));
    const run = async (path: string) => {
      const session = await runtime.load({ kind: 'file', path });
      const feeds = { [session.inputs[0]!.name]: { elementType: 'float32', shape: [1, 3, 48, 192], data } } as const;
      const [output] = Object.values(await session.run(feeds));
      await session.release();
      return output!.data;
    };
    expect(await run(staged.temporaryPath)).toEqual(await run(source.path));
    await staged.discard();
    await source.close();
  });

  test('comes back into one file where it fits', async () => {
    const folder = temporaryFolder();
    await writeModel(large(), join(folder, 'external.onnx'), { longestFile: 0 });
    const opened = await openModel(join(folder, 'external.onnx'));
    const inline = await encodeModel(opened.model);
    expect(Buffer.compare(inline, await encodeModel(large()))).toBe(0);
    const referring = await encodeModel(opened.model, 'refer');
    expect(Buffer.compare(referring, await readFile(join(folder, 'external.onnx')))).toBe(0);
    await opened.close();
  });

  test('takes the data file of the output it replaces away', async () => {
    const folder = temporaryFolder();
    const output = join(folder, 'out.onnx');
    await writeModel(large(), output, { longestFile: 0 });
    await writeModel(largeModel({ bytes: 40_000, width, seed: 2 }), output, { longestFile: 0 });
    expect((await readdir(folder)).length).toBe(2);
    await (await openModel(output)).close();
    await writeModel(large(), output);
    expect(await readdir(folder)).toEqual(['out.onnx']);
  });

  test('discarding leaves a data file that the present output uses', async () => {
    const folder = temporaryFolder();
    const output = join(folder, 'out.onnx');
    await writeModel(large(), output, { longestFile: 0 });
    await (await stageModel(large(), output, { longestFile: 0 })).discard();
    const opened = await openModel(output);
    expect(opened.warnings).toEqual([]);
    await opened.close();
  });
});

describe('leftovers', () => {
  test('of ended processes are removed, with data that no model uses', async () => {
    const folder = temporaryFolder();
    const pid = deadProcess();
    await writeModel(largeModel({ bytes: 40_000, width: 64 }), join(folder, 'kept.onnx'), { longestFile: 0 });
    const kept = await readdir(folder);
    const leftovers = [
      `.kept.onnx.tare-${pid}.tmp`,
      `.kept.onnx.tare-${pid}.data.tmp`,
      'kept.onnx.01234567.data',
      `.new.onnx.tare-${pid}.tmp`,
      'new.onnx.89abcdef.data',
    ];
    const others = ['other.onnx.01234567.data', 'kept.onnx.data', 'notes.tmp', '.hidden'];
    for (const name of [...leftovers, ...others]) await writeFile(join(folder, name), '');
    const removed = await removeLeftovers(folder);
    expect(removed.map((path) => basename(path)).sort()).toEqual([...leftovers].sort());
    expect((await readdir(folder)).sort()).toEqual([...kept, ...others].sort());
  });

  test('are removed by whoever writes into the folder next', async () => {
    const folder = temporaryFolder();
    for (const name of [`.old.onnx.tare-${deadProcess()}.tmp`, 'old.onnx.01234567.data']) {
      await writeFile(join(folder, name), '');
    }
    await writeModel(await lenetModel(), join(folder, 'new.onnx'));
    expect(await readdir(folder)).toEqual(['new.onnx']);
  });

  test('of running processes stay', async () => {
    const folder = temporaryFolder();
    const running = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(running, 'spawn');
    const names = [`.out.onnx.tare-${running.pid}.tmp`, 'out.onnx.01234567.data'];
    for (const name of names) await writeFile(join(folder, name), '');
    expect(await removeLeftovers(folder)).toEqual([]);
    running.stdin!.end();
    await once(running, 'exit');
    expect((await removeLeftovers(folder)).length).toBe(2);
  });

  test('of this process stay while it writes', async () => {
    const folder = temporaryFolder();
    const staged = await stageModel(await lenetModel(), join(folder, 'out.onnx'), { longestFile: 0 });
    expect(await removeLeftovers(folder)).toEqual([]);
    await staged.commit();
    expect(await removeLeftovers(folder)).toEqual([]);
  });

  test('of an output that cannot be opened keep its data', async () => {
    const folder = temporaryFolder();
    const names = [`.out.onnx.tare-${deadProcess()}.tmp`, 'out.onnx.01234567.data', 'out.onnx'];
    for (const name of names) await writeFile(join(folder, name), '');
    await removeLeftovers(folder);
    expect((await readdir(folder)).sort()).toEqual(['out.onnx', 'out.onnx.01234567.data']);
  });

  test('are not looked for where there is no folder', async () => {
    expect(await removeLeftovers(join(temporaryFolder(), 'absent'))).toEqual([]);
  });
});

test('a model in memory has at most 2 GiB', async () => {
  const model = largeModel({ bytes: 1000, width: 16 });
  const bytes = { byteLength: 2 ** 31, read: () => Promise.reject(new Error('not to be read')) };
  model.graph.initializers.set('huge', { name: 'huge', tensor: { elementType: 'uint8', shape: [2 ** 31], bytes } });
  expect((await failureOf(encodeModel(model))).code).toBe('onnx.too-large');
});

test('an output can replace a file that the model did not come from', async () => {
  const folder = temporaryFolder();
  await copyFile(lenet, join(folder, 'in.onnx'));
  await copyFile(lenet, join(folder, 'out.onnx'));
  const opened = await openModel(join(folder, 'in.onnx'));
  await writeModel(opened.model, join(folder, 'out.onnx'));
  await opened.close();
  await rename(join(folder, 'out.onnx'), join(folder, 'done.onnx'));
  expect((await readFile(join(folder, 'done.onnx'))).equals(await readFile(lenet))).toBe(true);
});
