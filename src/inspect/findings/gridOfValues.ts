/** Numbers that all lie at whole multiples of one step: those of a tensor that was quantized and stored as real again. */
export interface Grid {
  readonly step: number;
  /** The bits of the narrowest integer type that holds the multiples: 2, 4 or 8. */
  readonly bits: 2 | 4 | 8;
}

/** How far from a multiple a number may lie, for the roundings to float32 of scale and product: parts of the largest. */
const tolerance = 5e-7;

/**
 * The grid of ascending, different, finite numbers: the widest step such that all are multiples of it, 0 among them, that
 * an integer type of at most 8 bits tells apart. Undefined where there is none, and for fewer than three numbers, which
 * always lie on one.
 */
export function gridOfValues(values: readonly number[]): Grid | undefined {
  if (values.length < 3) return undefined;
  const [least, greatest] = [Math.min(0, values[0]!), Math.max(0, values.at(-1)!)];
  // Below this step more than 8 bits are needed: whatever smaller divisor there is, is none.
  const smallest = ((greatest - least) / 255) * (1 - 1e-3);
  const largest = Math.max(-least, greatest);
  let step = largest;
  for (const value of values) {
    step = commonDivisor(Math.abs(value), step, smallest / 2);
    if (!(step >= smallest)) return undefined;
    // The largest is the most exact multiple: else the roundings of one division would grow in the next.
    step = largest / Math.round(largest / step);
  }
  const isMultiple = (value: number) => Math.abs(value - Math.round(value / step) * step) <= tolerance * largest;
  if (!values.every(isMultiple)) return undefined;
  const codes = Math.round((greatest - least) / step) + 1;
  if (codes > 256) return undefined;
  return { step, bits: codes <= 4 ? 2 : codes <= 16 ? 4 : 8 };
}

/** Euclid's algorithm; what is below `least` is a rounding, and counts as 0. */
function commonDivisor(a: number, b: number, least: number): number {
  while (b >= least) {
    const rest = Math.abs(a - Math.round(a / b) * b);
    [a, b] = [b, rest];
  }
  return a;
}
