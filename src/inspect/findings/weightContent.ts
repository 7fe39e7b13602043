/** What is looked for in which weight, and where: by the pool's workers, or here. */
import { setImmediate } from 'node:timers/promises';
import type { Layer, LayerWeight } from '../../graph/layers.js';
import { elementTypes, storedBytes } from '../../tensor/elementType.js';
import type { TensorStatistics } from '../../tensor/measure.js';
import { numbersOf } from '../../tensor/numbers.js';
import type { Tensor } from '../../tensor/tensor.js';
import { leastPoolElements } from '../measureWeight.js';
import type { StatisticsPool } from '../statisticsPool.js';
import { weightSource } from '../weightSource.js';
import type { ChannelLayout } from './channelSketch.js';
import { channelLayout, isComparable } from './channelSketch.js';
import type { ContentSource } from './contentSource.js';
import type { ContentRequest, FoundContent } from './findContent.js';
import { findContent } from './findContent.js';
import { plainSketches } from './plainSketches.js';
import type { MeasuredWeight } from './rankedFinding.js';
import type { MatrixSize } from './rowSketch.js';

export interface WeightContent extends FoundContent {
  readonly layer: Layer;
  readonly weight: LayerWeight;
}

/** Smaller tensors save nothing. */
const leastElements = 256;
const leastMatrixBytes = 16 << 10;

export interface ContentOptions {
  /** Look for a low rank too? */
  readonly rank: boolean;
  /** Reads the larger weights; without one all are read on this thread. */
  readonly pool?: StatisticsPool;
  readonly signal?: AbortSignal;
}

/** Can anything be found by reading a weight once more? Numbers that are quantized, sparse, damaged or all equal are not read. */
export function isWorthReading({ weight, statistics }: Pick<MeasuredWeight, 'weight' | 'statistics'>): boolean {
  const { tensor, isParameter, quantization, sparse } = weight;
  const { count, min, max, nans, infinities } = statistics;
  return (
    isParameter &&
    !quantization &&
    !sparse &&
    elementTypes[tensor.elementType].kind === 'float' &&
    elementTypes[tensor.elementType].bits >= 16 &&
    count >= leastElements &&
    min < max &&
    nans + infinities === 0
  );
}

/** The rows and columns of a weight that two smaller layers could take the place of; undefined where none could. */
export function matrixOf({ node }: Layer, { input, shape, bytes }: LayerWeight): MatrixSize | undefined {
  const isConvolution = node.is('Conv') && input === 1 && shape.length > 2 && node.int('group', 1) === 1;
  const isProduct = (node.is('Gemm') || node.is('MatMul')) && shape.length === 2;
  if ((!isConvolution && !isProduct) || bytes < leastMatrixBytes) return undefined;
  return { rows: shape[0]!, columns: shape.slice(1).reduce((a, b) => a * b, 1) };
}

/** The output channels of a weight that could take each other's place: those that see the same inputs. */
function mergeableChannels({ node }: Layer, { shape, channelAxis }: LayerWeight): ChannelLayout | undefined {
  if (channelAxis === undefined || node.int('group', 1) !== 1) return undefined;
  const layout = channelLayout(shape, channelAxis);
  return isComparable(layout) ? layout : undefined;
}

/** A weight that is to be read once more. */
export interface ReadableWeight {
  readonly layer: Layer;
  readonly weight: LayerWeight;
  /** Channels that hold more than zeros. */
  readonly living: number;
}

export function readable({ layer, weight, statistics }: MeasuredWeight): ReadableWeight {
  return { layer, weight, living: livingChannels(statistics) };
}

/** The same, to the bit, by the pool and without it. */
export async function weightContent(
  { layer, weight, living }: ReadableWeight,
  { rank, pool, signal }: ContentOptions,
): Promise<WeightContent> {
  const request: ContentRequest = {
    elements: weight.elements,
    bits: elementTypes[weight.tensor.elementType].bits,
    layout: mergeableChannels(layer, weight),
    matrix: rank ? matrixOf(layer, weight) : undefined,
    living,
  };
  const findHere = () => findContent(plainSource(weight.tensor, signal), request);
  const find = async () => {
    if (!pool || weight.elements < leastPoolElements) return findHere();
    const source = await weightSource(layer, weight);
    return source ? pool.content({ ...request, source }, signal) : pool.alone(findHere);
  };
  return { layer, weight, ...(await find()) };
}

/** 1 MiB of float32. */
const chunkElements = 1 << 18;

function plainSource({ elementType, bytes }: Tensor, signal?: AbortSignal): ContentSource {
  return {
    chunkElements,
    async read(start, count) {
      const from = storedBytes(elementType, start);
      return numbersOf(elementType, await bytes.read(from, from + storedBytes(elementType, count)), count);
    },
    async pause() {
      // What was in memory already was read without a wait.
      await setImmediate();
      signal?.throwIfAborted();
    },
    sketches: plainSketches,
  };
}

function livingChannels({ channels }: TensorStatistics): number {
  if (!channels) return Infinity;
  let living = 0;
  for (let i = 0; i < channels.min.length; i++) if (channels.min[i] !== 0 || channels.max[i] !== 0) living++;
  return living;
}
