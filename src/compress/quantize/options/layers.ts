import { z } from 'zod';
import { onnxruntime } from './sources.js';

/** Which layers, and what of them is different. */
export const layerOptions = {
  include: z
    .string()
    .default('')
    .meta({
      sentence: 'compress.quantize.option.include',
      source: `${onnxruntime}, nodes_to_quantize`,
      group: 'layers',
    }),
  exclude: z
    .string()
    .default('')
    .meta({
      sentence: 'compress.quantize.option.exclude',
      source: `${onnxruntime}, nodes_to_exclude`,
      group: 'layers',
    }),
};
