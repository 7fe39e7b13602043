/** Files that numpy writes: .npy with one array, .npz with several. */
import { basename } from 'node:path';
import { Failure } from '../messages/failure.js';
import { NpyError, NpyTypeError, openNpy, type SampleArray } from './npy.js';
import { fileAccess, type RandomAccess } from './randomAccess.js';
import { ZipError, zipMembers } from './zip.js';

/** Arrays by name, opened when asked for. */
export interface NamedArrays {
  readonly names: readonly string[];
  open(name: string): Promise<SampleArray>;
}

const ARRAY_SUFFIX = '.npy';

export async function openNpz(path: string): Promise<NamedArrays> {
  const members = await readingAs('.npz', path, () => zipMembers(fileAccess(path)));
  const byName = new Map(
    members
      .filter(({ name }) => name.endsWith(ARRAY_SUFFIX))
      .map((member) => [member.name.slice(0, -ARRAY_SUFFIX.length), member]),
  );
  return {
    names: [...byName.keys()],
    open: async (name) => openArray(path, name, await readingAs('.npz', path, () => byName.get(name)!.open())),
  };
}

/** An .npy as a collection of one array, which goes by the name of the file. */
export function openNpyFile(path: string): NamedArrays {
  const name = basename(path, ARRAY_SUFFIX);
  return { names: [name], open: () => openArray(path, name, fileAccess(path)) };
}

async function openArray(file: string, name: string, bytes: RandomAccess): Promise<SampleArray> {
  const reading = <T>(read: () => Promise<T>) => readingAs(`array ${name}`, file, read);
  try {
    const array = await reading(() => openNpy(bytes));
    return { ...array, readRows: (rows) => reading(() => array.readRows(rows)) };
  } catch (error) {
    if (!(error instanceof NpyTypeError)) throw error;
    throw new Failure('data.array-type', { file, array: name, dtype: error.message }, { cause: error });
  }
}

/** Turns what is wrong with a file into a failure that names it. */
async function readingAs<T>(kind: string, file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ZipError || error instanceof NpyError)) throw error;
    throw new Failure('data.unreadable', { file, kind, detail: error.message }, { cause: error });
  }
}
