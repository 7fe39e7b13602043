import { readNumbers } from '../../tensor/numbers.js';
import type { Tensor } from '../../tensor/tensor.js';
import type { Names } from '../names.js';
import type { Node } from '../node.js';
import type { Scope } from '../scope.js';
import type { AffineFold } from './affineFold.js';
import { affineFold, affineFolding, float32Constant, mergeAffine } from './affineFold.js';

/**
 * Folds a BatchNormalization into the Conv, ConvTranspose or Gemm before it, where nothing else reads what that makes and
 * all weights are float32 constants: with s = scale / sqrt(variance + epsilon) by channel, W' = W s and
 * b' = (b - mean) s + B (Jacob et al. 2018, section 3.2). Computed in double precision and rounded once.
 */
export const foldBatchNormalization = affineFolding('foldBatchNormalization', foldOf, merge);

/** Can this BatchNormalization be folded into the operator before it? */
export function isFoldable(scope: Scope, normalization: Node): boolean {
  return !scope.localFunction && foldOf(scope, normalization) !== undefined;
}

interface Fold extends AffineFold {
  /** Scale, B, mean, variance; each [channels]. */
  readonly parameters: readonly Tensor[];
}

function foldOf(scope: Scope, normalization: Node): Fold | undefined {
  if (!normalization.is('BatchNormalization')) return undefined;
  const [input = '', ...names] = normalization.inputs;
  const isInference = normalization.int('training_mode', 0) === 0 && normalization.int('spatial', 1) === 1;
  const makesOne = normalization.outputs.slice(1).every((value) => value === '');
  const fold = isInference && makesOne ? affineFold(scope, normalization, input) : undefined;
  const parameters = names.slice(0, 4).flatMap((name) => float32Constant(scope, name) ?? []);
  if (!fold || parameters.length < 4) return undefined;
  const fits = parameters.every(({ shape }) => shape.length === 1 && shape[0] === fold.channels);
  return fits ? { ...fold, parameters } : undefined;
}

async function merge(fold: Fold, names: Names): Promise<void> {
  const [scale, shift, mean, variance] = await Promise.all(fold.parameters.map(readNumbers));
  const factors = normalizationFactors(fold.follower, scale!, variance!);
  await mergeAffine(fold, factors, (bias, c) => (bias - mean![c]!) * factors[c]! + shift![c]!, names);
}

/** s = scale / sqrt(variance + epsilon) of each channel. */
export function normalizationFactors(
  normalization: Node,
  scale: ArrayLike<number>,
  variance: ArrayLike<number>,
): Float64Array {
  const epsilon = Math.fround(normalization.float('epsilon', 1e-5));
  return Float64Array.from(scale, (value, c) => value / Math.sqrt(variance[c]! + epsilon));
}
