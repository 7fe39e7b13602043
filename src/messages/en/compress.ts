export const compressFailures = {
  'compress.unknown-option': {
    message: 'The method {method} has no option {option}.',
    mend: 'Did you mean {nearest}?',
  },
} as const;

export const compressSentences = {
  'compress.stage.calibrate': 'Calibrating',
} as const;
