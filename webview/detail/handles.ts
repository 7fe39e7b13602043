/** The arithmetic of the two handles that set a clipping range. Pure. */

export type Handle = 'low' | 'high';
export type Range = readonly [low: number, high: number];

/** How far the range can reach: all values, and zero, which every quantized range must be able to hold. */
export function limitsOf(min: number, max: number, symmetric: boolean): Range {
  if (symmetric) {
    const reach = Math.max(Math.abs(min), Math.abs(max));
    return [-reach, reach];
  }
  return [Math.min(0, min), Math.max(0, max)];
}

const span = ([low, high]: Range): number => high - low;

/** The least distance a handle keeps from zero: no range is empty. */
export const leastReach = (limits: Range): number => span(limits) / 4096;

/**
 * The range after a handle was moved to `value`. The low one stays at or below zero and the high one at or above, within
 * the limits; of a symmetric range the other handle mirrors it.
 */
export function moveHandle(range: Range, handle: Handle, value: number, limits: Range, symmetric: boolean): Range {
  const least = leastReach(limits);
  if (symmetric) {
    const reach = Math.min(limits[1], Math.max(least, handle === 'low' ? -value : value));
    return [-reach, reach];
  }
  if (handle === 'low') {
    const low = Math.min(0, Math.max(limits[0], value));
    return [Math.min(low, range[1] - least), range[1]];
  }
  const high = Math.max(0, Math.min(limits[1], value));
  return [range[0], Math.max(high, range[0] + least)];
}

/** The value that a key moves a handle to; undefined for keys that move nothing. */
export function keyTarget(key: string, coarse: boolean, value: number, limits: Range): number | undefined {
  const step = span(limits) / (coarse ? 20 : 200);
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return value - step;
    case 'ArrowRight':
    case 'ArrowUp':
      return value + step;
    case 'PageDown':
      return value - span(limits) / 10;
    case 'PageUp':
      return value + span(limits) / 10;
    case 'Home':
      return limits[0];
    case 'End':
      return limits[1];
    default:
      return undefined;
  }
}
