import { execFileSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/messages/failure.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { readModel } from '../../../src/onnx/readModel.js';
import { writeModel } from '../../../src/onnx/writeModel.js';
import { largeModel } from '../../fixtures/largeModel.js';
import { varint } from '../../fixtures/messageStructure.js';
import { realModel } from '../../fixtures/realModels.js';
import { temporaryFolder } from '../../fixtures/temporaryFolder.js';

const lenet = realModel('lenet-5');

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

async function fileOf(content: Uint8Array | string): Promise<string> {
  const path = join(temporaryFolder(), 'model.onnx');
  await writeFile(path, content);
  return path;
}

describe('a file that is no model is told in one sentence', () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n';
  test.each([
    ['an empty file', '', 'onnx.empty'],
    ['a Git LFS pointer', pointer, 'onnx.lfs-pointer'],
    ['an ORT file', '\x18\0\0\0ORTM\0\0\0\0', 'onnx.ort-format'],
    ['a zip archive', 'PK\x03\x04\0\0\0\0', 'onnx.not-a-model'],
    ['a web page', '<!DOCTYPE html><title>Not found</title>', 'onnx.not-a-model'],
    ['text', 'Hello, this is no model at all.', 'onnx.not-a-model'],
    ['a field and no graph', '\x08\x08', 'onnx.not-a-model'],
  ])('%s', async (_, content, code) => {
    expect((await failureOf(openModel(await fileOf(Buffer.from(content, 'latin1'))))).code).toBe(code);
  });

  test('a path that leads nowhere', async () => {
    const failure = await failureOf(openModel(join(temporaryFolder(), 'absent.onnx')));
    expect(failure.code).toBe('onnx.not-found');
    expect(failure.message).toContain('absent.onnx');
  });

  test('a folder', async () => {
    expect((await failureOf(openModel(temporaryFolder()))).code).toBe('onnx.not-a-file');
  });

  if (process.platform !== 'win32') {
    test('a pipe, which would never end', async () => {
      const path = join(temporaryFolder(), 'pipe.onnx');
      execFileSync('mkfifo', [path]);
      expect((await failureOf(openModel(path))).code).toBe('onnx.not-a-file');
    });
  }

  test('a model cut off at any place', async () => {
    const bytes = await readFile(realModel('mobilenet-digits'));
    for (let part = 1; part < 50; part++) {
      const cut = bytes.subarray(0, Math.floor((bytes.byteLength * part) / 50));
      expect((await failureOf(openModel(await fileOf(cut)))).code).toBe('onnx.truncated');
    }
  });

  test('more messages than memory holds', async () => {
    const nodes = new Uint8Array(5_000_000);
    for (let i = 0; i < nodes.length; i += 2) nodes[i] = 0x0a;
    const bytes = Buffer.concat([Uint8Array.of(0x3a), varint(BigInt(nodes.length)), nodes]);
    expect((await failureOf(openModel(await fileOf(bytes)))).code).toBe('onnx.malformed');
  });

  test('a length of 2^63 - 1', async () => {
    const producer = Buffer.from('\x12\x14twenty bytes of text', 'latin1');
    const bytes = Buffer.concat([producer, Uint8Array.of(0x3a), varint(2n ** 63n - 1n)]);
    expect((await failureOf(openModel(await fileOf(bytes)))).code).toBe('onnx.truncated');
  });
});

test('opening a model does not read its tensors', async () => {
  const path = join(temporaryFolder(), 'hollow.onnx');
  const size = 6e9;
  const header = [Uint8Array.of(0x08, 1, 0x10, 2, 0x42, 1, 0x77, 0x4a), varint(BigInt(size))];
  const tensor = Buffer.concat([Uint8Array.of(0x08), varint(BigInt(size)), ...header]);
  const inside = BigInt(tensor.byteLength + size);
  const graph = Buffer.concat([Uint8Array.of(0x2a), varint(inside), tensor]);
  const file = await open(path, 'w');
  await file.write(Buffer.concat([Uint8Array.of(0x3a), varint(BigInt(graph.byteLength + size)), graph]));
  await file.truncate((await file.stat()).size + size);
  await file.close();
  const before = process.memoryUsage.rss();
  const opened = await openModel(path);
  expect(process.memoryUsage.rss() - before).toBeLessThan(100e6);
  const { tensor: weight } = opened.model.graph.initializers.get('w')!;
  expect(weight.bytes.byteLength).toBe(size);
  expect(await weight.bytes.read(size - 8, size)).toEqual(new Uint8Array(8));
  await opened.close();
});

