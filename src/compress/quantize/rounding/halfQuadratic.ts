/** Scales and zero points for weights with outliers, from the weights alone. */
import type { IntegerRange } from '../integerRange.js';
import type { QuantizationParameters } from '../parameters.js';
import { roundHalfToEven } from '../parameters.js';

export interface HalfQuadraticSettings {
  /** The p of the norm, below 1: few large errors weigh less than many middling ones. */
  readonly norm: number;
  /** How strongly the errors set apart are bound to those there are, and by what that grows in each step. */
  readonly beta: number;
  readonly growth: number;
  readonly steps: number;
}

/** As in the paper's code. */
export const halfQuadraticDefaults: HalfQuadraticSettings = { norm: 0.7, beta: 10, growth: 1.01, steps: 20 };

/** Added to magnitudes before a negative power is taken. */
const nearZero = 1e-8;

/**
 * A grid that leaves a smaller sum of |x - (q - zero point) * scale|^p than the given one, or that one (Badri & Shaji 2023,
 * Half-Quadratic Quantization of Large Machine Learning Models, section 2): errors e are set apart by shrinking, then the
 * zero point is the mean of q - (x - e) / scale, and so on. A zero point that must be whole stays, and the scale moves
 * in its place: to the least squares of x - e by q - zero point. Errors are measured in steps of the first scale, so that
 * nothing depends on the unit of the weights.
 */
export function halfQuadratic(
  elements: Float32Array,
  start: QuantizationParameters,
  { min, max }: IntegerRange,
  moves: 'scale' | 'zero-point',
  settings = halfQuadraticDefaults,
): QuantizationParameters {
  const { norm, growth, steps } = settings;
  let { beta } = settings;
  let { zeroPoint } = start;
  /** In first scales. */
  let scale = 1;
  let best = { scale, zeroPoint, loss: Infinity };
  for (let step = 0; step <= steps; step++, beta *= growth) {
    let loss = 0;
    let zeros = 0;
    let products = 0;
    let squares = 0;
    for (const element of elements) {
      const x = element / start.scale;
      const code = Math.min(Math.max(roundHalfToEven(x / scale + zeroPoint), min), max);
      const units = code - zeroPoint;
      const error = x - units * scale;
      const size = Math.abs(error);
      const apart = Math.max(size - (size + nearZero) ** (norm - 1) / beta, 0);
      const rest = x - Math.sign(error) * apart;
      loss += size ** norm;
      zeros += code - rest / scale;
      products += rest * units;
      squares += units * units;
    }
    if (loss < best.loss) best = { scale, zeroPoint, loss };
    else break;
    if (moves === 'zero-point') zeroPoint = zeros / elements.length;
    else if (products > 0) scale = products / squares;
  }
  return { scale: best.scale === 1 ? start.scale : Math.fround(best.scale * start.scale), zeroPoint: best.zeroPoint };
}
