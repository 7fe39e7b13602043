/** What onnxruntime's block quantizer can be asked for, and which layers it looks at (matmul_nbits_quantizer.py). */
import type { Layer } from '../../../graph/layers.js';
import { sentence } from '../../../messages/catalog.js';
import { Failure } from '../../../messages/failure.js';
import type { Message } from '../../../messages/message.js';
import { elementTypes } from '../../../tensor/elementType.js';
import type { QuantizeOptions } from '../options.js';
import { isSymmetric } from './applyLikeOnnxruntime.js';
import type { WeightSite } from './weightSite.js';

/** Throws a Failure for options that onnxruntime's block quantizer does not have. */
export function refuseInexact(options: QuantizeOptions): void {
  const { format, weightType, blockSize, overrides, weightCalibration, symmetricWeights } = options;
  const { bits } = elementTypes[weightType];
  const refuse = (what: string, mend: string) => new Failure('compress.quantize.blocks-exact', { what, mend });
  if (format !== 'qoperator' && bits !== 4)
    throw refuse(`${bits} bits in format qdq`, 'Set weightType to int4 or uint4.');
  if (format === 'qoperator' && blockSize === 0) throw refuse('blocks of 0', 'Set blockSize to 128, its default.');
  if (symmetricWeights !== null && symmetricWeights !== isSymmetric(options)) {
    const kind = symmetricWeights ? 'symmetric' : 'asymmetric';
    throw refuse(
      `${kind} ${weightType}`,
      'It makes int types symmetric and uint types not: leave symmetricWeights out.',
    );
  }
  if (overrides.trim() !== '') throw refuse('overrides', 'Leave out overrides, or compat.');
  if (weightCalibration !== 'minmax') {
    throw refuse(`weightCalibration=${weightCalibration}`, 'Leave out weightCalibration, or compat.');
  }
}

/** Why onnxruntime's block quantizer leaves a layer as it is. Tables are looked at where `include` names them alone. */
export function exactObjection(
  { node }: Layer,
  { input, shape }: WeightSite,
  { format, weightType, blockSize, include }: QuantizeOptions,
): Message | undefined {
  if (node.is('MatMul')) {
    return input === 1 && shape.length === 2 ? undefined : sentence('compress.quantize.skipped.not-right-matrix');
  }
  if (!node.is('Gather')) return sentence('compress.quantize.skipped.weight-only-exact', { op: node.opType });
  const fits = format === 'qoperator' && elementTypes[weightType].bits === 4 && shape.length === 2 && blockSize >= 16;
  if (!fits) return sentence('compress.quantize.skipped.lookup-exact');
  return include === '' ? sentence('compress.quantize.skipped.lookup-not-named') : undefined;
}
