import type { Layer } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { sentence } from '../../messages/catalog.js';
import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import type { Choice } from '../method.js';
import { applyDynamic } from './applyDynamic.js';
import { candidatesOf, commonObjection } from './candidates.js';
import { dynamicOperators, isDynamicSite } from './dynamic.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import { saturationNotes } from './saturationNotes.js';
import type { Scheme } from './scheme.js';
import { storedBytes } from './storedBytes.js';

/** Weights as integers; ranges of activations are taken while the model runs. */
export const dynamicScheme: Scheme = {
  needsData: () => false,
  refuse(options) {
    if (options.weightType === 'int8' || options.weightType === 'uint8') return;
    throw new Failure('compress.quantize.dynamic-weight-type', { type: options.weightType });
  },
  candidates: (model, options, target) =>
    candidatesOf(
      model,
      options,
      (layer) => objection(layer, model, options),
      (layer) => choiceOf(layer, options),
      saturationNotes(options, target),
    ),
  storedBytes,
  statistics: () => ({ ranges: [] }),
  apply: applyDynamic,
};

function objection(layer: Layer, model: Model, options: QuantizeOptions): Message | undefined {
  const { node } = layer;
  const common = commonObjection(layer);
  if (common || node.is('Transpose')) return common;
  if (!dynamicOperators.has(node.opType) || node.domain !== '') {
    return sentence('compress.quantize.skipped.operator', { op: node.opType });
  }
  if (isExact(options) || isDynamicSite(node, model.graph)) return undefined;
  return sentence('compress.quantize.skipped.weight-not-constant');
}

/** Labelled by the types that meet in the layer: one where it has no weights, or weights of the type of activations. */
function choiceOf(layer: Layer, { weightType: weights }: QuantizeOptions): Choice {
  const activations = 'uint8';
  const weighted = layer.weights.some(({ role }) => role === 'weight');
  return {
    label: weighted && activations !== weights ? `${activations} x ${weights}` : activations,
    settings: { activations, weights },
  };
}
