export const recipeFailures = {
  'recipe.needs-data': {
    message: 'The method {method} with these options needs data to calibrate on.',
    mend: 'Give it with --data, or choose options that need none (scheme=dynamic).',
  },
  'recipe.budget-unmeasured': {
    message: 'A greatest loss of accuracy is stated, and nothing is to be measured.',
    mend: 'Leave out --no-measure, or --max-drop.',
  },
  'recipe.does-not-run': {
    message: 'onnxruntime does not load the compressed model, so it was not kept: {detail}',
    mend: 'Exclude the layer that it names, or report the model that caused it.',
  },
} as const;

export const recipeSentences = {
  'recipe.stage.open': 'Opening',
  'recipe.stage.prepare': 'Preparing',
  'recipe.stage.calibrate': 'Observing activations',
  'recipe.stage.apply': 'Compressing',
  'recipe.stage.write': 'Writing',
  'recipe.stage.check': 'Checking',
  'recipe.calibrated-on':
    'Activations were observed on {fit} of the {total} samples of {data}; the other {validate} are kept for decisions.',
  'recipe.calibrated-on-one':
    'Activations were observed on the only sample of {data}: what others would reach is not known.',
  'recipe.ranges-known':
    'The ranges of {count} of the {total} activations were known from an earlier measurement of this model on these very samples.',
  'recipe.outputs-differ':
    'The outputs agree with those of the original to {sqnr} only. tare compare with the data, or Measure Errors… on the Compare page, tells in which layers the error arises: exclude those, or store weights alone (scheme=weight-only), which loses less.',
  'recipe.output-differs':
    'The output {output} agrees with that of the original to {sqnr} only. tare compare with the data, or Measure Errors… on the Compare page, tells in which layers the error arises: exclude those, or store weights alone (scheme=weight-only), which loses less.',
  'recipe.not-smaller':
    'The new file is not smaller than the original: what the weights lost, the nodes, scales and names of the integers took.',
  'recipe.structure':
    'Of the new file, {weights} are weights, {scales} scales and zero points, and {structure} nodes, names and shapes.',
} as const;
