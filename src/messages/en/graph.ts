export const graphFailures = {
  'graph.cycle': {
    message: 'The nodes of {graph} form a cycle through {node}.',
    mend: 'Export the model again: an ONNX graph must not have cycles.',
  },
} as const;
