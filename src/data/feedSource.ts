/** What feeds the inputs of a model, one source an input, joined to a data set. */
import { Failure } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import type { ElementType } from '../tensor/elementType.js';
import type { TensorArray } from '../tensor/tensor.js';
import type { Dataset } from './dataset.js';
import type { ModelInput } from './modelInput.js';

export interface FeedSource {
  /** What failures call it: an array of a file, a folder of images. */
  readonly name: string;
  readonly input: ModelInput;
  readonly elementType: ElementType;
  /** Null where each sample is fed the same. */
  readonly sampleCount: number | null;
  /** The shape of one sample, without a batch axis where `stacked`; absent where it differs from sample to sample. */
  readonly sampleShape?: readonly number[];
  /** Samples are joined along a first axis; else each is the whole input. */
  readonly stacked: boolean;
  readonly warnings?: readonly Message[];
  /** Reads samples, joined where `stacked`; otherwise exactly one may be asked for. */
  read(samples: readonly number[]): Promise<TensorArray>;
}

export interface JoinedParts {
  readonly labels?: Int32Array;
  /** What failures call the labels. */
  readonly labelName?: string;
  /** Samples that begin a sequence. */
  readonly starts?: ReadonlySet<number>;
  readonly warnings: readonly Message[];
}

/** A data set of the samples of all sources together. Fails where they have different numbers of samples, or none. */
export function joinFeeds(name: string, sources: readonly FeedSource[], parts: JoinedParts): Dataset {
  const counted = sources.flatMap(({ name, sampleCount: count }) => (count === null ? [] : [{ name, count }]));
  if (parts.labels) counted.push({ name: parts.labelName ?? 'labels', count: parts.labels.length });
  const sampleCount = sources.length === 0 ? 0 : (counted[0]?.count ?? 1);
  if (sampleCount === 0) throw new Failure('data.no-samples', { file: name });
  const other = counted.find(({ count }) => count !== sampleCount);
  if (other) {
    const first = { array: counted[0]!.name, count: sampleCount };
    throw new Failure('data.sample-count', { file: name, ...first, other: other.name, otherCount: other.count });
  }
  const batched = sources.filter((source) => !isLoneConstant(source));
  const stackable =
    batched.every(({ stacked, sampleShape }) => stacked && sampleShape) &&
    batched.every(({ input }) => input.shape?.[0] !== 1);
  const fixedBatch = stackable
    ? batched.map(({ input }) => input.shape?.[0]).find((size) => typeof size === 'number')
    : undefined;
  const { starts } = parts;
  return {
    name,
    sampleCount,
    inputs: sources.map(({ input, elementType, sampleShape, stacked }) => ({
      name: input.name,
      elementType,
      sampleShape: sampleShape && stacked && !stackable ? [1, ...sampleShape] : sampleShape,
    })),
    stackable,
    fixedBatch,
    labels: parts.labels,
    startsSequence: starts && ((sample) => starts.has(sample)),
    warnings: [...sources.flatMap(({ warnings = [] }) => warnings), ...parts.warnings],
    async read(samples) {
      if (!stackable && samples.length !== 1) throw new RangeError('samples of this data set cannot be joined');
      const entries = sources.map(async (source) => [source.input.name, await source.read(samples)] as const);
      return { samples, feeds: Object.fromEntries(await Promise.all(entries)) };
    },
  };
}

/** A number without axes, the same for all samples: it goes with batches of any size. */
function isLoneConstant({ sampleCount, stacked, sampleShape }: FeedSource): boolean {
  return sampleCount === null && !stacked && sampleShape?.length === 0;
}

/** The type that an input is fed. Fails for inputs that are no tensors of numbers. */
export function fedType({ name, elementType }: ModelInput): ElementType {
  if (elementType === 'other' || elementType === 'string') {
    throw new Failure('data.input-kind', { input: name, kind: elementType === 'string' ? 'text' : 'no tensor' });
  }
  return elementType;
}
