import { z } from 'zod';
import { onnxruntime } from './sources.js';

export const activationOptions = {
  activationType: z.enum(['int8', 'uint8']).default('uint8').meta({
    sentence: 'compress.quantize.option.activationType',
    source: 'ONNX operators, QuantizeLinear',
    group: 'activations',
  }),
  symmetricActivations: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.symmetricActivations',
      source: `${onnxruntime}, ActivationSymmetric`,
      group: 'activations',
    }),
};
