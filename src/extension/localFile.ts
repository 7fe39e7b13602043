import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../messages/failure.js';
import { formatBytes } from '../messages/units.js';

/** A file on this machine's disk that the engine can read. */
export interface LocalFile {
  readonly path: string;
  /** Whether it is a copy of something that lies elsewhere. */
  readonly copied: boolean;
  /** Removes the copy. */
  dispose(): void;
}

/**
 * The file behind a URI. What is not on disk (`git:`, a virtual file system) is copied through VS Code's file systems
 * into `storage`, up to tare.virtualFileLimit. Fails with 'extension.too-large' or 'extension.unreachable'.
 */
export async function localFile(uri: vscode.Uri, storage: vscode.Uri): Promise<LocalFile> {
  if (uri.scheme === 'file') return { path: uri.fsPath, copied: false, dispose: () => undefined };
  const name = path.posix.basename(uri.path);
  const limit = vscode.workspace.getConfiguration('tare').get('virtualFileLimit', 256) * 1e6;
  const bytes = await readWithin(uri, name, limit);
  const folder = path.join(storage.fsPath, 'copies', createHash('sha256').update(uri.toString()).digest('hex'));
  const target = path.join(folder, name);
  await mkdir(folder, { recursive: true });
  const temporary = path.join(folder, `.${name}.tare-${process.pid}.tmp`);
  await writeFile(temporary, bytes);
  await rename(temporary, target);
  return {
    path: target,
    copied: true,
    dispose: () => void rm(folder, { recursive: true, force: true }).catch(() => {}),
  };
}

async function readWithin(uri: vscode.Uri, file: string, limit: number): Promise<Uint8Array> {
  const refuse = (size: number) =>
    new Failure('extension.too-large', { file, size: formatBytes(size), limit: formatBytes(limit) });
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > limit) throw refuse(size);
    const bytes = await vscode.workspace.fs.readFile(uri);
    if (bytes.byteLength > limit) throw refuse(bytes.byteLength);
    return bytes;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('extension.unreachable', { file, detail: (error as Error).message }, { cause: error });
  }
}
