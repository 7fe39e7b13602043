export const evaluateFailures = {
  'evaluate.inputs-differ': {
    message: '{model} takes {inputs}, and {other} takes {otherInputs}: the same data cannot feed both.',
    mend: 'Compare models with the same inputs.',
  },
  'evaluate.random-refused': {
    message: '{model} does not run on random inputs of the shapes that Tare guessed ({shapes}): {detail}',
    mend: 'Give data of the shapes and values that the model takes.',
  },
  'evaluate.label-range': {
    message: 'Sample {sample} has the label {label}, but {model} knows only the classes 0 to {last}.',
    mend: 'Use the labels that the model was trained on, counted from 0.',
  },
  'evaluate.metric': {
    message: 'The metric {file} failed: {detail}.',
    mend: 'Mend the module; docs/data.md tells what a metric is.',
  },
  'evaluate.metric-missing': {
    message: 'There is no metric at {file}.',
    mend: 'Give the path of an ES module (.mjs) that exports a metric.',
  },
  'evaluate.metric-not-here': {
    message: 'The metric {file} is a program, and programs of a workspace are not run here.',
    mend: 'Run tare evaluate --metric on the command line.',
  },
} as const;

export const evaluateSentences = {
  'evaluate.no-top-k':
    'Nothing can be told of the first {k} classes: the data has no labels, or there are not more classes.',
  'evaluate.metric-without-interval':
    'The metric {metric} does not score each sample, so how much its difference is due to chance is not known.',
  'evaluate.stage.size': 'Measuring size',
  'evaluate.stage.quality': 'Measuring quality',
  'evaluate.stage.latency': 'Measuring latency',
  'evaluate.stage.memory': 'Measuring memory',
  'evaluate.stage.compare': 'Comparing layers',
  'evaluate.profile.random':
    'The times are of random inputs ({shapes}); sizes that the model leaves open were guessed.',
  'evaluate.stage.profile': 'Measuring the time of each layer of {model}',
  'evaluate.no-classes':
    'The data has labels, but no output of {model} gives one row of classes for each sample, so accuracy was not measured.',
  'evaluate.not-comparable':
    'The outputs of {model} and {other} have different shapes on sample {sample}, so their agreement was not measured.',
  'evaluate.not-finite': '{model} gave NaN or infinite outputs on {count} of {samples} samples.',
  'evaluate.saturates-here':
    'In {layers} layers of {model} this processor adds uint8 x int8 products in 16 bits, which can saturate. With exact sums, as on processors with VNNI or on ARM, its accuracy is {accuracy}.',
  'evaluate.saturates-here-unlabelled':
    'In {layers} layers of {model} this processor adds uint8 x int8 products in 16 bits, which can saturate. Its outputs differ from those with exact sums, as on processors with VNNI or on ARM, by an SQNR of {sqnr}.',
  'evaluate.saturates-elsewhere':
    '{layers} layers of {model} multiply uint8 by int8. These sums are exact on this processor; on x64 processors without VNNI they can saturate, and accuracy there was not measured.',
  'evaluate.one-by-one': '{model} does not run on several samples at once; it was run on one at a time.',
  'evaluate.change.operator': 'operator: {before} → {after}',
  'evaluate.change.attribute': '{name}: {before} → {after}',
  'evaluate.change.attribute-added': '{name}: not given → {after}',
  'evaluate.change.attribute-removed': '{name}: {before} → not given',
  'evaluate.change.argument': 'input {input}: {before} → {after}',
  'evaluate.change.inputs': 'reads {after} values instead of {before}',
  'evaluate.change.wiring': 'input {input} comes from {after} instead of {before}',
  'evaluate.change.type': '{before} → {after}',
  'evaluate.change.weight': 'other weights',
  'evaluate.change.shape': 'weight [{before}] → [{after}]',
  'evaluate.change.weights': 'weights: {before} → {after}',
  'evaluate.change.unreadable': 'weights that cannot be read were not compared',
  'evaluate.change.folded': '{normalization} folded into its weights',
  'evaluate.change.unfolded': '{normalization} taken out of its weights',
  'evaluate.gone.folded': 'folded into {layer}',
  'evaluate.gone.range': 'done by the range of the quantized output of {layer}',
  'evaluate.new.unfolded': 'was part of the weights of {layer}',
  'evaluate.new.bias': 'adds the bias of {layer}',
  'evaluate.new.factor': 'a factor of {layer}',
  'evaluate.stage.errors': 'Measuring errors along the graph',
  'evaluate.stage.errors-pass': 'Measuring errors along the graph, pass {pass} of {passes}',
  'evaluate.errors.in-body': 'inside the body of a control-flow operator: it was not run alone',
  'evaluate.errors.in-function': 'inside a local function, whose values were not compared',
  'evaluate.errors.not-real': 'its output is no floating-point tensor',
  'evaluate.errors.shapes': 'its output has the shape [{after}] instead of [{before}]',
  'evaluate.errors.unsliced': 'it could not be run alone',
  'evaluate.errors.failed': 'it could not be run alone: {detail}',
  'evaluate.errors.float':
    'The errors of layers were measured with every node run as it stands, without the fusions of onnxruntime; the agreement of the outputs with them.',
  'evaluate.errors.unmeasured': '{count} matched layers with floating-point outputs could not be measured.',
} as const;
