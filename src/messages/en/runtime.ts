export const runtimeFailures = {
  'runtime.load': {
    message: 'onnxruntime cannot load {model}: {detail}',
    mend: 'Check the model with its exporter, or open it without running it.',
  },
  'runtime.died': {
    message: 'The process that runs the model ended ({detail}).',
    mend: 'Run it again; if it ends again, the model may need more memory than this machine has.',
  },
} as const;
