import { Failure } from '../messages/failure.js';
import { elementCount } from '../tensor/elementType.js';
import type { SampleArray } from './npy.js';

const GREATEST_CLASS = 2 ** 31 - 1;

/** The class of each sample: whole numbers from 0 up, [samples] or [samples,1], of any numeric type. */
export async function readLabels(file: string, name: string, array: SampleArray): Promise<Int32Array> {
  const fail = (detail: string) => new Failure('data.labels', { file, detail });
  const values = await readColumn(name, array, fail);
  return Int32Array.from(values, (value: number | bigint, sample) => {
    const label = Number(value);
    if (Number.isInteger(label) && label >= 0 && label <= GREATEST_CLASS) return label;
    throw fail(`sample ${sample} has ${value}`);
  });
}

/** The samples that begin a sequence: where the number of its sequence is another than that of the sample before. */
export async function readSequenceStarts(file: string, name: string, array: SampleArray): Promise<ReadonlySet<number>> {
  return startsOf(
    Array.from(await readColumn(name, array, (detail) => new Failure('data.sequences', { file, detail }))),
  );
}

export function startsOf(sequences: readonly unknown[]): ReadonlySet<number> {
  return new Set(sequences.flatMap((sequence, i) => (i === 0 || sequence !== sequences[i - 1] ? [i] : [])));
}

/** One number for each sample. */
async function readColumn(
  name: string,
  array: SampleArray,
  fail: (detail: string) => Failure,
): Promise<ArrayLike<number | bigint>> {
  const count = array.shape[0] ?? 0;
  if (elementCount(array.shape.slice(1)) !== 1) throw fail(`${name} has the shape [${array.shape.join(',')}]`);
  if (array.elementType === 'float16') throw fail(`${name} is float16`);
  return (await array.readRows(Array.from({ length: count }, (_, i) => i))) as ArrayLike<number | bigint>;
}
