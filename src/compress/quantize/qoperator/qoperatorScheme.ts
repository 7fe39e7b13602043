import type { Layer } from '../../../graph/layers.js';
import { layersOf } from '../../../graph/layers.js';
import { sentence } from '../../../messages/catalog.js';
import { Failure } from '../../../messages/failure.js';
import type { Message } from '../../../messages/message.js';
import { calibrationRequest } from '../calibration/activationRanges.js';
import { candidatesOf, commonObjection } from '../candidates.js';
import { chosenNodes } from '../chosen.js';
import { floatValues } from '../floatValues.js';
import { leaveLightInFloat } from '../lightLayers.js';
import type { QuantizeOptions } from '../options.js';
import { isExact } from '../options.js';
import type { Scheme } from '../scheme.js';
import { softmaxObjection } from '../softmax.js';
import { choiceOf, staticScheme, typeNotes } from '../staticScheme.js';
import { measuredValues } from './activationGrids.js';
import { applyQOperator } from './applyQOperator.js';
import { hasIntegerForm } from './operators.js';

const types: readonly string[] = ['int8', 'uint8'];

/** Static quantization whose layers are operators on integers, in the place of those on real numbers. */
export const qoperatorScheme: Scheme = {
  ...staticScheme,
  refuse(options) {
    for (const option of ['activationType', 'weightType'] as const) {
      const type = options[option];
      if (!types.includes(type)) throw new Failure('compress.quantize.qoperator-type', { option, type });
    }
    staticScheme.refuse(options);
  },
  candidates(model, options, target) {
    const isFloat = floatValues(model);
    const unfitSoftmax = softmaxObjection(model);
    const candidates = candidatesOf(
      model,
      options,
      (layer) => objection(layer, options, isFloat) ?? (isExact(options) ? undefined : unfitSoftmax(layer)),
      (layer) => choiceOf(layer, options),
      typeNotes(options, target),
    );
    return leaveLightInFloat(model, candidates, options, () => true);
  },
  statistics(model, choices, options) {
    const chosen = chosenNodes(layersOf(model), choices);
    return calibrationRequest(measuredValues(model.graph, chosen, floatValues(model), options), options);
  },
  apply: applyQOperator,
};

function objection(layer: Layer, options: QuantizeOptions, isFloat: (value: string) => boolean): Message | undefined {
  const { node } = layer;
  const common = commonObjection(layer);
  if (common) return common;
  if (!hasIntegerForm(node, isExact(options))) {
    return sentence('compress.quantize.skipped.no-integer-operator', { op: node.opType });
  }
  const touchesFloats = [...node.inputs, ...node.outputs].some(isFloat);
  return touchesFloats ? undefined : sentence('compress.quantize.skipped.not-float');
}
