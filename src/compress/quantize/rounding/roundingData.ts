/** Which roundings are fitted on data, and what they need. */
import { Failure } from '../../../messages/failure.js';
import type { Laboratory } from '../../laboratory.js';
import type { WorkContext } from '../../method.js';
import type { QuantizeOptions } from '../options.js';
import { isExact } from '../options.js';

const fitted: ReadonlySet<QuantizeOptions['rounding']> = new Set(['adaround', 'gptq', 'reconstruct']);

export function isFittedOnData({ rounding }: QuantizeOptions): boolean {
  return fitted.has(rounding);
}

/** Throws a Failure where what is asked for excludes a rounding: onnxruntime's own result, or scales of powers of two. */
export function refuseRounding(options: QuantizeOptions): void {
  if (isExact(options) && options.rounding !== 'nearest') throw new Failure('compress.quantize.rounding-in-compat');
  if (options.powerOfTwoScales && options.rounding === 'reconstruct') {
    throw new Failure('compress.quantize.reconstruct-powers-of-two');
  }
}

/** Throws a Failure where no data was given. */
export function laboratoryFor({ rounding }: QuantizeOptions, { laboratory }: WorkContext): Laboratory {
  if (!laboratory) throw new Failure('compress.quantize.rounding-needs-data', { rounding });
  return laboratory;
}
