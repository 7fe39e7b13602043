import { sentence } from '../../messages/catalog.js';
import type { Message } from '../../messages/message.js';
import type { Target } from '../method.js';
import type { QuantizeOptions } from './options.js';
import { isRangeReduced } from './options.js';

/** What int8 weights mean for the processors that the model may run on. */
export function saturationNotes(options: QuantizeOptions, target: Target): Message[] {
  if (options.weightType !== 'int8') return [];
  if (isRangeReduced(options)) {
    return options.reduceRange === null ? [sentence('compress.quantize.note.reduced-range')] : [];
  }
  return [
    target.exactInt8Sums
      ? sentence('compress.quantize.note.may-saturate-elsewhere')
      : sentence('compress.quantize.note.saturates-here'),
  ];
}
