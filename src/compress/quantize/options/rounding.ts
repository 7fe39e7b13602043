import { z } from 'zod';

const frantar =
  'Frantar et al. 2022, GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers';
const nagel = 'Nagel et al. 2020, Up or Down? Adaptive Rounding for Post-Training Quantization';

/** How the integers of weights are chosen. */
export const roundingOptions = {
  rounding: z
    .enum(['nearest', 'adaround', 'gptq', 'reconstruct', 'hqq'])
    .default('nearest')
    .meta({
      sentence: 'compress.quantize.option.rounding',
      source: `${nagel}; ${frantar}`,
      group: 'rounding',
      when: { scheme: ['static', 'dynamic', 'weight-only', 'simulated'] },
    }),
  roundingSequential: z
    .boolean()
    .default(true)
    .meta({
      sentence: 'compress.quantize.option.roundingSequential',
      source: `${frantar}, section 4`,
      group: 'rounding',
      when: { rounding: ['adaround', 'gptq', 'reconstruct'] },
    }),
  roundingSteps: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(1000)
    .meta({
      sentence: 'compress.quantize.option.roundingSteps',
      source: `${nagel}, section 4`,
      group: 'rounding',
      when: { rounding: ['adaround', 'reconstruct'] },
    }),
  roundingBatch: z
    .number()
    .int()
    .min(1)
    .max(65_536)
    .default(128)
    .meta({
      sentence: 'compress.quantize.option.roundingBatch',
      source: `${nagel}, section 4`,
      group: 'rounding',
      when: { rounding: ['adaround', 'reconstruct'] },
    }),
  roundingRate: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .meta({
      sentence: 'compress.quantize.option.roundingRate',
      source: `${nagel}, section 4`,
      group: 'rounding',
      when: { rounding: ['adaround', 'reconstruct'] },
    }),
  roundingScaleRate: z
    .number()
    .min(0)
    .max(1)
    .default(0.003)
    .meta({
      sentence: 'compress.quantize.option.roundingScaleRate',
      source: 'Hubara et al. 2021, Accurate Post Training Quantization With Small Calibration Sets, section 3.1',
      group: 'rounding',
      when: { rounding: ['reconstruct'] },
    }),
  roundingRegularization: z
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .meta({
      sentence: 'compress.quantize.option.roundingRegularization',
      source: `${nagel}, equation 24`,
      group: 'rounding',
      when: { rounding: ['adaround', 'reconstruct'] },
    }),
  roundingWarmStart: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.2)
    .meta({
      sentence: 'compress.quantize.option.roundingWarmStart',
      source: 'AIMET, AdaroundParameters, default_warm_start',
      group: 'rounding',
      when: { rounding: ['adaround', 'reconstruct'] },
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
      when: { rounding: ['gptq'] },
    }),
  gptqActOrder: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.gptqActOrder',
      source: `${frantar}, the authors' code, --act-order`,
      group: 'rounding',
      when: { rounding: ['gptq'] },
    }),
};