test('reads give a range at a fresh, aligned address', async () => {
  const opened = await openModel(lenet);
  for (const { tensor } of opened.model.graph.initializers.values()) {
    const all = await tensor.bytes.read();
    const part = await tensor.bytes.read(4, 12);
    expect(part.byteOffset % 8).toBe(0);
    expect(part).toEqual(new Uint8Array(all.subarray(4, 12)));
    part.fill(0xff);
    expect(Buffer.compare(await tensor.bytes.read(), all)).toBe(0);
    await expect(tensor.bytes.read(0, all.byteLength + 1)).rejects.toThrow(RangeError);
  }
  await opened.close();
});

test('the opened model says what it is', async () => {
  const opened = await openModel(lenet);
  expect(opened.byteLength).toBe((await stat(lenet)).size);
  expect(opened.identity.size).toBe(opened.byteLength);
  expect(opened.warnings).toEqual([]);
  expect(opened.model.graph.outputs[0]?.type).toEqual({ kind: 'tensor', elementType: 'float32', shape: ['batch', 10] });
  await opened.close();
});

test('the content key follows the content and not the path', async () => {
  const folder = temporaryFolder();
  const keyOf = async (name: string) => {
    const opened = await openModel(join(folder, name));
    await opened.close();
    return opened.contentKey;
  };
  for (const name of ['a.onnx', 'b.onnx']) {
    await copyFile(lenet, join(folder, name));
    await utimes(join(folder, name), 1000, 1000);
  }
  expect(await keyOf('a.onnx')).toBe(await keyOf('b.onnx'));
  await utimes(join(folder, 'b.onnx'), 1000, 1001);
  expect(await keyOf('a.onnx')).not.toBe(await keyOf('b.onnx'));
});

