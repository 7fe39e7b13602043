import { z } from 'zod';
import { nagel } from './sources.js';

/** What makes the float model fit for fewer bits before, or mends it behind. */
export const conditioningOptions = {
  equalize: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.equalize',
      source: `${nagel}, section 4.1`,
      group: 'conditioning',
    }),
  absorbBias: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.absorbBias',
      source: `${nagel}, section 4.1.3`,
      group: 'conditioning',
    }),
  smoothQuant: z.boolean().default(false).meta({
    sentence: 'compress.quantize.option.smoothQuant',
    source:
      'Xiao et al. 2022, SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models, section 4',
    group: 'conditioning',
  }),
  smoothQuantAlpha: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .meta({
      sentence: 'compress.quantize.option.smoothQuantAlpha',
      source: 'Xiao et al. 2022, SmoothQuant, equation 4 and section 5.4',
      group: 'conditioning',
      when: { smoothQuant: ['true'] },
    }),
  biasCorrection: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.biasCorrection',
      source: `${nagel}, section 4.2`,
      group: 'conditioning',
      when: { scheme: ['static', 'dynamic', 'weight-only', 'simulated'] },
    }),
  dataFree: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.dataFree',
      source: `${nagel}, sections 4.2.1 and 5.1.2`,
      group: 'calibration',
      when: { scheme: ['static'] },
    }),
  inputRange: z
    .string()
    .default('')
    .meta({
      sentence: 'compress.quantize.option.inputRange',
      source: `${nagel}, section 5.1.2`,
      group: 'calibration',
      when: { dataFree: ['true'] },
    }),
};
