/** A worker of the StatisticsPool: a thread that measures one part of a weight after the other, or looks through a weight. */
import { worker } from 'workerpool';
import type { FailureData } from '../messages/failure.js';
import { failureData } from '../messages/failure.js';
import { CompiledKernels } from '../tensor/compiledKernels.js';
import binary from '../tensor/kernels.wasm';
import type { FoundContent } from './findings/findContent.js';
import type { SourceContentRequest } from './findInWorker.js';
import { findInWorker } from './findInWorker.js';
import type { PartRequest, PartResult } from './measurePart.js';
import { measurePart } from './measurePart.js';

/** A failure is answered as data: thrown, it would arrive as an Error without its code. */
export type Answer<T> = T | { readonly failure: FailureData };

let kernels: CompiledKernels | undefined;

async function answer<T>(act: (kernels: CompiledKernels) => T | Promise<T>): Promise<Answer<T>> {
  try {
    kernels ??= new CompiledKernels(binary);
    return await act(kernels);
  } catch (error) {
    return { failure: failureData(error) };
  }
}

const methods = {
  measure: (request: PartRequest): Promise<Answer<PartResult>> => answer((kernels) => measurePart(kernels, request)),

  /** `givenUp` is shared with who asks: the search ends where it is not 0. */
  content: (request: SourceContentRequest, givenUp: Int32Array): Promise<Answer<FoundContent>> =>
    answer((kernels) => findInWorker(kernels, request, () => Atomics.load(givenUp, 0) !== 0)),
};

export type StatisticsWorker = typeof methods;

worker(methods);
