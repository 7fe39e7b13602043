import { z } from 'zod';
import { jacob } from './sources.js';

/** What is done to the model first, and keeps what it computes. */
export const preparationOptions = {
  foldBatchNormalization: z
    .boolean()
    .default(true)
    .meta({
      sentence: 'compress.quantize.option.foldBatchNormalization',
      source: `${jacob}, section 3.2`,
      group: 'preparation',
    }),
};
