import { createHash } from 'node:crypto';
import type { Layer } from '../../graph/layers.js';
import { whyUnreadable } from '../../inspect/layerCards.js';
import { largestOf, parametersOf } from '../pairedWeights.js';

const sampleBytes = 4 << 10;
/** A bias of a few numbers may be the same in many layers. */
const leastBytes = 64;

/**
 * Identifies the largest weight of a layer by its type, its shape, and samples of its bytes from the start, the middle and
 * the end; '' where there is none that could be told from others, or where it cannot be read.
 */
export async function weightContent(layer: Layer): Promise<string> {
  const weight = largestOf(parametersOf(layer));
  if (!weight || weight.sparse || weight.tensor.bytes.byteLength < leastBytes || whyUnreadable(weight)) return '';
  const { bytes, elementType, shape } = weight.tensor;
  const hash = createHash('sha256').update(`${elementType} ${shape.join()}`);
  const { byteLength } = bytes;
  const starts = [0, Math.floor(byteLength / 2), byteLength - sampleBytes];
  const samples = await Promise.all(
    starts.map((start) => bytes.read(Math.max(0, start), Math.min(byteLength, Math.max(0, start) + sampleBytes))),
  );
  if (samples.every((sample) => sample.every((byte) => byte === sample[0]))) return '';
  for (const sample of samples) hash.update(sample);
  return hash.digest('hex');
}
