/** Quantization: the first of the methods. Each scheme is an entry of `schemes`. */
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { operatorOf } from '../../graph/operators.js';
import { Failure } from '../../messages/failure.js';
import type { Method } from '../method.js';
import { withBodies } from './bodies.js';
import { applyCorrected } from './conditioning/applyCorrected.js';
import { needsDataToCondition } from './conditioning/condition.js';
import { applyDataFree } from './conditioning/dataFree/applyDataFree.js';
import { dynamicScheme } from './dynamicScheme.js';
import { halfScheme } from './half/half.js';
import type { QuantizeOptions } from './options.js';
import { quantizeOptions } from './options.js';
import { prepare } from './prepare.js';
import { qonnxCompanion, refuseQonnx } from './qonnx/qonnxCompanion.js';
import { qoperatorScheme } from './qoperator/qoperatorScheme.js';
import { isFittedOnData, refuseRounding } from './rounding/roundingData.js';
import type { QuantizeInput, Scheme } from './scheme.js';
import { staticScheme } from './staticScheme.js';
import { weightOnlyScheme } from './weightOnly/weightOnlyScheme.js';

const schemes: Readonly<Record<QuantizeOptions['scheme'], Scheme>> = {
  static: withBodies(staticScheme),
  dynamic: dynamicScheme,
  simulated: withBodies(staticScheme),
  'weight-only': withBodies(weightOnlyScheme),
  float16: halfScheme,
  bfloat16: halfScheme,
};

const qoperator = withBodies(qoperatorScheme);

function schemeOf({ scheme, format }: QuantizeOptions): Scheme {
  return scheme === 'static' && format === 'qoperator' ? qoperator : schemes[scheme];
}

export const quantize: Method<QuantizeOptions> = {
  name: 'quantize',
  title: 'compress.quantize.title',
  options: quantizeOptions,
  needsData: (options) =>
    (schemeOf(options).needsData(options) && !options.dataFree) ||
    needsDataToCondition(options) ||
    isFittedOnData(options),
  prepare: async (model, options, context) => {
    refuseQuantized(model);
    schemeOf(options).refuse(options);
    refuseRounding(options);
    refuseQonnx(options);
    return prepare(model, options, context);
  },
  candidates: (model, options, target) => schemeOf(options).candidates(model, options, target),
  storedBytes: (model, choices, options) => schemeOf(options).storedBytes(model, choices, options),
  statistics: (model, choices, options) =>
    options.dataFree ? { ranges: [] } : schemeOf(options).statistics(model, choices, options),
  apply: (input) => {
    const { options } = input;
    const scheme = schemeOf(options);
    const apply = options.biasCorrection ? (each: QuantizeInput) => applyCorrected(each, scheme.apply) : scheme.apply;
    return options.dataFree ? applyDataFree(input, scheme, apply) : apply(input);
  },
  companion: qonnxCompanion,
};

function refuseQuantized(model: Model): void {
  for (const { node, name } of layersOf(model)) {
    const quantized =
      node.is('QuantizeLinear') || node.is('DequantizeLinear') || operatorOf(node)?.integerWeights !== undefined;
    if (quantized) throw new Failure('compress.quantize.already-quantized', { layer: name, op: node.opType });
  }
}
