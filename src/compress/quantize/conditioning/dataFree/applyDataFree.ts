import { sentence } from '../../../../messages/catalog.js';
import type { Message } from '../../../../messages/message.js';
import { Failure } from '../../../../messages/failure.js';
import type { Applied, Range } from '../../../method.js';
import type { Model } from '../../../../graph/model.js';
import type { QuantizeOptions } from '../../options.js';
import type { QuantizeInput, Scheme } from '../../scheme.js';
import type { Estimate } from './estimate.js';
import { rangeOf, uniformEstimate } from './estimate.js';
import { estimateValues } from './estimateValues.js';
import { rememberedStatistics } from './trainingStatistics.js';

/** Throws a Failure where the options ask for what no data can give. */
export function refuseDataFree(options: QuantizeOptions): void {
  if (!options.dataFree) return;
  if (options.scheme !== 'static') throw new Failure('compress.quantize.data-free-scheme', { scheme: options.scheme });
  if (options.calibration !== 'minmax') {
    throw new Failure('compress.quantize.data-free-calibration', { calibration: options.calibration });
  }
  inputRange(options);
}

/** Applies a scheme with ranges that follow from the model alone. */
export async function applyDataFree(
  input: QuantizeInput,
  scheme: Scheme,
  apply: (input: QuantizeInput) => Promise<Applied>,
): Promise<Applied> {
  const { model, choices, options } = input;
  const wanted = scheme.statistics(model, choices, options).ranges;
  const estimates = await estimatesOf(model, options, input.signal);
  const ranges = new Map<string, Range>();
  for (const value of wanted) {
    const estimate = estimates.get(value);
    if (estimate) ranges.set(value, rangeOf(estimate));
  }
  const applied = await apply({ ...input, statistics: { ranges } });
  return { ...applied, notes: [...notesOf(model, options, ranges.size), ...applied.notes] };
}

/** Estimates of all values of a prepared model. */
export async function estimatesOf(
  model: Model,
  options: QuantizeOptions,
  signal?: AbortSignal,
): Promise<Map<string, Estimate>> {
  const { channels, inputs } = rememberedStatistics(model);
  const given = inputRange(options);
  const all = new Map(given ? model.graph.inputs.map(({ name }) => [name, given]) : inputs);
  return estimateValues(model, channels, all, { signal });
}

function inputRange({ inputRange: text }: QuantizeOptions): Estimate | undefined {
  if (text === '') return undefined;
  const [low = NaN, high = NaN, ...more] = text.split(',').map((each) => (each.trim() === '' ? NaN : Number(each)));
  if (!(low < high) || more.length > 0 || !Number.isFinite(high - low)) {
    throw new Failure('compress.quantize.input-range', { range: text });
  }
  return uniformEstimate(low, high);
}

function notesOf(model: Model, options: QuantizeOptions, count: number): Message[] {
  const { channels, inputs } = rememberedStatistics(model);
  const notes = [sentence('compress.quantize.note.no-data', { count, normalizations: channels.size })];
  if (options.inputRange === '' && inputs.size === 0) notes.push(sentence('compress.quantize.note.input-assumed'));
  return notes;
}
