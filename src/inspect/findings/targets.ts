/** What the places a model may run at can do, in one table. */
import type { ElementType } from '../../tensor/elementType.js';

/** What a target runs with kernels of its own, of a model with QuantizeLinear and DequantizeLinear. */
export interface FastKernels {
  readonly operators: ReadonlySet<string>;
  /** Operators that pass integers on as they are. */
  readonly passesOn: ReadonlySet<string>;
  /** Activations that melt into the quantization of the operator before them. */
  readonly absorbed: ReadonlySet<string>;
  readonly activations: ReadonlySet<ElementType>;
  readonly weights: ReadonlySet<ElementType>;
  /** Operators whose result need not be quantized. */
  readonly floatResults: ReadonlySet<string>;
  readonly needsZeroPointZero: boolean;
  /** Multiplies by weights in blocks of 4 bits without making them float. */
  readonly multipliesBlocks: boolean;
  /** Computes with float16. */
  readonly computesHalf: boolean;
}

export interface Target {
  readonly name: string;
  readonly title: string;
  /** Where the lists come from. */
  readonly source: string;
  /** Domains of operators that it has; '' is the standard one. */
  readonly domains: readonly string[];
  readonly newestOpset: number;
  readonly newestIrVersion: number;
  /** Operators with an 8-bit kernel; null where the target is not asked for 8 bits. */
  readonly eightBit: ReadonlySet<string> | null;
  /** Operators that pass 8-bit numbers on as they are. */
  readonly passesOn: ReadonlySet<string>;
  /** Activations that melt into the quantization of the operator before them. */
  readonly absorbed: ReadonlySet<string>;
  /** Null where nothing is known. */
  readonly fast: FastKernels | null;
}

const none: ReadonlySet<string> = new Set();

const onnxruntimeOperators: ReadonlySet<string> = new Set([
  'Conv',
  'MatMul',
  'Gemm',
  'Add',
  'Mul',
  'Concat',
  'AveragePool',
  'GlobalAveragePool',
  'LeakyRelu',
  'Sigmoid',
  'Softmax',
]);
const moving: ReadonlySet<string> = new Set([
  'MaxPool',
  'Transpose',
  'Flatten',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Slice',
  'Gather',
  'Split',
  'Resize',
  'Expand',
  'Tile',
  'DepthToSpace',
  'Identity',
  'Dropout',
]);
const clipping: ReadonlySet<string> = new Set(['Relu', 'Clip']);

const onnxruntimeKernels: FastKernels = {
  operators: onnxruntimeOperators,
  passesOn: moving,
  absorbed: clipping,
  activations: new Set(['uint8', 'int8']),
  weights: new Set(['uint8', 'int8']),
  floatResults: new Set(['MatMul', 'Gemm']),
  needsZeroPointZero: false,
  multipliesBlocks: true,
  computesHalf: false,
};

const onnxruntime: Target = {
  name: 'onnxruntime-cpu',
  title: 'onnxruntime 1.30 on the CPU',
  source: 'onnxruntime 1.30: operator sets it loads, found by loading models',
  domains: ['', 'com.microsoft', 'ai.onnx.ml', 'ai.onnx.preview.training', 'com.microsoft.nchwc'],
  newestOpset: 26,
  newestIrVersion: 13,
  eightBit: null,
  passesOn: none,
  absorbed: none,
  fast: onnxruntimeKernels,
};

const onnxruntimeEightBit: Target = {
  ...onnxruntime,
  name: 'onnxruntime-cpu-int8',
  source:
    'onnxruntime 1.30: each operator alone between DequantizeLinear and QuantizeLinear, as it stands in the optimized model (test/conformance/targets)',
  eightBit: onnxruntimeOperators,
  passesOn: moving,
  absorbed: clipping,
};

/** What TensorRT fuses with QuantizeLinear and DequantizeLinear into integer kernels. */
const tensorrtOperators: ReadonlySet<string> = new Set([
  'Conv',
  'ConvTranspose',
  'MatMul',
  'Gemm',
  'Add',
  'AveragePool',
  'GlobalAveragePool',
]);

const tensorrt: Target = {
  ...onnxruntime,
  name: 'tensorrt',
  title: 'TensorRT in 8 bits',
  source: 'NVIDIA TensorRT Developer Guide, Working with Quantized Types: symmetric int8, explicit quantization',
  domains: [''],
  eightBit: tensorrtOperators,
  passesOn: moving,
  absorbed: clipping,
  fast: {
    operators: tensorrtOperators,
    passesOn: moving,
    absorbed: clipping,
    activations: new Set(['int8']),
    weights: new Set(['int8']),
    floatResults: new Set(['Conv', 'ConvTranspose', 'MatMul', 'Gemm']),
    needsZeroPointZero: true,
    multipliesBlocks: true,
    computesHalf: true,
  },
};

export const targets: readonly Target[] = [onnxruntime, onnxruntimeEightBit, tensorrt];
