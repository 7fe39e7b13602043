/** Looking on one thread for what the numbers of a weight have in common. */
import type { CompiledKernels } from '../tensor/compiledKernels.js';
import { compiledSketches } from './findings/compiledSketches.js';
import type { ContentRequest, FoundContent } from './findings/findContent.js';
import { findContent } from './findings/findContent.js';
import { slackBytes } from './measurePart.js';
import { WeightReader } from './weightReader.js';
import type { WeightSource } from './weightSource.js';

export interface SourceContentRequest extends ContentRequest {
  /** Floating-point numbers as they are stored. */
  readonly source: WeightSource;
}

/** Bytes of numbers that are read and looked at in one go. */
const chunkBytes = 1 << 20;

/** `isGivenUp` is asked every few milliseconds. */
export async function findInWorker(
  kernels: CompiledKernels,
  request: SourceContentRequest,
  isGivenUp: () => boolean,
): Promise<FoundContent> {
  const reader = new WeightReader(kernels, request.source);
  const size = reader.wide ? 8 : 4;
  try {
    return await kernels.scopedWhile(async () => {
      const found = await findContent(
        {
          chunkElements: chunkBytes / size,
          // The place is given back at once: the numbers stay there until more is reserved.
          read: (start, count) =>
            kernels.scoped(() => {
              const address = kernels.reserve(count * size + slackBytes);
              reader.read(start, count, address);
              return reader.wide ? kernels.float64(address, count) : kernels.float32(address, count);
            }),
          pause: () => {
            if (isGivenUp()) throw new Error('given up');
          },
          sketches: compiledSketches(kernels),
        },
        request,
      );
      reader.checkUnchanged();
      return found;
    });
  } finally {
    reader.close();
  }
}
