export const evaluateFailures = {
  'evaluate.no-data': {
    message: 'There is no data to evaluate {model} on.',
    mend: 'Give a data set with --data.',
  },
} as const;

export const evaluateSentences = {
  'evaluate.stage.quality': 'Measuring quality',
} as const;
