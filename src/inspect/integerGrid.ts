/** The numbers that integer codes stand for. Browser-safe. */

export interface GridSettings {
  /** 2 to 16. */
  readonly bits: number;
  readonly symmetric: boolean;
  /** The clipping range. */
  readonly min: number;
  readonly max: number;
}

/** The multiples `first` to `last` of `scale`. */
export interface IntegerGrid {
  readonly scale: number;
  /** The code of 0 where codes count from 0; 0 on a symmetric grid, whose codes count from `first`. */
  readonly zeroPoint: number;
  readonly first: number;
  readonly last: number;
  /** The range that the grid was made for: the clipping range, widened to be symmetric or to hold 0. */
  readonly min: number;
  readonly max: number;
}

/**
 * Symmetric: -(2^(b-1) - 1) … 2^(b-1) - 1 times max(|min|, |max|) / (2^(b-1) - 1). Asymmetric: 2^b codes, scale =
 * (max - min) / (2^b - 1), zero point = round(-min / scale), the range first widened to hold 0, which padding and Relu
 * need exact (Jacob et al., arXiv 1712.05877, section 2.1; onnxruntime's compute_scale_zp). A range too narrow
 * for a scale gets 1.
 */
export function integerGrid({ bits, symmetric, min, max }: GridSettings): IntegerGrid {
  if (symmetric) {
    const last = 2 ** (bits - 1) - 1;
    const limit = Math.max(Math.abs(min), Math.abs(max));
    return { scale: limit / last || 1, zeroPoint: 0, first: -last, last, min: -limit, max: limit };
  }
  const greatest = 2 ** bits - 1;
  const from = Math.min(min, 0);
  const to = Math.max(max, 0);
  const scale = (to - from) / greatest || 1;
  const zeroPoint = Math.round(Math.abs(from) / scale);
  return { scale, zeroPoint, first: -zeroPoint, last: greatest - zeroPoint, min: from, max: to };
}

export function codeCount(grid: IntegerGrid): number {
  return grid.last - grid.first + 1;
}
