/** Browser-safe. */

/** How finely the scans of `leastAt` go: places of the first scan of all, and of each finer one around the best so far. */
export type Scans = readonly number[];

const defaultScans: Scans = [32, 32, 32];

/**
 * Where in (0, end] a function is least: a scan of all, then finer ones around the best so far, since the error of
 * quantization has many small dips. `end` itself is a candidate, and wins where nothing is less. The function may answer
 * Infinity as soon as it knows that its value is not below `bound`, the least so far.
 */
export function leastAt(
  end: number,
  value: (at: number, bound: number) => number,
  scans: Scans = defaultScans,
): { readonly at: number; readonly value: number } {
  let best = end;
  let least = value(end, Infinity);
  let from = 0;
  let reach = end;
  for (const places of scans) {
    const stride = reach / places;
    for (let i = 1; i <= places; i++) {
      const at = from + i * stride;
      if (at >= end) break;
      const found = value(at, least);
      if (found < least) [least, best] = [found, at];
    }
    from = Math.max(0, best - stride);
    reach = 2 * stride;
  }
  return { at: best, value: least };
}
