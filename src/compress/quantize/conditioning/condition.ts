/** What is done to the float model before it is quantized, and leaves what it computes as it is. */
import type { Model } from '../../../graph/model.js';
import { sentence } from '../../../messages/catalog.js';
import type { Message } from '../../../messages/message.js';
import { Failure } from '../../../messages/failure.js';
import type { WorkContext } from '../../method.js';
import type { QuantizeOptions } from '../options.js';
import { isExact } from '../options.js';
import { absorbBiases, measuredFloor, trainedFloor } from './absorbBiases.js';
import { addMissingBiases } from './biasPlaces.js';
import { equalizeChannels } from './equalizeChannels.js';
import { smoothActivations } from './smoothQuant.js';
import { scaleByActivations } from '../weightOnly/awareScaling.js';
import { refuseDataFree } from './dataFree/applyDataFree.js';
import type { TrainingStatistics } from './dataFree/trainingStatistics.js';
import { rememberStatistics, scaledStatistics, shiftedStatistics } from './dataFree/trainingStatistics.js';

/** Options that change the float model. */
const rewriting = ['equalize', 'absorbBias', 'smoothQuant', 'biasCorrection', 'dataFree', 'awq'] as const;

/** Schemes that round weights beforehand. */
const roundsWeights: ReadonlySet<string> = new Set(['static', 'weight-only', 'simulated']);

/** Throws a Failure where the options contradict each other. */
export function refuseConditioning(options: QuantizeOptions): void {
  const exact = isExact(options) && rewriting.find((option) => options[option]);
  if (exact) throw new Failure('compress.quantize.conditioning-exact', { option: exact });
  if (options.biasCorrection && !roundsWeights.has(options.scheme)) {
    throw new Failure('compress.quantize.correction-scheme', { scheme: options.scheme });
  }
  if (options.awq && options.scheme !== 'weight-only') {
    throw new Failure('compress.quantize.awq-scheme', { scheme: options.scheme });
  }
  if (options.dataFree && options.smoothQuant) throw new Failure('compress.quantize.data-free-smooth');
  refuseDataFree(options);
}

/** Is calibration data needed for what makes the float model fit, or mends it behind? */
export function needsDataToCondition(options: QuantizeOptions): boolean {
  return !options.dataFree && (options.absorbBias || options.smoothQuant || options.biasCorrection || options.awq);
}

/**
 * Edits a prepared model, whose constants are initializers and whose BatchNormalization is folded. `statistics` are those
 * that the normalizations held. What needs data is left open where there is no laboratory.
 */
export async function condition(
  model: Model,
  options: QuantizeOptions,
  context: WorkContext,
  statistics: TrainingStatistics,
): Promise<Message[]> {
  const { laboratory, signal } = context;
  const notes: Message[] = [];
  let known = statistics;
  if (options.equalize) {
    const equalized = await equalizeChannels(model, signal);
    known = scaledStatistics(known, equalized.scales);
    notes.push(...equalized.notes);
  }
  const measures = options.dataFree ? trainedFloor(known) : laboratory && measuredFloor(model, laboratory, signal);
  if (options.absorbBias && measures) {
    const absorbed = await absorbBiases(model, measures);
    known = shiftedStatistics(known, absorbed.amounts);
    notes.push(...absorbed.notes);
  }
  if (options.smoothQuant && laboratory) {
    notes.push(...(await smoothActivations(model, options.smoothQuantAlpha, laboratory, signal)));
  }
  if (options.awq && laboratory) notes.push(...(await scaleByActivations(model, options, laboratory, context)));
  if (options.biasCorrection) addMissingBiases(model);
  rememberStatistics(model, known);
  const open = needsDataToCondition(options) && !laboratory;
  return open ? [...notes, sentence('compress.quantize.note.conditioning-open')] : notes;
}
