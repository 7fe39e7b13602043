/** The options of quantization, as one flat object; each file of `options/` holds those of a group. */
import { z } from 'zod';
import { isSigned } from './integerRange.js';
import type { QuantizedType } from './integerRange.js';
import { activationOptions } from './options/activations.js';
import { calibrationOptions } from './options/calibration.js';
import { conditioningOptions } from './options/conditioning.js';
import { halfOptions } from './options/half.js';
import { layerOptions } from './options/layers.js';
import { preparationOptions } from './options/preparation.js';
import { roundingOptions } from './options/rounding.js';
import { schemeOptions } from './options/scheme.js';
import { weightOnlyOptions } from './options/weightOnly.js';
import { weightOptions } from './options/weights.js';

export const quantizeOptions = z.object({
  ...schemeOptions,
  ...halfOptions,
  ...weightOptions,
  ...weightOnlyOptions,
  ...activationOptions,
  ...calibrationOptions,
  ...roundingOptions,
  ...conditioningOptions,
  ...layerOptions,
  ...preparationOptions,
});

export type QuantizeOptions = z.output<typeof quantizeOptions>;

/** Is the result to be what onnxruntime's quantizer writes, to the bit? */
export function isExact(options: QuantizeOptions): boolean {
  return options.compat === 'onnxruntime';
}

/**
 * Do weights use 7 of their 8 bits? On processors that add pairs of products in 16 bits (AVX2, AVX-512 without VNNI)
 * onnxruntime's sums of uint8 activations with int8 weights saturate, unless the weights lie within +-64; int8
 * activations it turns into uint8 on x64 first. A model may run elsewhere than where it was made, so that it must be safe
 * everywhere. Sums with uint8 weights are exact, but slower.
 */
export function isRangeReduced(options: QuantizeOptions): boolean {
  const { scheme, activationType, weightType } = options;
  const hasEightBits = scheme === 'dynamic' || activationType === 'int8' || activationType === 'uint8';
  return options.reduceRange ?? (!isExact(options) && weightType === 'int8' && hasEightBits);
}

/** Are weights of `type` symmetric, where they share one scale? Signed ones are unless the options say otherwise. */
export function areWeightsSymmetric(options: QuantizeOptions, type: QuantizedType): boolean {
  return options.symmetricWeights ?? isSigned(type);
}
