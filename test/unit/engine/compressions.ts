import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../../../src/onnx/isAlive.js';
import type { CompressRequest } from '../../../src/protocol/engineService.js';
import { samplePath } from '../models.js';
import { temporaryFolder } from './temporaryFolder.js';

export interface PreparedCompression {
  readonly folder: string;
  readonly request: CompressRequest;
}

/** A request to compress a model that lies alone in a folder. */
export async function compression(
  fixture = samplePath('lenet-5.onnx'),
  test: string | null = samplePath('digits-test.npz'),
): Promise<PreparedCompression> {
  const folder = await temporaryFolder();
  const input = join(folder, 'model.onnx');
  await copyFile(fixture, input);
  const request: CompressRequest = {
    input,
    output: join(folder, 'model.int8.onnx'),
    method: 'quantize',
    options: { scheme: 'static' },
    data: samplePath('digits-calibration.npz'),
    test,
    maxDrop: null,
  };
  return { folder, request };
}

export async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** Resolves when a process is gone: asks at each turn, as nothing tells of somebody else's children. */
export async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}
