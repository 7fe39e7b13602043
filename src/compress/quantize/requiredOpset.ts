/** Which operator set the types need that the options ask for. */
import type { Model } from '../../graph/model.js';
import type { QuantizedType } from './integerRange.js';
import { bitsOf, isFloat8 } from './integerRange.js';
import type { QuantizeOptions } from './options.js';
import type { LayerType } from './options/layerTypes.js';
import { parseOverrides } from './overrides.js';

/** QuantizeLinear and DequantizeLinear have an axis since this operator set. */
export const perChannelOpset = 13;

const float8Opset = 19;
/** 16 and 4 bits, and blocks. */
const wideOpset = 21;
const twoBitOpset = 25;

/** What needs an operator set, and which; undefined where the first with QuantizeLinear does. */
export interface OpsetNeed {
  readonly opset: number;
  readonly what: string;
}

/** The newest operator set that something needs which cannot be written without. */
export function requiredOpset(options: QuantizeOptions): OpsetNeed | undefined {
  const needs: OpsetNeed[] = [];
  const overrides = parseOverrides(options.overrides);
  const all = [options, ...overrides.layers.map(([, values]) => ({ ...options, ...values }))];
  for (const { weightType, activationType, bits, activationBits, blockSize, scheme, format } of all) {
    if (scheme === 'weight-only') {
      if (format !== 'qoperator') needs.push(...needOf(weightType));
      if (format !== 'qoperator' && blockSize > 0) needs.push({ opset: wideOpset, what: `blockSize ${blockSize}` });
      continue;
    }
    const simulated = scheme === 'simulated';
    for (const type of [weightType, activationType]) if (!simulated) needs.push(...needOf(type));
    for (const width of simulated ? [widthOf(weightType, bits), widthOf(activationType, activationBits)] : []) {
      if (width > 8) needs.push({ opset: wideOpset, what: `${width} bits` });
    }
    if (blockSize > 0) needs.push({ opset: wideOpset, what: `blockSize ${blockSize}` });
  }
  for (const [, { type }] of overrides.tensors) if (type) needs.push(...needOf(type));
  return needs.reduce<OpsetNeed | undefined>(
    (most, each) => (most && most.opset >= each.opset ? most : each),
    undefined,
  );
}

function widthOf(type: LayerType, bits: number | null): number {
  return type === 'float32' ? 0 : (bits ?? bitsOf(type));
}

function needOf(type: LayerType): OpsetNeed[] {
  if (type === 'float32') return [];
  const opset = opsetOfType(type);
  return opset === 0 ? [] : [{ opset, what: type }];
}

function opsetOfType(type: QuantizedType): number {
  if (isFloat8(type)) return float8Opset;
  const bits = bitsOf(type);
  return bits === 8 ? 0 : bits === 2 ? twoBitOpset : wideOpset;
}

/**
 * onnxruntime's quantizer raises the operator set for 16 bits, blocks and float8, and writes its own QuantizeLinear and
 * DequantizeLinear where only 4 bits need a newer one (quantize.py, update_opset_version and UseQDQContribOps).
 */
export function opsetLikeOnnxruntime({ scheme, activationType, weightType, blockSize }: QuantizeOptions): number {
  if (scheme === 'weight-only') return 0;
  const types = [activationType, weightType];
  return blockSize > 0 || types.includes('int16') || types.includes('uint16') ? wideOpset : 0;
}

/** Are the types such that onnxruntime's quantizer writes operators of its own domain? */
export function needsContribDomain(model: Model, { activationType, weightType }: QuantizeOptions): boolean {
  const narrow = [activationType, weightType].some((type) => type === 'int4' || type === 'uint4');
  return narrow && (model.opsets.get('') ?? 1) < wideOpset;
}
