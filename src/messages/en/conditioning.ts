/** What is said of rewrites that make a model fit for quantization. */
export const conditioningFailures = {
  'compress.quantize.data-free-smooth': {
    message: 'smoothQuant looks at activations over data, and dataFree has none.',
    mend: 'Leave out smoothQuant, or dataFree.',
  },
  'compress.quantize.data-free-scheme': {
    message: 'dataFree finds ranges of activations, and the scheme {scheme} needs none beforehand.',
    mend: 'Leave out dataFree.',
  },
  'compress.quantize.data-free-calibration': {
    message: 'The calibration {calibration} looks at data, and dataFree has none.',
    mend: 'Leave out calibration, or dataFree.',
  },
  'compress.quantize.input-range': {
    message: 'inputRange is {range}, which is not the least and the greatest number of an input.',
    mend: 'Give two numbers with a comma between, the lesser first: 0,1.',
  },
  'compress.quantize.correction-scheme': {
    message: 'biasCorrection corrects what rounding weights does, and the scheme {scheme} does not tell it beforehand.',
    mend: 'Leave out biasCorrection, or choose the scheme static, weight-only or simulated.',
  },
  'compress.quantize.conditioning-exact': {
    message: '{option} changes the model, and compat=onnxruntime writes what onnxruntime makes of the unchanged one.',
    mend: 'Leave out compat, or {option}.',
  },
  'compress.quantize.conditioning-needs-data': {
    message: '{option} needs calibration data.',
    mend: 'Give data with --data, or leave out {option}.',
  },
} as const;

export const conditioningSentences = {
  'compress.quantize.option.equalize':
    'Scales channels of successive layers against each other, so that one scale fits all of a weight; what the model computes stays the same.',
  'compress.quantize.option.absorbBias':
    'Moves what a Relu lets through on all calibration data out of the bias before it into the bias behind it, so that activations need a narrower range.',
  'compress.quantize.note.equalized':
    'Channels were scaled against each other in {groups} groups of successive layers, {layers} layers in all.',
  'compress.quantize.note.nothing-to-equalize': 'No two layers have channels that could be scaled against each other.',
  'compress.quantize.note.equalize-bounds':
    '{count} groups of channels were not scaled: a Clip with other bounds than 0 stands in them ({names}).',
  'compress.quantize.note.equalize-operator':
    '{count} groups of channels were not scaled: operators stand in them that do not pass a factor on ({names}).',
  'compress.quantize.note.equalize-boundary':
    '{count} groups of channels were not scaled: they are outputs of the model, or subgraphs read them ({names}).',
  'compress.quantize.note.absorbed-biases':
    'The biases of {channels} channels in {layers} layers were absorbed by the layers behind.',
  'compress.quantize.note.no-bias-absorbed': 'No bias could be absorbed.',
  'compress.quantize.note.absorb-padded':
    '{count} layers keep their biases: what reads them pads with zeros ({layers}).',
  'compress.quantize.note.biases-corrected':
    'The biases of {count} layers were corrected, so that rounding their weights leaves the mean of each channel as it was.',
  'compress.quantize.note.no-bias-to-correct': '{count} layers have no bias to correct: {layers}.',
  'compress.quantize.option.smoothQuant':
    'Moves outliers of what products of matrices read into their weights, as far as what stands before can take the scales.',
  'compress.quantize.option.smoothQuantAlpha':
    'How far outliers are moved into weights: 0 leaves them with the activations, 1 moves all of them.',
  'compress.quantize.option.biasCorrection':
    'Takes what rounding weights adds to the mean of each channel out of the bias, layer by layer, on the calibration data.',
  'compress.quantize.note.smoothed':
    'Outliers of {values} values were moved into the weights of the {layers} layers that read them.',
  'compress.quantize.note.nothing-to-smooth': 'No product of matrices reads what could be scaled where it is made.',
  'compress.quantize.note.not-smoothed':
    '{count} products of matrices keep the outliers of what they read: nothing before them can take a scale for each channel ({layers}).',
  'compress.quantize.option.dataFree':
    'Takes the ranges of activations from the model alone: what BatchNormalization knows of its training data, and what follows from it.',
  'compress.quantize.option.inputRange':
    'Least and greatest number of the inputs, for dataFree: 0,1. Left out, they follow from the first BatchNormalization, or lie around 0 with deviation 1.',
  'compress.quantize.note.no-data':
    'No data: the ranges of {count} values are estimates from the model alone, by the statistics of {normalizations} BatchNormalization layers and what follows from them. Calibration data makes them better.',
  'compress.quantize.note.input-assumed':
    'The inputs were taken to lie around 0 with a standard deviation of 1: set inputRange if they do not.',
  'compress.quantize.note.conditioning-open':
    'What absorbBias, smoothQuant and biasCorrection change is decided on calibration data.',
} as const;
