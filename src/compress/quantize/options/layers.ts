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
  quantizeUnfused: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.quantizeUnfused',
      source: 'onnxruntime 1.30, the optimized model of each operator (test/conformance/targets)',
      group: 'layers',
      when: { scheme: ['static'] },
    }),
  overrides: z
    .string()
    .default('')
    .meta({
      sentence: 'compress.quantize.option.overrides',
      source: `${onnxruntime}, TensorQuantOverrides`,
      group: 'layers',
    }),
};
