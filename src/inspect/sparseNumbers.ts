import type { SparseTensor } from '../graph/model.js';
import { Failure } from '../messages/failure.js';
import { elementCount } from '../tensor/elementType.js';
import type { NumberSource } from '../tensor/measure.js';
import { readNumbers } from '../tensor/numbers.js';

/** Elements of a chunk. */
const chunkElements = 1 << 20;

/** Dense tensors beyond this fit in no machine that runs the model: their shape is damaged. */
const mostElements = 2 ** 31;
/** The same goes for a large shape with almost nothing in it: going through its zeros would take longer than anybody waits. */
const largeShape = 2 ** 24;
const mostElementsAValue = 2 ** 16;

/** The numbers of the dense tensor that a sparse one stands for. */
export function sparseNumbers(sparse: SparseTensor): NumberSource {
  const total = elementCount(sparse.shape);
  return {
    shape: sparse.shape,
    async *chunks(signal) {
      const shape = `[${sparse.shape.join(', ')}]`;
      const most = Math.max(largeShape, elementCount(sparse.values.shape) * mostElementsAValue);
      if (total > Math.min(mostElements, most)) throw new Failure('inspect.sparse-size', { shape, elements: total });
      const values = await readNumbers(sparse.values);
      const positions = await linearPositions(sparse);
      // The standard asks for ascending positions; files in the wild are not to be trusted with it.
      const order = Array.from(positions.keys()).sort((a, b) => positions[a]! - positions[b]!);
      const outside = positions.find((position) => !(position >= 0 && position < total));
      if (outside !== undefined) throw new Failure('inspect.sparse-position', { shape, position: outside });
      let next = 0;
      for (let start = 0; start < total; start += chunkElements) {
        signal?.throwIfAborted();
        const chunk = new Float64Array(Math.min(chunkElements, total - start));
        for (; next < order.length && positions[order[next]!]! < start + chunk.length; next++) {
          chunk[positions[order[next]!]! - start] = values[order[next]!]!;
        }
        yield chunk;
      }
    },
  };
}

/** Positions in row-major order, from linear indices [nnz] or coordinates [nnz, rank]. */
async function linearPositions({ indices, shape }: SparseTensor): Promise<Float64Array> {
  const numbers = await readNumbers(indices);
  if (indices.shape.length < 2) return Float64Array.from(numbers);
  const rank = shape.length;
  return Float64Array.from({ length: indices.shape[0]! }, (_, i) =>
    shape.reduce((position, dimension, axis) => position * dimension + numbers[i * rank + axis]!, 0),
  );
}
