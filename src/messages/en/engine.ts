export const engineFailures = {
  internal: {
    message: 'Tare met an error of its own: {detail}',
    mend: 'Copy the diagnostics and report it.',
  },
  cancelled: {
    message: 'Cancelled.',
    mend: 'Run it again when you like.',
  },
  'engine.died': {
    message: 'The Tare engine ended unexpectedly ({detail}).',
    mend: 'It has been started again: run what was lost once more.',
  },
  'engine.closed': {
    message: 'The connection to the Tare engine is closed.',
    mend: 'Close the editor and open it again.',
  },
  'engine.unknown-call': {
    message: 'Tare has no call {method}.',
    mend: 'Reload the window: the parts of Tare that run are of different versions.',
  },
  'engine.no-model': {
    message: 'The model is not open any more.',
    mend: 'Reload it.',
  },
  'engine.layout-failed': {
    message: 'A thread that lays out the graph has failed: {detail}',
    mend: 'Try again. If it fails again, install Tare anew: a part of it may be missing.',
  },
  'engine.no-layer': {
    message: 'The model has no layer number {layer}.',
    mend: 'Reload it.',
  },
  'engine.no-weight': {
    message: 'The layer {layer} has no weight {weight}.',
    mend: 'Reload it.',
  },
  'engine.unmeasurable': {
    message: 'The weight {weight} of {layer} cannot be measured. {why}',
    mend: 'Choose another weight.',
  },
} as const;

export const engineSentences = {} as const;
