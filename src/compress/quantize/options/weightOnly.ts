import { z } from 'zod';

/** What only the scheme weight-only has. */
export const weightOnlyOptions = {
  accuracyLevel: z
    .number()
    .int()
    .min(0)
    .max(4)
    .nullable()
    .default(null)
    .meta({
      sentence: 'compress.quantize.option.accuracyLevel',
      source: 'onnxruntime, ContribOperators.md, MatMulNBits, accuracy_level',
      group: 'weights',
      when: { scheme: ['weight-only'], format: ['qoperator'] },
    }),
  awq: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.awq',
      source:
        'Lin et al. 2023, AWQ: Activation-aware Weight Quantization for On-Device LLM Compression and Acceleration, section 3.2',
      group: 'conditioning',
      when: { scheme: ['weight-only'] },
    }),
};
