import { z } from 'zod';
import { jacob, onnxruntime } from './sources.js';

const wu = 'Wu et al. 2020, Integer Quantization for Deep Learning Inference: Principles and Empirical Evaluation';

/** How clipping ranges follow from data and weights. */
export const calibrationOptions = {
  calibration: z
    .enum(['minmax', 'moving-average', 'percentile', 'entropy', 'mse', 'layerwise-percentile'])
    .default('minmax')
    .meta({
      sentence: 'compress.quantize.option.calibration',
      source: `${jacob}, section 3.1; ${wu}, section 3.2; Migacz 2017, 8-bit Inference with TensorRT; Choukroun et al. 2019, Low-bit Quantization of Neural Networks for Efficient Inference, section 3.1; AMD Quark for ONNX, LayerWisePercentile`,
      group: 'calibration',
      when: { scheme: ['static', 'simulated'] },
    }),
  percentile: z
    .number()
    .min(50)
    .max(100)
    .default(99.999)
    .meta({
      sentence: 'compress.quantize.option.percentile',
      source: `${onnxruntime}, CalibPercentile; ${wu}, section 3.2`,
      group: 'calibration',
      when: { calibration: ['percentile'] },
    }),
  averagingConstant: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .meta({
      sentence: 'compress.quantize.option.averagingConstant',
      source: `${onnxruntime}, CalibMovingAverageConstant; ${jacob}, section 3.1`,
      group: 'calibration',
      when: { calibration: ['moving-average'] },
    }),
  weightCalibration: z
    .enum(['minmax', 'mse', 'percentile'])
    .default('minmax')
    .meta({
      sentence: 'compress.quantize.option.weightCalibration',
      source:
        'Choukroun et al. 2019, Low-bit Quantization of Neural Networks for Efficient Inference, section 3.1; Wu et al. 2020, section 3.2',
      group: 'calibration',
      when: { scheme: ['static', 'dynamic', 'weight-only', 'simulated'] },
    }),
  weightPercentile: z
    .number()
    .min(50)
    .max(100)
    .default(99.9)
    .meta({
      sentence: 'compress.quantize.option.weightPercentile',
      source: `${wu}, section 3.2, of magnitudes`,
      group: 'calibration',
      when: { weightCalibration: ['percentile'] },
    }),
};
