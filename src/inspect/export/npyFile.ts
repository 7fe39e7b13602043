/** Tensors in the .npy format of numpy (numpy.lib.format, versions 1.0 and 2.0). */
import { npyTypes } from '../../data/npy.js';
import type { Layer, LayerWeight } from '../../graph/layers.js';
import { Failure } from '../../messages/failure.js';
import type { ElementType } from '../../tensor/elementType.js';
import { elementCount, elementTypes, storedBytes } from '../../tensor/elementType.js';
import { bytesOfNumbers } from '../../tensor/numbers.js';
import { numericArrayOf } from '../../tensor/numericArray.js';
import type { Tensor } from '../../tensor/tensor.js';
import { weightNumbers } from '../weightNumbers.js';

const descriptors: Readonly<Partial<Record<ElementType, string>>> = {
  ...Object.fromEntries(
    Object.entries(npyTypes).map(([name, type]) => [type, `${name.endsWith('1') ? '|' : '<'}${name}`]),
  ),
  complex64: '<c8',
  complex128: '<c16',
};

/**
 * A weight as a .npy file. `stored`: the elements as they are in the file, of types that numpy does not know (bfloat16,
 * float8, 4 bits) the codes, an integer each. `real`: of these types, and of quantized integers, the real numbers they stand
 * for, as float32. A sparse weight is written dense in both. Throws `inspect.npy-strings`.
 */
export async function* npyFile(
  layer: Layer,
  weight: LayerWeight,
  form: 'stored' | 'real',
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { tensor, sparse, quantization } = weight;
  const { elementType } = tensor;
  if (elementType === 'string') throw new Failure('inspect.npy-strings', { weight: weight.name });
  const descriptor = descriptors[elementType];
  const isSmall = descriptor === undefined && elementTypes[elementType].kind === 'float';
  if (form === 'real' && (quantization || isSmall)) {
    yield npyHeader('<f4', weight.shape);
    for await (const chunk of weightNumbers(layer, weight).chunks(signal)) yield bytesOfNumbers('float32', chunk);
  } else if (sparse) {
    yield npyHeader(descriptor ?? codeDescriptor(elementType), sparse.shape);
    for await (const chunk of weightNumbers(layer, weight).chunks(signal)) {
      const bytes = bytesOfNumbers(elementType, chunk);
      yield descriptor ? bytes : codesOf(elementType, bytes, chunk.length);
    }
  } else {
    yield npyHeader(descriptor ?? codeDescriptor(elementType), tensor.shape);
    yield* storedElements(tensor, descriptor !== undefined, signal);
  }
}

/** Elements of a chunk. A multiple of 4, so that chunks of packed elements begin at whole bytes. */
const chunkElements = 1 << 20;

async function* storedElements(
  { elementType, shape, bytes }: Tensor,
  asTheyAre: boolean,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const total = elementCount(shape);
  for (let start = 0; start < total; start += chunkElements) {
    signal?.throwIfAborted();
    const count = Math.min(chunkElements, total - start);
    const from = storedBytes(elementType, start);
    const part = await bytes.read(from, from + storedBytes(elementType, count));
    yield asTheyAre ? part : codesOf(elementType, part, count);
  }
}

/** Codes of a type without a descriptor: an int8 each of signed packed integers, else an unsigned integer. */
function codeDescriptor(type: ElementType): string {
  if (type === 'int4' || type === 'int2') return '|i1';
  return elementTypes[type].bits > 8 ? '<u2' : '|u1';
}

function codesOf(type: ElementType, bytes: Uint8Array, count: number): Uint8Array {
  const { buffer, byteOffset, byteLength } = numericArrayOf(type, bytes, count);
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** The data begins at a multiple of 64, as numpy writes it. */
const alignment = 64;
const longestOfVersion1 = 0xffff;

/** Magic, version, length, and the dictionary that describes the array, ended by spaces and a line break. */
export function npyHeader(descriptor: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${descriptor}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = (start: number) => {
    const length = Math.ceil((start + dictionary.length + 1) / alignment) * alignment - start;
    return `${dictionary.padEnd(length - 1)}\n`;
  };
  const isFirst = padded(10).length <= longestOfVersion1;
  const start = isFirst ? 10 : 12;
  const text = padded(start);
  const header = new Uint8Array(start + text.length);
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, isFirst ? 1 : 2, 0]);
  const view = new DataView(header.buffer);
  if (isFirst) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  header.set(new TextEncoder().encode(text), start);
  return header;
}
