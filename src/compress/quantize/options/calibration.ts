import { z } from 'zod';
import { jacob } from './sources.js';

/** How clipping ranges follow from data and weights. */
export const calibrationOptions = {
  calibration: z
    .enum(['minmax'])
    .default('minmax')
    .meta({ sentence: 'compress.quantize.option.calibration', source: `${jacob}, section 3.1`, group: 'calibration' }),
};
