import { z } from 'zod';

/** How the integers of weights are chosen. */
export const roundingOptions = {
  rounding: z
    .enum(['nearest'])
    .default('nearest')
    .meta({
      sentence: 'compress.quantize.option.rounding',
      source: 'ONNX operators, QuantizeLinear',
      group: 'rounding',
    }),
};
