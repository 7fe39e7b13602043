import { Failure } from '../../messages/failure.js';
import type { QuantizeOptions } from './options.js';
import { isExact } from './options.js';
import { parseOverrides, withOverride } from './overrides.js';

/** onnxruntime puts integer operators in the place of those between such activations, and has none for other types. */
const activationTypes = ['int8', 'uint8', 'int16', 'uint16', 'float32'];

const blockSizes = [0, 16, 32, 64, 128, 256];

/** Throws a Failure where the options of static or simulated quantization contradict each other, a layer's own included. */
export function refuseStatic(options: QuantizeOptions): void {
  const { layers, tensors } = parseOverrides(options.overrides);
  const types = [options, ...layers.map(([, values]) => values)].map(({ activationType }) => activationType);
  const unfit = types.find((type) => type !== undefined && !activationTypes.includes(type));
  if (unfit && !isExact(options) && options.scheme !== 'simulated') {
    throw new Failure('compress.quantize.activation-type', { type: unfit });
  }
  for (const own of [options, ...layers.map(([, values]) => withOverride(options, values))]) refuseLayer(own);
  if (options.format === 'qoperator') {
    if (layers.length + tensors.length > 0) refuseFormat('overrides');
    if (options.powerOfTwoScales) refuseFormat('powerOfTwoScales');
    if (options.blockSize > 0) refuseFormat('blockSize');
  }
  if (!isExact(options)) return;
  if (layers.length + tensors.length > 0) refuseExact('overrides');
  if (options.powerOfTwoScales) refuseExact('powerOfTwoScales');
  if (options.scheme === 'simulated') refuseExact('scheme=simulated');
  for (const name of ['weightType', 'activationType'] as const) {
    const type = options[name];
    if (type === 'float32' || type.startsWith('float8') || type.endsWith('int2')) refuseExact(`${name}=${type}`);
  }
}

function refuseLayer(options: QuantizeOptions): void {
  const { scheme, activationType, weightType, bits, activationBits, blockSize } = options;
  const simulated = scheme === 'simulated';
  if (!simulated && activationType === 'int8' && weightType === 'uint8') {
    throw new Failure('compress.quantize.int8-by-uint8');
  }
  if (activationType === 'float32' && weightType === 'float32') throw new Failure('compress.quantize.all-float');
  if (!blockSizes.includes(blockSize)) throw new Failure('compress.quantize.block-size', { value: blockSize });
  if (!simulated && (bits !== null || activationBits !== null)) {
    const option = bits !== null ? 'bits' : 'activationBits';
    throw new Failure('compress.quantize.bits-are-simulated', { option });
  }
  const floats = [activationType, weightType].find((type) => type.startsWith('float8'));
  if (simulated && floats !== undefined) throw new Failure('compress.quantize.simulated-float8', { type: floats });
}

function refuseFormat(option: string): never {
  throw new Failure('compress.quantize.not-in-qoperator', { option });
}

function refuseExact(option: string): never {
  throw new Failure('compress.quantize.not-in-onnxruntime', { option });
}
