import { z } from 'zod';
import { onnxruntime } from './sources.js';

/** What is written. */
export const schemeOptions = {
  scheme: z
    .enum(['static', 'dynamic', 'weight-only', 'simulated', 'float16', 'bfloat16'])
    .default('static')
    .meta({
      sentence: 'compress.quantize.option.scheme',
      source: `${onnxruntime}, quantize_static and quantize_dynamic`,
      group: 'scheme',
    }),
  format: z
    .enum(['qdq', 'qoperator', 'qonnx'])
    .default('qdq')
    .meta({
      sentence: 'compress.quantize.option.format',
      source: `${onnxruntime}, QuantFormat`,
      group: 'scheme',
      when: { scheme: ['static', 'weight-only'] },
    }),
  compat: z
    .enum(['none', 'onnxruntime'])
    .default('none')
    .meta({
      sentence: 'compress.quantize.option.compat',
      source: onnxruntime,
      group: 'scheme',
      when: { scheme: ['static', 'dynamic', 'weight-only'] },
    }),
};
