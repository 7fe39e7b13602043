/** Named recipes: values of a method's options that belong together, each for a purpose or for a processor. */
import type { SentenceId } from '../messages/catalog.js';
import { english, sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import type { Json } from './method.js';
import { nearestOf } from './options.js';

export interface Preset {
  readonly name: string;
  readonly title: SentenceId;
  /** Why these values. */
  readonly reason: SentenceId;
  readonly source: string;
  readonly method: 'quantize';
  /** Options that differ from their defaults. */
  readonly options: { readonly [name: string]: Json };
}

const onnxruntime = 'onnxruntime, Quantize ONNX models';

export const presets: readonly Preset[] = [
  {
    name: 'safest',
    title: 'compress.preset.safest.title',
    reason: 'compress.preset.safest.reason',
    source: 'Nagel et al. 2019, Data-Free Quantization Through Weight Equalization and Bias Correction, section 4.1',
    method: 'quantize',
    options: { equalize: true, calibration: 'mse' },
  },
  {
    name: 'cpu-avx2',
    title: 'compress.preset.cpu-avx2.title',
    reason: 'compress.preset.cpu-avx2.reason',
    source: `${onnxruntime}, reduce_range`,
    method: 'quantize',
    options: { activationType: 'uint8', weightType: 'int8', perChannel: true, reduceRange: true },
  },
  {
    name: 'cpu-vnni',
    title: 'compress.preset.cpu-vnni.title',
    reason: 'compress.preset.cpu-vnni.reason',
    source: `${onnxruntime}, data type selection`,
    method: 'quantize',
    options: { activationType: 'uint8', weightType: 'int8', perChannel: true, reduceRange: false },
  },
  {
    name: 'arm-cpu',
    title: 'compress.preset.arm-cpu.title',
    reason: 'compress.preset.arm-cpu.reason',
    source: `${onnxruntime}, data type selection`,
    method: 'quantize',
    options: { activationType: 'int8', weightType: 'int8', perChannel: true, reduceRange: false },
  },
  {
    name: 'tensorrt',
    title: 'compress.preset.tensorrt.title',
    reason: 'compress.preset.tensorrt.reason',
    source: 'NVIDIA TensorRT Developer Guide, Working with Quantized Types',
    method: 'quantize',
    options: {
      activationType: 'int8',
      weightType: 'int8',
      perChannel: true,
      reduceRange: false,
      symmetricActivations: true,
      symmetricWeights: true,
    },
  },
  {
    name: 'qnn-npu',
    title: 'compress.preset.qnn-npu.title',
    reason: 'compress.preset.qnn-npu.reason',
    source: 'onnxruntime.quantization 1.30, get_qnn_qdq_config; QNN Execution Provider',
    method: 'quantize',
    options: {
      activationType: 'uint16',
      weightType: 'uint8',
      perChannel: false,
      reduceRange: false,
      quantizeUnfused: true,
    },
  },
  {
    name: 'fpga',
    title: 'compress.preset.fpga.title',
    reason: 'compress.preset.fpga.reason',
    source: 'Pappalardo et al. 2022, QONNX: Representing Arbitrary-Precision Quantized Neural Networks',
    method: 'quantize',
    options: {
      scheme: 'simulated',
      format: 'qonnx',
      bits: 4,
      activationBits: 8,
      activationType: 'int8',
      symmetricActivations: true,
      powerOfTwoScales: true,
      quantizeUnfused: true,
    },
  },
  {
    name: 'smallest',
    title: 'compress.preset.smallest.title',
    reason: 'compress.preset.smallest.reason',
    source: 'Frantar et al. 2022, GPTQ, section 4; onnxruntime, MatMulNBits',
    method: 'quantize',
    options: { scheme: 'weight-only', weightType: 'int4', blockSize: 32 },
  },
  {
    name: 'float16',
    title: 'compress.preset.float16.title',
    reason: 'compress.preset.float16.reason',
    source: 'IEEE 754-2008, binary16; Micikevicius et al. 2018, Mixed Precision Training',
    method: 'quantize',
    options: { scheme: 'float16' },
  },
];

/** The preset of a name. Throws a Failure that names the nearest. */
export function presetOf(name: string): Preset {
  const found = presets.find((preset) => preset.name === name);
  if (found) return found;
  const names = presets.map((preset) => preset.name);
  throw new Failure('compress.unknown-preset', {
    preset: name,
    nearest: nearestOf(name, names),
    presets: names.join(', '),
  });
}

/** The options of a preset with those of a person in their place. Throws a Failure for one of another method. */
export function withPreset(
  name: string | undefined,
  method: string,
  options: { readonly [name: string]: Json },
): { readonly [name: string]: Json } {
  if (name === undefined) return options;
  const preset = presetOf(name);
  if (preset.method !== method) {
    throw new Failure('compress.preset-of-other-method', { preset: name, owner: preset.method, method });
  }
  return { ...preset.options, ...options };
}

/** A preset as a person reads it. */
export interface PresetCard {
  readonly name: string;
  readonly title: string;
  /** Why these values. */
  readonly sentence: string;
  readonly source: string;
  readonly options: { readonly [name: string]: Json };
}

export function presetCards(method: string): PresetCard[] {
  return presets
    .filter((preset) => preset.method === method)
    .map(({ name, title, reason, source, options }) => ({
      name,
      title: english(sentence(title)),
      sentence: english(sentence(reason)),
      source,
      options,
    }));
}