/** Root may read everything: for the time of a test, the process is nobody. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const user = process.geteuid!();
  if (user === 0) process.seteuid!(65534);
  try {
    return await work();
  } finally {
    process.seteuid!(user);
  }
}

test('a data file that may not be read has not changed', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'model.onnx');
  await writeModel(largeModel({ bytes: 40_000, width: 64 }), path, { longestFile: 10_000 });
  const opened = await openModel(path);
  const lazy = [...opened.model.graph.initializers.values()].find(({ tensor }) => !tensor.bytes.resident)!;
  await chmod(folder, 0o755);
  await chmod(opened.dataFiles[0]!, 0);
  const failure = await asNobody(() => failureOf(lazy.tensor.bytes.read()));
  expect(failure.code).toBe('onnx.unreadable');
  expect(failure.message).toBe(`${opened.dataFiles[0]} cannot be read: permission denied.`);
  await opened.close();
});

describe('a file that changed after it was opened is not read', () => {
  const changes: [string, (path: string) => Promise<unknown>][] = [
    ['longer', (path) => appendFile(path, 'x')],
    ['shorter', (path) => truncate(path, 1000)],
    ['touched', (path) => utimes(path, 1, 1)],
    [
      'replaced',
      async (path) => {
        await copyFile(path, `${path}.new`);
        await rename(`${path}.new`, path);
      },
    ],
    ['removed', (path) => rename(path, `${path}.old`)],
  ];
  test.each(changes)('%s', async (_, change) => {
    const path = join(temporaryFolder(), 'model.onnx');
    await copyFile(lenet, path);
    const opened = await openModel(path);
    const lazy = [...opened.model.graph.initializers.values()].find(({ tensor }) => !tensor.bytes.resident)!;
    await lazy.tensor.bytes.read(0, 16);
    await change(path);
    const failure = await failureOf(lazy.tensor.bytes.read());
    expect(failure.code).toBe('onnx.file-changed');
    expect(failure.message).toContain(path);
    await opened.close();
  });
});

describe('external data', () => {
  const size = 64 * 64 * 4;

  /** Three layers, their weights in a data file beside the model. */
  async function external(): Promise<{ folder: string; path: string; data: string }> {
    const folder = temporaryFolder();
    const path = join(folder, 'model.onnx');
    await writeModel(largeModel({ bytes: 3 * size, width: 64 }), path, { longestFile: 0 });
    const data = (await readdir(folder)).find((name) => name.endsWith('.data'))!;
    return { folder, path, data: join(folder, data) };
  }

  test('is read by offset and length, and counted', async () => {
    const { path, data } = await external();
    const opened = await openModel(path);
    expect(opened.dataFiles).toEqual([data]);
    expect(opened.byteLength).toBe((await stat(path)).size + (await stat(data)).size);
    const expected = largeModel({ bytes: 3 * size, width: 64 });
    for (const [name, { tensor }] of expected.graph.initializers) {
      const read = await opened.model.graph.initializers.get(name)!.tensor.bytes.read();
      expect(Buffer.compare(read, await tensor.bytes.read())).toBe(0);
    }
    await opened.close();
  });

  test('that is missing warns, and leaves the rest usable', async () => {
    const { path, data } = await external();
    await rename(data, `${data}.away`);
    const opened = await openModel(path);
    expect(opened.warnings.map(({ id }) => id)).toEqual(['onnx.missing-data']);
    expect(opened.warnings[0]?.params).toMatchObject({ count: 3 });
    expect(opened.warnings[0]?.params['tensors']).toContain('layers.0.weight');
    const { initializers } = opened.model.graph;
    const failure = await failureOf(initializers.get('layers.1.weight')!.tensor.bytes.read());
    expect(failure.code).toBe('onnx.external-missing');
    expect(failure.message).toContain(data);
    expect((await initializers.get('layers.1.bias')!.tensor.bytes.read()).byteLength).toBe(256);
    await opened.close();
  });

  test('that is too short warns, and what lies before its end can be read', async () => {
    const { path, data } = await external();
    await truncate(data, size + 10);
    const opened = await openModel(path);
    expect(opened.warnings.map(({ id }) => id)).toEqual(['onnx.damaged-tensors']);
    const { initializers } = opened.model.graph;
    expect((await initializers.get('layers.0.weight')!.tensor.bytes.read()).byteLength).toBe(size);
    expect((await failureOf(initializers.get('layers.1.weight')!.tensor.bytes.read())).code).toBe(
      'onnx.external-short',
    );
    await opened.close();
  });

  test('that changed is not read', async () => {
    const { path, data } = await external();
    const opened = await openModel(path);
    await appendFile(data, 'x');
    const weight = opened.model.graph.initializers.get('layers.0.weight')!;
    expect((await failureOf(weight.tensor.bytes.read())).code).toBe('onnx.file-changed');
    await opened.close();
  });

  test('may be a link inside of the folder, and none that leaves it', async () => {
    const { folder, path, data } = await external();
    await mkdir(join(folder, 'sub'));
    await rename(data, join(folder, 'sub', 'real'));
    await symlink(join(folder, 'sub', 'real'), data);
    await (await openModel(path)).close();

    const outside = join(temporaryFolder(), 'outside');
    await rename(join(folder, 'sub', 'real'), outside);
    await symlink(outside, join(folder, 'sub', 'real'));
    expect((await failureOf(openModel(path))).code).toBe('onnx.external-escapes');
  });

  test('of a model in memory is nowhere', async () => {
    const { path } = await external();
    const model = readModel(await readFile(path));
    const failure = await failureOf(model.graph.initializers.get('layers.0.weight')!.tensor.bytes.read());
    expect(failure.code).toBe('onnx.external-missing');
  });
});
