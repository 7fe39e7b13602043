import { Failure } from '../../../messages/failure.js';
import type { Laboratory } from '../../laboratory.js';
import type { WorkContext } from '../../method.js';
import type { QuantizeOptions } from '../options.js';

/** Throws a Failure where no data was given. */
export function laboratoryFor({ rounding }: QuantizeOptions, { laboratory }: WorkContext): Laboratory {
  if (!laboratory) throw new Failure('compress.quantize.rounding-needs-data', { rounding });
  return laboratory;
}
