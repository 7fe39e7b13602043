import { z } from 'zod';
import type { QuantizedType } from './integerRange.js';

const jacob = 'Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference';
const ort = 'onnxruntime.quantization 1.30';
const quantizedTypes = ['int8', 'uint8'] as const;

export const quantizeOptions = z.object({
  scheme: z
    .enum(['static', 'dynamic'])
    .default('static')
    .meta({ sentence: 'compress.quantize.option.scheme', source: `${ort}, quantize_static and quantize_dynamic` }),
  format: z
    .enum(['qdq'])
    .default('qdq')
    .meta({ sentence: 'compress.quantize.option.format', source: `${ort}, QuantFormat` }),
  activationType: z
    .enum(quantizedTypes)
    .default('int8')
    .meta({ sentence: 'compress.quantize.option.activationType', source: 'ONNX operators, QuantizeLinear' }),
  weightType: z
    .enum(quantizedTypes)
    .nullable()
    .default(null)
    .meta({ sentence: 'compress.quantize.option.weightType', source: 'ONNX operators, DequantizeLinear' }),
  perChannel: z
    .boolean()
    .default(true)
    .meta({
      sentence: 'compress.quantize.option.perChannel',
      source: 'Krishnamoorthi 2018, Quantizing deep convolutional networks for efficient inference, section 2.2',
    }),
  symmetricActivations: z
    .boolean()
    .default(false)
    .meta({ sentence: 'compress.quantize.option.symmetricActivations', source: `${ort}, ActivationSymmetric` }),
  symmetricWeights: z
    .boolean()
    .nullable()
    .default(null)
    .meta({ sentence: 'compress.quantize.option.symmetricWeights', source: `${ort}, WeightSymmetric` }),
  reduceRange: z
    .boolean()
    .default(false)
    .meta({ sentence: 'compress.quantize.option.reduceRange', source: `${ort}, reduce_range` }),
  calibration: z
    .enum(['minmax'])
    .default('minmax')
    .meta({ sentence: 'compress.quantize.option.calibration', source: `${jacob}, section 3.1` }),
  foldBatchNormalization: z
    .boolean()
    .default(true)
    .meta({ sentence: 'compress.quantize.option.foldBatchNormalization', source: `${jacob}, section 3.2` }),
  include: z
    .string()
    .default('')
    .meta({ sentence: 'compress.quantize.option.include', source: `${ort}, nodes_to_quantize` }),
  exclude: z
    .string()
    .default('')
    .meta({ sentence: 'compress.quantize.option.exclude', source: `${ort}, nodes_to_exclude` }),
  compat: z
    .enum(['none', 'onnxruntime'])
    .default('none')
    .meta({ sentence: 'compress.quantize.option.compat', source: ort }),
});

export type QuantizeOptions = z.output<typeof quantizeOptions>;

/** Is the result to be what onnxruntime's quantizer writes, to the bit? */
export function isExact(options: QuantizeOptions): boolean {
  return options.compat === 'onnxruntime';
}

/**
 * The type of weights where the options leave it open. With dynamic quantization activations are always uint8, whose
 * sums with int8 weights saturate on processors that add in 16 bits; with uint8 weights they are exact everywhere.
 */
export function weightTypeOf(options: QuantizeOptions): QuantizedType {
  return options.weightType ?? (options.scheme === 'dynamic' && !isExact(options) ? 'uint8' : 'int8');
}

/** Are weights of `type` symmetric, where they share one scale? Signed ones are unless the options say otherwise. */
export function areWeightsSymmetric(options: QuantizeOptions, type: QuantizedType): boolean {
  return options.symmetricWeights ?? type === 'int8';
}
