/** Browser-safe. */
import type { ModelCard } from './inspection.js';

/**
 * What the shares of a model's bytes are shares of: the bytes of its files, or those that its weights take where that is
 * more, as it is where a data file is missing.
 */
export function wholeBytes({ bytes, bytesByType }: Pick<ModelCard, 'bytes' | 'bytesByType'>): number {
  const ofWeights = Object.values(bytesByType).reduce((sum, part) => sum + part, 0);
  return Math.max(bytes, ofWeights);
}
