/** Of static and simulated quantization: types, granularity, overrides, preparation. */
export const schemeFailures = {
  'compress.no-such-operator': {
    message: 'The pattern op:{pattern} of the option {option} matches no operator of the model.',
    mend: 'Did you mean op:{nearest}?',
  },
  'compress.no-such-value': {
    message: 'The pattern tensor:{pattern} of the option {option} matches no value of the model.',
    mend: 'Did you mean tensor:{nearest}?',
  },
  'compress.no-path': {
    message: 'The option {option} asks for the layers from {from} to {to}, and no path leads from one to the other.',
    mend: 'Name first the layer that comes first.',
  },
  'compress.quantize.all-float': {
    message: 'With activations and weights in float32 there is nothing to quantize.',
    mend: 'Set activationType or weightType to another type.',
  },
  'compress.quantize.activation-type': {
    message: 'onnxruntime does not load models whose activations are {type}.',
    mend: 'Choose 8 or 16 bits for activations; scheme simulated with activationBits computes what fewer bits would.',
  },
  'compress.quantize.block-size': {
    message: 'Weights cannot be quantized in blocks of {value}.',
    mend: 'Set blockSize to 16, 32, 64, 128 or 256, or to 0 for none.',
  },
  'compress.quantize.bits-are-simulated': {
    message: 'The option {option} is for simulated widths alone.',
    mend: 'Set scheme to simulated, or choose a type that has so many bits.',
  },
  'compress.quantize.simulated-float8': {
    message: 'Widths of {type} cannot be simulated: they are those of integers.',
    mend: 'Choose an integer type, or scheme static for float8.',
  },
  'compress.quantize.not-in-onnxruntime': {
    message: "onnxruntime's own quantizer does not have {option}.",
    mend: 'Leave out compat, or this option.',
  },
  'compress.quantize.reference-fails': {
    message: "onnxruntime's own quantizer fails on this model: it leaves {layer} without a value that it reads.",
    mend: 'Leave out compat.',
  },
  'compress.quantize.not-in-qoperator': {
    message: 'Operators on integers (format qoperator) cannot have {option}.',
    mend: 'Set format to qdq, or leave this option out.',
  },
  'compress.quantize.dynamic-weight-type': {
    message: 'Weights beside dynamic ranges are int8 or uint8, not {type}.',
    mend: 'Set weightType to int8 or uint8, or choose another scheme.',
  },
  'compress.quantize.opset-too-old': {
    message: 'The model has operator set {from}, and {what} needs {opset}.',
    mend: 'Set upgradeOpset to true, or choose what operator set {from} has.',
  },
  'compress.quantize.overrides.not-json': {
    message: 'The option overrides is not JSON: {detail}.',
    mend: 'Write an object, as in {"conv1": {"weightType": "int4"}}.',
  },
  'compress.quantize.overrides.no-object': {
    message: 'The option overrides is JSON, but no object.',
    mend: 'Write an object, as in {"conv1": {"weightType": "int4"}}.',
  },
  'compress.quantize.overrides.not-fields': {
    message: 'What overrides say of {key} is no object.',
    mend: 'Write an object with some of: {fields}.',
  },
  'compress.quantize.overrides.unknown-field': {
    message: 'Overrides cannot set {field} of {key}.',
    mend: 'Did you mean {nearest}?',
  },
  'compress.quantize.overrides.wrong-value': {
    message: 'Overrides cannot set {field} of {key} to {value}.',
    mend: 'Give it a value that the option of that name may have; ranges are [least, greatest].',
  },
  'compress.quantize.overrides.zero-point': {
    message: 'Overrides set a zero point of {key} without a scale.',
    mend: 'Set scale and zeroPoint together, or a range instead.',
  },
  'compress.quantize.overrides.zero-point-outside': {
    message: 'The zero point {zeroPoint} of the overrides is none of the numbers of {type}.',
    mend: 'Choose one from {min} to {max}.',
  },
} as const;

export const schemeSentences = {
  'compress.note.matched': 'The pattern {pattern} of {option} matched {count} of {total} layers: {layers}.',
  'compress.quantize.option.bits': 'Bits of weights that have no type of their own; auto takes those of weightType.',
  'compress.quantize.option.activationBits':
    'Bits of activations that have no type of their own; auto takes those of activationType.',
  'compress.quantize.option.blockSize':
    'Gives each run of so many weights along what is summed up its own scale: 16, 32, 64, 128 or 256, 0 for none.',
  'compress.quantize.option.powerOfTwoScales':
    'Takes the next greater power of two for every scale, so that hardware can shift instead of multiply; nothing more is clipped.',
  'compress.quantize.option.restrictedAsymmetric':
    'Puts zero points of activations at the least integer where nothing is negative, else in the middle, nowhere else.',
  'compress.quantize.option.quantizeUnfused':
    'Also quantizes layers that onnxruntime on the CPU computes in float32 all the same, and small ones that read float32 alone, which makes them slower here; for other targets.',
  'compress.quantize.option.overrides':
    'What single layers and tensors have that is different, as JSON: {"conv1": {"weightType": "int4"}, "tensor:x": {"range": [0, 6]}}.',
  'compress.quantize.option.foldConstants': 'Computes beforehand what depends on constants alone.',
  'compress.quantize.option.inferShapes':
    'Writes the types and shapes of values that follow from the inputs into the file, for tools that need them there.',
  'compress.quantize.option.upgradeOpset':
    'Raises the operator set where a type or scales per channel need a newer one.',
  'compress.quantize.skipped.stays-float': 'It has no weights to quantize, and activations stay in float32.',
  'compress.quantize.skipped.unfused':
    'onnxruntime on the CPU computes {op} in float32 all the same, so that it would only become slower; quantizeUnfused quantizes it.',
  'compress.quantize.skipped.unfused-weights':
    'onnxruntime on the CPU computes {op} in float32 all the same, so that it would only become slower. Its weights keep {bytes} where {smaller} would do; quantizeUnfused quantizes it.',
  'compress.quantize.note.simulated':
    'The widths are simulated: values are rounded as they would be, and computed with in float32. Speed and file size say nothing of a target that has these widths.',
  'compress.quantize.note.simulated-bits':
    '{count} weights have {bits} bits each on average, {bytes} together, and are stored in {storedBits} bits each, {storedBytes} together.',
  'compress.quantize.note.slower':
    'onnxruntime on the CPU has no fast kernels for the types of {count} layers: it turns them into float32 at every run, which takes longer than the model in float32. Only 8 bits on both sides are faster here.',
  'compress.quantize.note.float-biases':
    'The biases of {count} layers stay in float32, because their integers would not fit in 32 bits: {layers}.',
  'compress.quantize.note.override-without-effect':
    'The override of {value} has no effect: no quantized layer reads or writes it.',
  'compress.quantize.note.folded-constants': '{count} nodes that depend on constants alone were computed beforehand.',
  'compress.quantize.note.constants-not-folded':
    '{count} nodes depend on constants alone and were not computed beforehand: that takes data to run the model on.',
  'compress.quantize.note.inferred-shapes': 'The types and shapes of {count} values were written into the file.',
  'compress.quantize.note.opset-for': 'The operator set was raised from {from} to {to}, which {what} needs.',
  'compress.quantize.note.opset-not-raised':
    'Each weight has one scale: scales per channel need operator set 13, and the model has {opset}. upgradeOpset raises it.',
} as const;
