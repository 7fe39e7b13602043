/**
 * Acts on items in order, on at most `lanes` at once. Gives the results in order; rejects with the first error, or as soon
 * as the signal is aborted, and begins nothing after that.
 */
export async function inLanes<T, R>(
  items: readonly T[],
  lanes: number,
  signal: AbortSignal | undefined,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let isOver = false;
  const lane = async () => {
    while (next < items.length && !isOver) {
      signal?.throwIfAborted();
      const at = next++;
      results[at] = await act(items[at]!);
    }
  };
  const all = Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  try {
    await abortable(all, signal);
    return results;
  } finally {
    isOver = true;
  }
}

/** The promise, unless it is given up before. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  let leave!: () => void;
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
    promise.catch(() => undefined);
  }
}
