export const runtimeFailures = {
  'runtime.load': {
    message: 'onnxruntime cannot load {model}: {detail}',
    mend: 'Check the model with its exporter, or open it without running it.',
  },
  'runtime.run': {
    message: 'onnxruntime cannot run {model}: {detail}',
    mend: 'Check that the data fits the inputs of the model: {inputs}.',
  },
  'runtime.died': {
    message: 'The process that runs the model ended ({detail}).',
    mend: 'Run it again; if it ends again, the model may need more memory than this machine has.',
  },
  'runtime.unavailable': {
    message: 'onnxruntime does not start on this machine ({platform}): {detail}',
    mend: 'Install Tare for this platform; on Linux it needs glibc 2.28 or newer.',
  },
  'runtime.closed': {
    message: 'The runtime has been closed.',
    mend: 'Start again what you were doing.',
  },
  'runtime.unknown-value': {
    message: 'The model computes no value named {value} outside its subgraphs, so it cannot be observed.',
    mend: 'Leave the layer that needs it out, or report this if you did not choose it.',
  },
} as const;
