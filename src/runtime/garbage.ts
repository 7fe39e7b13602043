/**
 * The memory of a run's outputs is freed when their JavaScript objects are collected, of which the collector, that sees only
 * small objects, thinks too late. So it is told.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of outputs that may lie about before the collector is called. */
const mostUncollected = 32 << 20;

let collect: (() => void) | undefined;
let uncollected = 0;

/** Says that outputs of so many bytes will not be used any more. */
export function noteGarbage(bytes: number): void {
  uncollected += bytes;
}

/** Calls the collector if that is worth it: before more is allocated, when nothing holds the old outputs any more. */
export function collectGarbage(): void {
  if (uncollected < mostUncollected) return;
  uncollected = 0;
  collect ??= collector();
  collect();
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
