/** What the places a model may run at can do, in one table. */
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
}

const none: ReadonlySet<string> = new Set();

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
};

const onnxruntimeEightBit: Target = {
  ...onnxruntime,
  name: 'onnxruntime-cpu-int8',
  title: 'onnxruntime 1.30 on the CPU',
  source:
    'onnxruntime 1.30: each operator alone between DequantizeLinear and QuantizeLinear, as it stands in the optimized model (test/conformance/targets)',
  eightBit: new Set([
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
  ]),
  passesOn: new Set([
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
  ]),
  absorbed: new Set(['Relu', 'Clip']),
};

export const targets: readonly Target[] = [onnxruntime, onnxruntimeEightBit];
