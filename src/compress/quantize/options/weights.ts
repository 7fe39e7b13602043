import { z } from 'zod';
import { onnxruntime } from './sources.js';

export const weightOptions = {
  weightType: z.enum(['int8', 'uint8']).default('int8').meta({
    sentence: 'compress.quantize.option.weightType',
    source: 'ONNX operators, DequantizeLinear',
    group: 'weights',
  }),
  perChannel: z.boolean().default(true).meta({
    sentence: 'compress.quantize.option.perChannel',
    source: 'Krishnamoorthi 2018, Quantizing deep convolutional networks for efficient inference, section 2.2',
    group: 'weights',
  }),
  symmetricWeights: z
    .boolean()
    .nullable()
    .default(null)
    .meta({
      sentence: 'compress.quantize.option.symmetricWeights',
      source: `${onnxruntime}, WeightSymmetric`,
      group: 'weights',
    }),
  reduceRange: z.boolean().nullable().default(null).meta({
    sentence: 'compress.quantize.option.reduceRange',
    source: 'onnxruntime, Quantize ONNX models, When and why do I need to try U8U8; reduce_range',
    group: 'weights',
  }),
};
