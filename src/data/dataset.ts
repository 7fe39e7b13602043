import type { Message } from '../messages/message.js';
import type { ElementType } from '../tensor/elementType.js';
import type { TensorArray } from '../tensor/tensor.js';
import type { CarriedInput } from './carriedInput.js';

/** Some samples as a model takes them. */
export interface Batch {
  /** Input name to array. Where `stackable`, the first axis counts the samples of the batch. */
  readonly feeds: Readonly<Record<string, TensorArray>>;
  /** Which samples of the data set these are. */
  readonly samples: readonly number[];
}

export interface DatasetInput {
  readonly name: string;
  readonly elementType: ElementType;
  /** The shape of one sample, without the batch axis where `stackable`; absent where it differs from sample to sample. */
  readonly sampleShape?: readonly number[];
}

/** Samples to run a model on, read when needed. */
export interface Dataset {
  /** How a person named it: a path, or 'random'. */
  readonly name: string;
  readonly sampleCount: number;
  readonly inputs: readonly DatasetInput[];
  /** Whether samples can be joined along a first batch axis (npz, npy), or each is a whole feed (test_data_set_*). */
  readonly stackable: boolean;
  /** Where `stackable` and the model's batch size is fixed: the number of samples that each read must join. */
  readonly fixedBatch?: number;
  /** The class of each sample, where the data says. */
  readonly labels?: Int32Array;
  /**
   * Inputs that the data leaves to be taken over from an output of the run before, one sample at a time in order. Where a
   * sequence begins, what is read holds their initial values.
   */
  readonly carried?: readonly CarriedInput[];
  /** Whether a sample begins a sequence, so that nothing is carried into it; absent: only the first does. */
  readonly startsSequence?: (sample: number) => boolean;
  /** Reference outputs by sample, where the data has them (test_data_set_*). */
  readonly expected?: (sample: number) => Promise<Readonly<Record<string, TensorArray>> | undefined>;
  /** What a person must know before believing a number measured on it (random data). */
  readonly warnings: readonly Message[];
  /** Reads samples, joined to one batch where `stackable`; otherwise exactly one sample may be asked for. */
  read(samples: readonly number[]): Promise<Batch>;
}
