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
};
