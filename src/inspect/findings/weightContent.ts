/** What the numbers of a weight have in common beyond their distribution: a second, bounded reading. */
import { setImmediate } from 'node:timers/promises';
import type { Layer, LayerWeight } from '../../graph/layers.js';
import type { TensorStatistics } from '../../tensor/measure.js';
import { elementTypes } from '../../tensor/elementType.js';
import { tensorNumbers } from '../../tensor/numbers.js';
import type { ChannelLayout, ChannelPair } from './channelSketch.js';
import { ChannelSketch, channelLayout, isComparable } from './channelSketch.js';
import { nearDuplicates } from './nearDuplicates.js';
import type { NumericalRank } from './numericalRank.js';
import { numericalRank } from './numericalRank.js';
import type { MeasuredWeight } from './rankedFinding.js';
import { RowSketch } from './rowSketch.js';
import type { ScannedValues } from './valueScan.js';
import { ValueScan } from './valueScan.js';

export interface WeightContent {
  readonly layer: Layer;
  readonly weight: LayerWeight;
  readonly values: ScannedValues;
  /** Channels that are near duplicates of another, and one such pair; undefined where there is none. */
  readonly alike?: { readonly duplicates: number; readonly channels: number; readonly pair: readonly [number, number] };
  readonly rank?: NumericalRank;
}

/** Smaller tensors save nothing. */
const leastElements = 256;
const leastMatrixBytes = 16 << 10;

export interface ContentOptions {
  /** Look for a low rank too? It takes some 30 ms a matrix. */
  readonly rank: boolean;
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
export function matrixOf(
  { node }: Layer,
  { input, shape, bytes }: LayerWeight,
): { rows: number; columns: number } | undefined {
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

export async function weightContent(
  { layer, weight, living }: ReadableWeight,
  { rank, signal }: ContentOptions,
): Promise<WeightContent> {
  const { tensor } = weight;
  const scan = new ValueScan();
  const layout = mergeableChannels(layer, weight);
  const channels = layout && new ChannelSketch(layout);
  const matrix = rank ? matrixOf(layer, weight) : undefined;
  const rows = matrix && new RowSketch(matrix.rows, matrix.columns);
  let position = 0;
  for await (const chunk of tensorNumbers(tensor).chunks(signal)) {
    if (!scan.isDecided) scan.add(chunk);
    channels?.add(chunk, position);
    rows?.add(chunk, position);
    position += chunk.length;
    if (scan.isDecided && !channels && !rows) break;
  }

  const alike: ChannelPair[] = [];
  for (const part of channels?.candidates() ?? []) {
    alike.push(...part);
    await setImmediate();
    signal?.throwIfAborted();
  }
  const pairs = layout && alike.length > 0 ? await nearDuplicates(tensor, layout, alike, signal) : [];
  const spanning = rows?.spanningRows();
  // Channels of zeros lower the rank and have a finding of their own: is it lower still?
  const found =
    matrix && spanning && spanning.length < 0.9 * living
      ? await numericalRank(tensor, matrix.rows, matrix.columns, spanning, signal)
      : undefined;
  return {
    layer,
    weight,
    values: scan.result(),
    alike: pairs[0] && {
      duplicates: pairs.length,
      channels: layout!.channels,
      pair: [pairs[0].earlier, pairs[0].channel],
    },
    rank: found,
  };
}

function livingChannels({ channels }: TensorStatistics): number {
  if (!channels) return Infinity;
  let living = 0;
  for (let i = 0; i < channels.min.length; i++) if (channels.min[i] !== 0 || channels.max[i] !== 0) living++;
  return living;
}
