import { z } from 'zod';
import { layerTypes } from './layerTypes.js';
import { krishnamoorthi, onnxruntime } from './sources.js';

export const weightOptions = {
  weightType: z
    .enum(layerTypes)
    .default('int8')
    .meta({
      sentence: 'compress.quantize.option.weightType',
      source: 'ONNX operators, DequantizeLinear',
      group: 'weights',
      when: { scheme: ['static', 'dynamic', 'weight-only', 'simulated'] },
    }),
  bits: z
    .number()
    .int()
    .min(2)
    .max(16)
    .nullable()
    .default(null)
    .meta({
      sentence: 'compress.quantize.option.bits',
      source: `${krishnamoorthi}, section 2.4`,
      group: 'weights',
      when: { scheme: ['simulated'] },
    }),
  perChannel: z
    .boolean()
    .default(true)
    .meta({
      sentence: 'compress.quantize.option.perChannel',
      source: `${krishnamoorthi}, section 2.2`,
      group: 'weights',
      when: { scheme: ['static', 'dynamic', 'weight-only', 'simulated'] },
    }),
  blockSize: z
    .number()
    .int()
    .min(0)
    .max(256)
    .default(0)
    .meta({
      sentence: 'compress.quantize.option.blockSize',
      source: 'ONNX operators, DequantizeLinear-21, block_size',
      group: 'weights',
      when: { scheme: ['static', 'simulated', 'weight-only'] },
    }),
  symmetricWeights: z
    .boolean()
    .nullable()
    .default(null)
    .meta({
      sentence: 'compress.quantize.option.symmetricWeights',
      source: `${onnxruntime}, WeightSymmetric`,
      group: 'weights',
      when: { scheme: ['static', 'dynamic', 'weight-only', 'simulated'] },
    }),
  powerOfTwoScales: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.powerOfTwoScales',
      source: 'Jain et al. 2020, Trained Quantization Thresholds, section 3.2',
      group: 'weights',
      when: { scheme: ['static', 'simulated', 'weight-only'] },
    }),
  reduceRange: z
    .boolean()
    .nullable()
    .default(null)
    .meta({
      sentence: 'compress.quantize.option.reduceRange',
      source: 'onnxruntime, Quantize ONNX models, When and why do I need to try U8U8; reduce_range',
      group: 'weights',
      when: { scheme: ['static', 'dynamic'] },
    }),
};
