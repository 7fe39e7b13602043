export const compressFailures = {
  'compress.unknown-method': {
    message: 'There is no method {method}.',
    mend: 'Did you mean {nearest}? The methods are: {methods}.',
  },
  'compress.unknown-option': {
    message: 'The method {method} has no option {option}.',
    mend: 'Did you mean {nearest}?',
  },
  'compress.setting-syntax': {
    message: '{setting} is not a setting.',
    mend: 'Write key=value, as in perChannel=false.',
  },
  'compress.option-not-boolean': {
    message: 'The option {option} is on or off, not {value}.',
    mend: 'Write true or false.',
  },
  'compress.option-not-integer': {
    message: 'The option {option} is a whole number, not {value}.',
    mend: 'Write digits alone, as in 8.',
  },
  'compress.option-not-number': {
    message: 'The option {option} is a number, not {value}.',
    mend: 'Write it with digits and a point, as in 99.9.',
  },
  'compress.option-not-text': {
    message: 'The option {option} is a text, not {value}.',
    mend: 'Write it as a text.',
  },
  'compress.option-not-choice': {
    message: 'The option {option} cannot be {value}.',
    mend: 'Did you mean {nearest}? It is one of: {values}.',
  },
  'compress.option-out-of-range': {
    message: 'The option {option} cannot be {value}: it is out of range.',
    mend: 'See tare methods for what it may be.',
  },
  'compress.no-such-layer': {
    message: 'The pattern {pattern} of the option {option} matches no layer.',
    mend: 'Did you mean {nearest}? Names and globs are compared with the whole name of a layer.',
  },
  'compress.nothing-to-do': {
    message: 'None of the chosen layers can be treated. {layer}: {reason}',
    mend: 'Change the method, its options or the data.',
  },
  'compress.no-layer-fits': {
    message: 'No layer of the model can be treated as asked. The reason for {count} of {total}: {reason}',
    mend: 'See tare inspect for the layers, and change the method or its options.',
  },
  'compress.nothing-chosen': {
    message: 'The model has no layer that can be treated as asked, or all such are excluded.',
    mend: 'See tare inspect for its layers, and change the method or its options.',
  },
} as const;

export const compressSentences = {
  'compress.stage.calibrate': 'Calibrating',
  'compress.skipped.excluded': 'Excluded by {pattern}.',
  'compress.skipped.not-included': 'Not among the layers to include.',
  'compress.skipped.subgraph': 'It lies inside a subgraph, which this method does not enter.',
  'compress.skipped.function': 'It lies inside a local function, which this method does not enter.',
} as const;
