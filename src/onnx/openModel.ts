import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Model } from '../graph/model.js';
import { sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import { FolderFiles } from './externalData.js';
import { recordOrigin } from './origin.js';
import { scanModel } from './readModel.js';
import type { FileIdentity } from '../tensor/tensor.js';
import { SourceFile } from './sourceFile.js';
import type { StoredBytes } from './storedTensor.js';
import { systemReason } from './systemReason.js';

/** A model whose tensors are read from its files when they are needed. */
export interface OpenedModel {
  readonly path: string;
  readonly model: Model;
  /** The model file as it was opened. Reads of tensors reject with `onnx.file-changed` once it, or its data file, is another. */
  readonly identity: FileIdentity;
  /** Absolute paths of the data files that hold tensors. */
  readonly dataFiles: readonly string[];
  /** Bytes of the model file and its data files. */
  readonly byteLength: number;
  /** Tells contents apart without reading them: a hash of sizes, times and the first and last bytes of the model file. */
  readonly contentKey: string;
  readonly warnings: readonly Message[];
  /** Closes the files. Tensors that are not resident can then no longer be read. */
  close(): Promise<void>;
}

/**
 * Opens a model without reading its tensors. What is wrong with the file is thrown as one Failure; tensors that cannot be
 * read (their data file is missing) only warn, and reading them rejects.
 */
export async function openModel(path: string): Promise<OpenedModel> {
  const absolute = resolve(path);
  const file = openForScan(absolute);
  const external = new FolderFiles(absolute);
  try {
    const { model, unreadable } = scanModel(file, external);
    const dataFiles = [...external.files.values()];
    recordOrigin(model, [file, ...dataFiles]);
    return {
      path: absolute,
      model,
      identity: file.identity,
      dataFiles: dataFiles.map((data) => data.path),
      byteLength: [file, ...dataFiles].reduce((sum, { byteLength }) => sum + byteLength, 0),
      contentKey: contentKeyOf(file, dataFiles),
      warnings: warningsOf(external, unreadable),
      close: async () => {
        await Promise.all([file.close(), external.close()]);
      },
    };
  } catch (error) {
    await external.close();
    throw error instanceof Failure ? error : unreadable(absolute, error);
  } finally {
    file.endScan();
  }
}

function openForScan(path: string): SourceFile {
  try {
    return SourceFile.openForScan(path);
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new Failure('onnx.not-found', { file: path }, { cause: error });
  if (code === undefined) return error;
  return new Failure('onnx.unreadable', { file: path, detail: systemReason(message) }, { cause: error });
}

const keyPart = 64 << 10;

function contentKeyOf(file: SourceFile, dataFiles: readonly SourceFile[]): string {
  const hash = createHash('sha256');
  for (const { identity } of [file, ...dataFiles]) hash.update(`${identity.size} ${identity.modified}\n`);
  for (const offset of [0, Math.max(0, file.byteLength - keyPart)]) {
    const part = new Uint8Array(Math.min(keyPart, file.byteLength));
    file.readIntoSync(offset, part);
    hash.update(part);
  }
  return hash.digest('hex').slice(0, 32);
}

const mostNames = 10;

function warningsOf(external: FolderFiles, unreadable: readonly StoredBytes[]): Message[] {
  const warnings = [...external.missing].map(([file, tensors]) =>
    sentence('onnx.missing-data', { file, count: tensors.length, tensors: someOf(tensors) }),
  );
  const damaged = unreadable.filter(({ failure }) => failure?.code !== 'onnx.external-missing');
  if (damaged.length > 0) {
    const names = damaged.map(({ proto }) => proto.name ?? '');
    warnings.push(sentence('onnx.damaged-tensors', { count: damaged.length, tensors: someOf(names) }));
  }
  return warnings;
}

function someOf(names: readonly string[]): string {
  return names.slice(0, mostNames).join(', ') + (names.length > mostNames ? ', …' : '');
}
