import { readNumbers } from '../../tensor/numbers.js';
import type { Tensor } from '../../tensor/tensor.js';
import type { Names } from '../names.js';
import type { Node } from '../node.js';
import type { Scope } from '../scope.js';
import type { AffineFold } from './affineFold.js';
import { affineFold, affineFolding, float32Constant, mergeAffine } from './affineFold.js';

/**
 * Merges a Mul by a constant and an Add of one into the Conv, ConvTranspose or Gemm before it, where nothing else reads what
 * that makes and the constant is one number or one a channel: W' = W s and b' = b s; b' = b + t.
 */
export const foldConstantFactors = affineFolding('foldConstantFactors', foldOf, merge);

interface Fold extends AffineFold {
  readonly constant: Tensor;
}

function foldOf(scope: Scope, node: Node): Fold | undefined {
  if (!node.is('Mul') && !node.is('Add')) return undefined;
  const [a = '', b = ''] = node.inputs;
  for (const [input, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const constant = float32Constant(scope, other);
    const fold = constant && affineFold(scope, node, input);
    if (fold && isPerChannel(constant, fold)) return { ...fold, constant };
  }
  return undefined;
}

/** One number, or one for each output channel, of no higher rank than what it is joined with. */
function isPerChannel({ shape }: Tensor, { producer, weight, channels }: AffineFold): boolean {
  const rank = producer.is('Gemm') ? 2 : weight.shape.length;
  if (shape.length > rank) return false;
  const axis = shape.length - (producer.is('Gemm') ? 1 : rank - 1);
  return shape.every((size, i) => size === 1 || (i === axis && size === channels));
}

async function merge(fold: Fold, names: Names): Promise<void> {
  const numbers = await readNumbers(fold.constant);
  const values = Float64Array.from({ length: fold.channels }, (_, c) => numbers[numbers.length === 1 ? 0 : c]!);
  if (fold.follower.is('Mul')) await mergeAffine(fold, values, (bias, c) => bias * values[c]!, names);
  else await mergeAffine(fold, new Float64Array(fold.channels).fill(1), (bias, c) => bias + values[c]!, names);
}
