import type { FailureData } from '../../src/messages/failure.js';
import { failureData } from '../../src/messages/failure.js';

/** Words for what a call threw; null where it was only cancelled. */
export function failureOf(error: unknown): FailureData | null {
  const failure = failureData(error);
  return failure.code === 'cancelled' ? null : failure;
}
