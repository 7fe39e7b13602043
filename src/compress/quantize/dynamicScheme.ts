import type { Layer } from '../../graph/layers.js';
import { layersOf } from '../../graph/layers.js';
import { sentence } from '../../messages/catalog.js';
import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import type { Choice } from '../method.js';
import { applyDynamic } from './applyDynamic.js';
import { candidatesOf } from './candidates.js';
import { dynamicObjection } from './dynamicOperators.js';
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
      (layer) => objection(layer, options),
      (layer) => choiceOf(layer, options),
      saturationNotes(options, target),
    ),
  storedBytes: (model, choices, { weightType: type, perChannel }) =>
    storedBytes(layersOf(model), choices, () => ({ type, perChannel })),
  statistics: () => ({ ranges: [] }),
  apply: applyDynamic,
};

function objection({ node, scope, localFunction, weights }: Layer, options: QuantizeOptions): Message | undefined {
  const exact = isExact(options);
  if (localFunction) return sentence('compress.skipped.function');
  if (scope.parent && exact) return sentence('compress.skipped.subgraph');
  const isEmpty = weights.some(({ role, elements }) => role === 'weight' && elements === 0);
  if (isEmpty) return sentence('compress.quantize.skipped.no-elements');
  switch (dynamicObjection(node, scope, exact)) {
    case 'operator':
      return sentence('compress.quantize.skipped.operator', { op: node.opType });
    case 'not-constant':
      return sentence('compress.quantize.skipped.weight-not-constant');
    case undefined:
      return undefined;
  }
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
