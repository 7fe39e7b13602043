import { z } from 'zod';
import { layerTypes } from './layerTypes.js';
import { krishnamoorthi, onnxruntime } from './sources.js';

export const activationOptions = {
  activationType: z
    .enum(layerTypes)
    .default('uint8')
    .meta({
      sentence: 'compress.quantize.option.activationType',
      source: 'ONNX operators, QuantizeLinear',
      group: 'activations',
      when: { scheme: ['static', 'simulated'] },
    }),
  activationBits: z
    .number()
    .int()
    .min(2)
    .max(16)
    .nullable()
    .default(null)
    .meta({
      sentence: 'compress.quantize.option.activationBits',
      source: `${krishnamoorthi}, section 2.4`,
      group: 'activations',
      when: { scheme: ['simulated'] },
    }),
  symmetricActivations: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.symmetricActivations',
      source: `${onnxruntime}, ActivationSymmetric`,
      group: 'activations',
      when: { scheme: ['static', 'simulated'] },
    }),
  restrictedAsymmetric: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.restrictedAsymmetric',
      source: `${onnxruntime}, ActivationRestrictedAsymmetric`,
      group: 'activations',
      when: { scheme: ['static', 'simulated'] },
    }),
};
