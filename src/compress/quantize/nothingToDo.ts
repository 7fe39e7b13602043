import { english } from '../../messages/catalog.js';
import { Failure } from '../../messages/failure.js';
import type { Skipped } from '../method.js';

/** The failure of a quantization that would change nothing, with the reason of the first layer that was chosen. */
export function nothingToDo(skipped: readonly Skipped[]): Failure {
  const [first] = skipped;
  if (!first) return new Failure('compress.nothing-chosen');
  return new Failure(
    'compress.nothing-to-do',
    { layer: first.layer, reason: english(first.reason) },
    { cause: skipped },
  );
}

/** The layers that were left, each with the reason, where a failure says that nothing can be quantized. */
export function skippedOf(error: unknown): readonly Skipped[] | undefined {
  if (!(error instanceof Failure) || error.code !== 'compress.nothing-to-do') return undefined;
  return Array.isArray(error.cause) ? (error.cause as Skipped[]) : undefined;
}
