import type { Model } from '../../graph/model.js';
import type { Message } from '../../messages/message.js';
import type { QuantizeOptions } from './options.js';

/** Makes a model ready for quantization. */
export async function prepare(
  model: Model,
  _options: QuantizeOptions,
): Promise<{ model: Model; notes: readonly Message[] }> {
  return { model, notes: [] };
}
