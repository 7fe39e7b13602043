/** What is done to the float model before it is quantized, and leaves what it computes as it is. */
import type { Model } from '../../../graph/model.js';
import type { Message } from '../../../messages/message.js';
import { Failure } from '../../../messages/failure.js';
import type { WorkContext } from '../../method.js';
import type { QuantizeOptions } from '../options.js';
import { isExact } from '../options.js';
import { absorbBiases } from './absorbBiases.js';
import { addMissingBiases } from './biasPlaces.js';
import { equalizeChannels } from './equalizeChannels.js';
import { smoothActivations } from './smoothQuant.js';

/** Options that change the float model. */
const rewriting = ['equalize', 'absorbBias', 'smoothQuant', 'biasCorrection'] as const;
const needingData = ['absorbBias', 'smoothQuant', 'biasCorrection'] as const;

/** Schemes that round weights beforehand. */
const roundsWeights: ReadonlySet<string> = new Set(['static', 'weight-only', 'simulated']);

/** Throws a Failure where the options contradict each other. */
export function refuseConditioning(options: QuantizeOptions, context: WorkContext): void {
  const exact = isExact(options) && rewriting.find((option) => options[option]);
  if (exact) throw new Failure('compress.quantize.conditioning-exact', { option: exact });
  if (options.biasCorrection && !roundsWeights.has(options.scheme)) {
    throw new Failure('compress.quantize.correction-scheme', { scheme: options.scheme });
  }
  const hungry = !context.laboratory && needingData.find((option) => options[option]);
  if (hungry) throw new Failure('compress.quantize.conditioning-needs-data', { option: hungry });
}

/** Edits a prepared model, whose constants are initializers and whose BatchNormalization is folded. */
export async function condition(model: Model, options: QuantizeOptions, context: WorkContext): Promise<Message[]> {
  const notes: Message[] = [];
  if (options.equalize) notes.push(...(await equalizeChannels(model, context.signal)));
  if (options.absorbBias && context.laboratory) {
    notes.push(...(await absorbBiases(model, context.laboratory, context.signal)));
  }
  if (options.smoothQuant) notes.push(...(await smoothActivations(model, options.smoothQuantAlpha, context)));
  if (options.biasCorrection) addMissingBiases(model);
  return notes;
}
