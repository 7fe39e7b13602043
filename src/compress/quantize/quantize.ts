/** Quantization: the first of the methods. Each scheme is an entry of `schemes`. */
import { layersOf } from '../../graph/layers.js';
import type { Model } from '../../graph/model.js';
import { operatorOf } from '../../graph/operators.js';
import { Failure } from '../../messages/failure.js';
import type { Method } from '../method.js';
import { dynamicScheme } from './dynamicScheme.js';
import { halfScheme } from './half/half.js';
import type { QuantizeOptions } from './options.js';
import { quantizeOptions } from './options.js';
import { prepare } from './prepare.js';
import type { Scheme } from './scheme.js';
import { staticScheme } from './staticScheme.js';

const schemes: Readonly<Record<QuantizeOptions['scheme'], Scheme>> = {
  static: staticScheme,
  dynamic: dynamicScheme,
  simulated: staticScheme,
  float16: halfScheme,
  bfloat16: halfScheme,
};

export const quantize: Method<QuantizeOptions> = {
  name: 'quantize',
  title: 'compress.quantize.title',
  options: quantizeOptions,
  needsData: (options) => schemes[options.scheme].needsData(options),
  prepare: async (model, options, context) => {
    refuseQuantized(model);
    schemes[options.scheme].refuse(options);
    return prepare(model, options, context);
  },
  candidates: (model, options, target) => schemes[options.scheme].candidates(model, options, target),
  storedBytes: (model, choices, options) => schemes[options.scheme].storedBytes(model, choices, options),
  statistics: (model, choices, options) => schemes[options.scheme].statistics(model, choices, options),
  apply: (input) => schemes[input.options.scheme].apply(input),
};

function refuseQuantized(model: Model): void {
  for (const { node, name } of layersOf(model)) {
    const quantized =
      node.is('QuantizeLinear') || node.is('DequantizeLinear') || operatorOf(node)?.integerWeights !== undefined;
    if (quantized) throw new Failure('compress.quantize.already-quantized', { layer: name, op: node.opType });
  }
}
