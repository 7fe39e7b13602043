import { z } from 'zod';
import { jacob, onnxruntime } from './sources.js';

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
  foldConstants: z
    .boolean()
    .default(true)
    .meta({
      sentence: 'compress.quantize.option.foldConstants',
      source: `${onnxruntime}, shape_inference.quant_pre_process, skip_optimization`,
      group: 'preparation',
    }),
  inferShapes: z
    .boolean()
    .default(false)
    .meta({
      sentence: 'compress.quantize.option.inferShapes',
      source: `${onnxruntime}, shape_inference.quant_pre_process, skip_onnx_shape`,
      group: 'preparation',
    }),
  upgradeOpset: z
    .boolean()
    .default(true)
    .meta({
      sentence: 'compress.quantize.option.upgradeOpset',
      source: `${onnxruntime}, quant_utils.update_opset_version`,
      group: 'preparation',
    }),
};
