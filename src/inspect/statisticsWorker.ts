/** A worker of the StatisticsPool: a thread that measures one part of a weight after the other. */
import { worker } from 'workerpool';
import type { FailureData } from '../messages/failure.js';
import { failureData } from '../messages/failure.js';
import { CompiledKernels } from '../tensor/compiledKernels.js';
import binary from '../tensor/kernels.wasm';
import type { PartRequest, PartResult } from './measurePart.js';
import { measurePart } from './measurePart.js';

let kernels: CompiledKernels | undefined;

/** A failure is answered as data: thrown, it would arrive as an Error without its code. */
function measure(request: PartRequest): PartResult | { readonly failure: FailureData } {
  try {
    kernels ??= new CompiledKernels(binary);
    return measurePart(kernels, request);
  } catch (error) {
    return { failure: failureData(error) };
  }
}

export type StatisticsWorker = { measure: typeof measure };

worker({ measure });
