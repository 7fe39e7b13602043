import { z } from 'zod';

/** What only the schemes with numbers of 16 bits ask for. */
export const halfOptions = {
  keepIoTypes: z
    .boolean()
    .default(true)
    .meta({
      sentence: 'compress.quantize.option.keepIoTypes',
      source: 'onnxruntime.transformers.float16 1.30, convert_float_to_float16, keep_io_types',
      group: 'scheme',
      when: { scheme: ['float16'] },
    }),
  halfWeightsOnly: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.halfWeightsOnly',
      source: 'ONNX operators, Cast',
      group: 'scheme',
      when: { scheme: ['float16'] },
    }),
  halfMargin: z
    .number()
    .min(0.001)
    .max(1)
    .default(0.5)
    .meta({
      sentence: 'compress.quantize.option.halfMargin',
      source: 'IEEE 754-2008, binary16; NVIDIA Model Optimizer AutoCast, data_max',
      group: 'scheme',
      when: { scheme: ['float16'] },
    }),
  floatNormalization: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.floatNormalization',
      source: 'Micikevicius et al. 2018, Mixed Precision Training, section 3.3',
      group: 'scheme',
      when: { scheme: ['float16'] },
    }),
};
