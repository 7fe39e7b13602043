import { z } from 'zod';
import type { QuantizedType } from './integerRange.js';

const jacob =
  'Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference';
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
    .default('uint8')
    .meta({ sentence: 'compress.quantize.option.activationType', source: 'ONNX operators, QuantizeLinear' }),
  weightType: z
    .enum(quantizedTypes)
    .default('int8')
    .meta({ sentence: 'compress.quantize.option.weightType', source: 'ONNX operators, DequantizeLinear' }),
  perChannel: z.boolean().default(true).meta({
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
  reduceRange: z.boolean().nullable().default(null).meta({
    sentence: 'compress.quantize.option.reduceRange',
    source: 'onnxruntime, Quantize ONNX models, When and why do I need to try U8U8; reduce_range',
  }),
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
 * Do weights use 7 of their 8 bits? On processors that add pairs of products in 16 bits (AVX2, AVX-512 without VNNI)
 * onnxruntime's sums of uint8 activations with int8 weights saturate, unless the weights lie within +-64; int8
 * activations it turns into uint8 on x64 first. A model may run elsewhere than where it was made, so that it must be safe
 * everywhere. Sums with uint8 weights are exact, but slower.
 */
export function isRangeReduced(options: QuantizeOptions): boolean {
  return options.reduceRange ?? (!isExact(options) && options.weightType === 'int8');
}

/** Are weights of `type` symmetric, where they share one scale? Signed ones are unless the options say otherwise. */
export function areWeightsSymmetric(options: QuantizeOptions, type: QuantizedType): boolean {
  return options.symmetricWeights ?? type === 'int8';
}
