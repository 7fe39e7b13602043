import type { Model } from '../../../graph/model.js';
import { Failure } from '../../../messages/failure.js';
import type { Companion } from '../../method.js';
import type { QuantizeOptions } from '../options.js';
import type { Widths } from './qonnxModel.js';
import { qonnxModel } from './qonnxModel.js';

/** The same model with Quant nodes, where the format asks for it. onnxruntime judges the model in QDQ format. */
export async function qonnxCompanion(applied: Model, options: QuantizeOptions): Promise<Companion | null> {
  if (options.format !== 'qonnx') return null;
  const model = await qonnxModel(applied, widthsOf(options));
  return { model, suffix: '.qonnx', note: 'compress.qonnx.note' };
}

function widthsOf({ scheme, bits, activationBits }: QuantizeOptions): Widths {
  return scheme === 'simulated' ? { weights: bits, activations: activationBits } : { weights: null, activations: null };
}

export function refuseQonnx({ scheme, format }: QuantizeOptions): void {
  const fits: string[] = ['static', 'simulated'];
  if (format === 'qonnx' && !fits.includes(scheme)) throw new Failure('compress.qonnx.scheme', { scheme });
}
