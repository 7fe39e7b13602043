import { z } from 'zod';

const frantar =
  'Frantar et al. 2022, GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers';

/** How the integers of weights are chosen. */
export const roundingOptions = {
  rounding: z
    .enum(['nearest', 'gptq'])
    .default('nearest')
    .meta({ sentence: 'compress.quantize.option.rounding', source: `${frantar}`, group: 'rounding' }),
  roundingSequential: z
    .boolean()
    .default(true)
    .meta({
      sentence: 'compress.quantize.option.roundingSequential',
      source: `${frantar}, section 4`,
      group: 'rounding',
    }),
  gptqDamping: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .meta({
      sentence: 'compress.quantize.option.gptqDamping',
      source: `${frantar}, section 3.3, step 3`,
      group: 'rounding',
    }),
  gptqActOrder: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.gptqActOrder',
      source: `${frantar}, the authors' code, --act-order`,
      group: 'rounding',
    }),
};
