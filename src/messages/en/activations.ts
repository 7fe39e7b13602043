export const activationFailures = {
  'activations.unknown-carry': {
    message: 'The model cannot carry {output} over into {input}: {detail}.',
    mend: 'Give an input and the output that feeds it in the next run, such as state=stateN; the model has the inputs {inputs} and the outputs {outputs}.',
  },
  'activations.carry-form': {
    message: '{text} does not say which output feeds which input.',
    mend: 'Write INPUT=OUTPUT, such as state=stateN.',
  },
  'activations.nothing': {
    message: 'No value of {model} can be observed: {reason}',
    mend: 'Inspect its weights instead.',
  },
} as const;

export const activationSentences = {
  'activations.missing.function':
    'It is computed inside the local function {function}, which may be called from several places.',
  'activations.missing.body': 'It is computed inside a {op}, whose body Tare does not look into while it runs.',
  'activations.missing.loop-in-loop': 'It is computed inside a loop in a loop, whose rounds cannot be collected.',
  'activations.missing.condition-in-loop': 'It is computed only in some rounds of a loop, and cannot be collected.',
  'activations.missing.shape-in-loop':
    'Its shape may change from round to round of a loop, so the rounds cannot be collected.',
  'activations.missing.type': 'Its type is not known, and inside a subgraph it must be.',
  'activations.missing.none': 'none of its values is a floating-point tensor that depends on an input.',
  'activations.missing.not-run': 'No sample reached it: the branch that computes it was never taken, or it was empty.',
  'activations.carried':
    '{input} is not in the data: it begins as zeros, and each run takes it over from {output} of the run before.',
  'activations.stage': 'Measuring activations',
  'activations.stage.pass': 'Measuring activations, pass {pass} of {passes}',
} as const;
