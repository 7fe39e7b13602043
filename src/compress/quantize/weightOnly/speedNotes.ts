import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import type { QuantizeOptions } from '../options.js';
import type { PlannedWeight } from './planWeights.js';

/**
 * What weights stored as integers mean for speed in onnxruntime on the CPU: products are multiplied by the integers
 * themselves, all else becomes real numbers in every run.
 */
export function speedNotes(weights: readonly PlannedWeight[], { format, accuracyLevel }: QuantizeOptions): Message[] {
  const notes: Message[] = [];
  const of = (...uses: string[]) => weights.filter(({ sites }) => sites.some(({ use }) => uses.includes(use)));
  if (of('product').length > 0 && (format !== 'qoperator' || accuracyLevel === null || accuracyLevel === 4)) {
    notes.push(sentence('compress.quantize.note.blocked-activations'));
  }
  if (format === 'qoperator') return notes;
  const convolutions = of('convolution').length;
  if (convolutions > 0)
    notes.push(sentence('compress.quantize.note.dequantized-convolutions', { count: convolutions }));
  const shared = of('product').filter(({ sites }) => sites.length > 1).length;
  if (shared > 0) notes.push(sentence('compress.quantize.note.shared-dequantized', { count: shared }));
  return notes;
}
