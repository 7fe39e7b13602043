import { copyModel } from '../../graph/copy.js';
import type { Layer } from '../../graph/layers.js';
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { sentence } from '../../messages/catalog.js';
import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import type { Choice, Choices, StatisticsRequest, Target } from '../method.js';
import { applyStatic } from './applyStatic.js';
import { calibrationRequest } from './calibration/activationRanges.js';
import { chosenNodes } from './chosen.js';
import { candidatesOf, commonObjection } from './candidates.js';
import { isSupported } from './families.js';
import { floatValues } from './floatValues.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import { saturationNotes } from './saturationNotes.js';
import type { Scheme } from './scheme.js';
import { storedBytes } from './storedBytes.js';
import { planStatic } from './staticPlan.js';

/** Ranges of activations are measured beforehand. */
export const staticScheme: Scheme = {
  needsData: () => true,
  refuse({ activationType, weightType }) {
    if (activationType === 'int8' && weightType === 'uint8') throw new Failure('compress.quantize.int8-by-uint8');
  },
  candidates(model, options, target) {
    const isFloat = floatValues(model);
    return candidatesOf(
      model,
      options,
      (layer) => objection(layer, options, isFloat),
      (layer) => choiceOf(layer, options),
      typeNotes(options, target),
    );
  },
  storedBytes,
  statistics,
  apply: applyStatic,
};

function objection(layer: Layer, options: QuantizeOptions, isFloat: (value: string) => boolean): Message | undefined {
  const { node } = layer;
  const common = commonObjection(layer);
  if (common) return common;
  if (!isSupported(node, isExact(options))) return sentence('compress.quantize.skipped.operator', { op: node.opType });
  const touchesFloats = [...node.inputs, ...node.outputs].some(isFloat);
  return touchesFloats ? undefined : sentence('compress.quantize.skipped.not-float');
}

/** Labelled by the types that meet in the layer: one where it has no weights, or weights of the type of activations. */
export function choiceOf(layer: Layer, { activationType: activations, weightType: weights }: QuantizeOptions): Choice {
  const weighted = layer.weights.some(({ role }) => role === 'weight');
  return {
    label: weighted && activations !== weights ? `${activations} x ${weights}` : activations,
    settings: { activations, weights },
  };
}

/** What the types mean for the processors the model may run on. */
export function typeNotes(options: QuantizeOptions, target: Target): Message[] {
  const notes = saturationNotes(options, target);
  if (options.activationType === 'int8') notes.push(sentence('compress.quantize.note.int8-activations'));
  return notes;
}

function statistics(model: Model, choices: Choices, options: QuantizeOptions): StatisticsRequest {
  const copy = copyModel(model);
  const chosen = chosenNodes(layersOf(copy), choices);
  const plan = planStatic(copy, chosen, floatValues(copy), options);
  const sources = [...plan.ranges.values()].filter((source) => typeof source === 'string');
  return calibrationRequest([...new Set(sources)], options);
}
