import type { Model } from '../../../graph/model.js';
import { Failure } from '../../../messages/failure.js';
import type { Companion } from '../../method.js';
import type { QuantizeOptions } from '../options.js';
import { qonnxModel } from './qonnxModel.js';

/** The same model with Quant nodes, where the format asks for it. onnxruntime judges the model in QDQ format. */
export async function qonnxCompanion(applied: Model, options: QuantizeOptions): Promise<Companion | null> {
  if (options.format !== 'qonnx') return null;
  const model = await qonnxModel(applied, { weights: null, activations: null });
  return { model, suffix: '.qonnx', note: 'compress.qonnx.note' };
}

export function refuseQonnx({ scheme, format }: QuantizeOptions): void {
  const fits: string[] = ['static', 'simulated'];
  if (format === 'qonnx' && !fits.includes(scheme)) throw new Failure('compress.qonnx.scheme', { scheme });
}
