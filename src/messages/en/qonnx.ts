export const qonnxFailures = {
  'compress.qonnx.scheme': {
    message: 'There is no QONNX form of the scheme {scheme}.',
    mend: 'Choose the scheme static or simulated, or the format qdq.',
  },
  'compress.qonnx.format': {
    message: 'QONNX cannot tell {layer}, a {op}: its integers do not stand between one scale and the next.',
    mend: 'Choose the scheme static or simulated, without blocks.',
  },
} as const;

export const qonnxSentences = {
  'compress.qonnx.note':
    'Beside the output lies {file}, the same model with the Quant nodes of QONNX, for tools of FPGAs. onnxruntime cannot run it: what was measured is the output, which computes the same but for numbers in the middle between two steps where a zero point is odd.',
} as const;
