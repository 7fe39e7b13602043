import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, sep, win32 } from 'node:path';
import { Failure } from '../messages/failure.js';
import { ByteRange } from './byteSource.js';
import type { TensorProto } from './protos.js';
import { SourceFile } from './sourceFile.js';

/** The data files beside a model. A file is opened when the first of its tensors is read. */
export interface ExternalFiles {
  /** Where a tensor's bytes lie, or why they cannot be read. Throws where the path leaves the model's folder. */
  range(proto: TensorProto, expected: number): ByteRange | Failure;
}

/** Data files are looked for in the folder of the model at `modelPath`. */
export class FolderFiles implements ExternalFiles {
  readonly files = new Map<string, SourceFile>();
  /** Files that cannot be opened, with the names of the tensors that lie in them. */
  readonly missing = new Map<string, string[]>();
  readonly #folder: string;

  constructor(private readonly modelPath: string) {
    this.#folder = dirname(modelPath);
  }

  range(proto: TensorProto, expected: number): ByteRange | Failure {
    const entries = new Map((proto.externalData ?? []).map(({ key, value }) => [key, value ?? '']));
    const location = entries.get('location') ?? '';
    const file = this.#file(location, proto.name ?? '');
    if (file instanceof Failure) return file;
    const offset = Number(entries.get('offset') ?? 0);
    const length = Number(entries.get('length') ?? Math.min(expected, file.byteLength - offset));
    const possible = [offset, length].every((number) => Number.isSafeInteger(number) && number >= 0);
    if (!possible) {
      const [from = '0', long = 'none'] = [entries.get('offset'), entries.get('length')];
      return new Failure('onnx.external-range', {
        file: location,
        tensor: proto.name ?? '',
        offset: from,
        length: long,
      });
    }
    if (offset + length > file.byteLength) {
      const params = { file: location, tensor: proto.name ?? '', end: offset + length, size: file.byteLength };
      return new Failure('onnx.external-short', params);
    }
    return new ByteRange(file, offset, length);
  }

  async close(): Promise<void> {
    await Promise.all([...this.files.values()].map((file) => file.close()));
  }

  #file(location: string, tensor: string): SourceFile | Failure {
    const known = this.files.get(location);
    if (known) return known;
    const missing = this.missing.get(location);
    const file = missing ? undefined : this.#open(location, tensor);
    if (file) {
      this.files.set(location, file);
      return file;
    }
    if (missing) missing.push(tensor);
    else this.missing.set(location, [tensor]);
    return new Failure('onnx.external-missing', { file: join(this.#folder, location), tensor });
  }

  /** The data file, or undefined where there is none. */
  #open(location: string, tensor: string): SourceFile | undefined {
    const escapes = () => new Failure('onnx.external-escapes', { model: this.modelPath, file: location, tensor });
    if (leavesFolder(location)) throw escapes();
    const real = realPath(join(this.#folder, location));
    const folder = realPath(this.#folder);
    if (real === undefined || folder === undefined || real === folder) return undefined;
    if (!real.startsWith(folder.endsWith(sep) ? folder : folder + sep)) throw escapes();
    try {
      return SourceFile.find(real);
    } catch {
      return undefined;
    }
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Whether a location is absolute on any system, or goes through `..`. An empty location names nothing. */
function leavesFolder(location: string): boolean {
  return (
    isAbsolute(location) ||
    win32.isAbsolute(location) ||
    /^[A-Za-z]:/.test(location) ||
    /(^|[\\/])\.\.([\\/]|$)/.test(location)
  );
}

/** For a model in memory, whose data files are nowhere. */
export const noExternalFiles: ExternalFiles = {
  range: (proto) =>
    new Failure('onnx.external-missing', {
      file: proto.externalData?.find(({ key }) => key === 'location')?.value ?? '',
      tensor: proto.name ?? '',
    }),
};
