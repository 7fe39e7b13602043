/** Seconds until a job ends, if it goes on as it did since `since`; null while that cannot be told. Pure. */
export function secondsLeft(
  job: { readonly since: number; readonly sinceFraction: number },
  fraction: number | null,
  now: number,
): number | null {
  if (fraction === null) return null;
  const done = fraction - job.sinceFraction;
  const seconds = (now - job.since) / 1000;
  if (done < 0.02 || seconds < 1) return null;
  return ((1 - fraction) * seconds) / done;
}
