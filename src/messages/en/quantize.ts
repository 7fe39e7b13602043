export const quantizeFailures = {
  'compress.quantize.qoperator-type': {
    message: 'QOperator format has operators on int8 and uint8 alone; {option} is {type}.',
    mend: 'Set format to qdq, or {option} to int8 or uint8.',
  },
  'compress.quantize.already-quantized': {
    message: 'The model is quantized already: {layer} is a {op}.',
    mend: 'Start from the model with float weights.',
  },
  'compress.quantize.rounding-needs-data': {
    message: 'The rounding {rounding} is fitted on data, and none was given.',
    mend: 'Give calibration data, or set rounding to nearest.',
  },
  'compress.quantize.reconstruct-powers-of-two': {
    message: 'The rounding reconstruct learns scales, which are no powers of two then.',
    mend: 'Set rounding to adaround, or powerOfTwoScales to false.',
  },
  'compress.quantize.rounding-in-compat': {
    message: "onnxruntime's own quantizer rounds weights to the nearest.",
    mend: 'Set rounding to nearest, or compat to none.',
  },
  'compress.quantize.int8-by-uint8': {
    message: 'No runtime multiplies int8 activations by uint8 weights.',
    mend: 'Set weightType to int8, or activationType to uint8.',
  },
} as const;

export const quantizeSentences = {
  'compress.quantize.title': 'Quantize',
  'compress.quantize.option.scheme':
    'static measures the ranges of activations on calibration data beforehand; dynamic takes them while the model runs, and needs no data; weight-only stores weights as integers and leaves activations in float, and needs none either; simulated is static with any number of bits, for targets that onnxruntime does not run.',
  'compress.quantize.option.format':
    'How the file tells quantized layers: qdq keeps the operators and puts QuantizeLinear and DequantizeLinear around them; qonnx does so and writes beside it a file with the Quant nodes of QONNX, for tools of FPGAs; qoperator puts operators on integers (QLinearConv; for weights alone MatMulNBits and GatherBlockQuantized) in their place.',
  'compress.quantize.option.activationType':
    'Type of activations, where their ranges are static; float32 leaves them. onnxruntime on x64 has its fast kernels for uint8.',
  'compress.quantize.option.weightType':
    'Type of weights; float32 leaves them. uint8 weights are exact in 8 full bits on every processor, and slower than int8.',
  'compress.quantize.option.perChannel':
    'Gives each output channel of a weight its own scale, where the operator has kernels for it.',
  'compress.quantize.option.symmetricActivations':
    'Puts the zero point of activations in the middle of the type; Relu and Clip are then kept.',
  'compress.quantize.option.symmetricWeights':
    'Puts the zero point of weights in the middle; auto does so for signed types. 8-bit weights per channel beside 8-bit activations are symmetric in any case.',
  'compress.quantize.option.reduceRange':
    'Uses 7 of the 8 bits of weights, so that sums do not saturate on processors without VNNI or ARM dot products; auto does so for int8 weights.',
  'compress.quantize.option.calibration':
    'How ranges follow from the calibration data: minmax takes the least and greatest element; moving-average lets each sample move the ends a little; percentile cuts off the rarest elements; entropy keeps the distribution most alike; mse leaves the least squared error; layerwise-percentile tries percentiles for each value and keeps the one that harms the layers that read it least.',
  'compress.quantize.option.percentile': 'Percent of the elements that calibration=percentile keeps.',
  'compress.quantize.option.averagingConstant':
    'How far each sample moves the ends of calibration=moving-average towards its own.',
  'compress.quantize.option.weightCalibration':
    'How ranges of weights follow from the weights: minmax takes the extremes; mse leaves the least squared error; percentile cuts off the greatest magnitudes.',
  'compress.quantize.option.weightPercentile':
    'Percent of the magnitudes that weightCalibration=percentile keeps, of each scale.',
  'compress.quantize.option.rounding':
    'How the integers of weights are chosen: nearest rounds each number by itself; adaround learns on calibration data which go up and which down, layer by layer; gptq rounds one after the other and lets those to come make up for the error; reconstruct learns the scales too; hqq needs no data, and fits scales so that few large errors weigh less than many middling ones.',
  'compress.quantize.option.roundingSequential':
    'Rounds each layer for the inputs it gets from the layers before it as they were rounded, not for those of the float model.',
  'compress.quantize.option.roundingSteps': 'Of adaround and reconstruct: steps of the optimizer for each layer.',
  'compress.quantize.option.roundingBatch':
    'Of adaround and reconstruct: rows of inputs in a step; of a convolution each position is a row.',
  'compress.quantize.option.roundingRate': 'Of adaround and reconstruct: the learning rate of Adam.',
  'compress.quantize.option.roundingScaleRate': 'Of reconstruct: the learning rate of scales.',
  'compress.quantize.option.roundingRegularization':
    'Of adaround and reconstruct: how much being halfway between two integers weighs, against the loss of rounding to the nearest.',
  'compress.quantize.option.roundingWarmStart':
    'Of adaround and reconstruct: the share of steps in which being halfway does not weigh.',
  'compress.quantize.option.gptqDamping':
    'Of gptq: added to the diagonal of the second moments of inputs, as a share of its mean.',
  'compress.quantize.option.gptqActOrder': 'Of gptq: rounds the inputs that are greatest on average first.',
  'compress.quantize.option.foldBatchNormalization':
    'Merges BatchNormalization, and factors and summands that are constants, into the weights of the layer before them, first of all.',
  'compress.quantize.option.include': 'Quantizes only these layers: names or globs, separated by commas.',
  'compress.quantize.option.exclude': 'Leaves these layers as they are: names or globs, separated by commas.',
  'compress.quantize.option.compat':
    'onnxruntime writes what its own quantizer writes, to the bit, known mistakes included.',
  'compress.quantize.skipped.operator': 'There is no quantized form of {op}.',
  'compress.quantize.skipped.among-floats':
    'All that it reads comes from layers in float32: converting that to integers costs more than integers save. quantizeUnfused=true does it.',
  'compress.quantize.skipped.no-integer-operator': 'QOperator format has no form of {op} on integers.',
  'compress.quantize.skipped.not-float': 'It works on no float32 numbers.',
  'compress.quantize.skipped.weight-not-constant': 'Its weight is no float32 constant.',
  'compress.quantize.skipped.bias': 'Its bias {value} is no constant of one number, or of one for each output channel.',
  'compress.quantize.skipped.no-elements': 'Its weight has no elements.',
  'compress.quantize.skipped.softmax-of-one':
    'Its axis has one element, of which Softmax makes 1; the integer kernel of onnxruntime makes 0.',
  'compress.quantize.skipped.input-float': 'It only moves numbers, and what it moves is not quantized.',
  'compress.quantize.skipped.no-statistics': 'No range of {value} was measured: no sample made it compute a number.',
  'compress.quantize.skipped.body-not-run': 'It lies in a branch that no sample took.',
  'compress.quantize.skipped.not-finite': '{value} holds numbers that are not finite, or too far apart for one scale.',
  'compress.quantize.note.reduced-range':
    'Activations are uint8 and weights int8 within 7 of their 8 bits: so their sums are exact on every processor. Without VNNI or ARM dot products, 8 full bits saturate in onnxruntime, whatever the type of activations; set reduceRange to false only for processors that have them.',
  'compress.quantize.note.may-saturate-elsewhere':
    'int8 weights of 8 full bits saturate in onnxruntime on processors without VNNI or ARM dot products: there the result may be less accurate than measured here. reduceRange prevents it.',
  'compress.quantize.note.saturates-here':
    'int8 weights of 8 full bits saturate in onnxruntime on this processor, which has neither VNNI nor ARM dot products. reduceRange prevents it.',
  'compress.quantize.note.int8-activations':
    'onnxruntime on x64 turns int8 activations into uint8 when it loads the model, and leaves layers in float32 where a value has several readers: uint8 activations run faster there.',
  'compress.quantize.note.dynamic-convolutions':
    'Convolutions with dynamic ranges ({count} here) make the file smaller and run slower than float32: onnxruntime has no fast kernel for them. Static quantization is faster.',
  'compress.quantize.note.absorbed':
    '{count} Relu and Clip layers are gone: the limits of the integers now cut off what they did.',
  'compress.quantize.note.layerwise-percentiles': 'Percentiles that harm the layers behind least: {choices}.',
  'compress.quantize.note.enlarged-scales':
    'The weight scales of {count} layers were enlarged so that their biases fit in 32 bits: {layers}.',
  'compress.quantize.note.opset': 'The operator set was raised from {from} to {to}, which scales per channel need.',
  'compress.quantize.note.opset-per-tensor':
    'Each weight has one scale: scales per channel need operator set 13, and the model has {opset}. {reason}',
  'compress.quantize.rounding.left.operator':
    'Rounded to the nearest: {layers}. The chosen rounding knows Conv, Gemm and MatMul by a constant matrix on the right.',
  'compress.quantize.rounding.left.shared':
    'Rounded to the nearest: {layers}. Their weights are read by several layers, or by none that is quantized.',
  'compress.quantize.rounding.left.bias':
    'Rounded to the nearest: {layers}. Their biases are no constants with a number for each output.',
  'compress.quantize.rounding.left.float8':
    'Rounded to the nearest: {layers}. The numbers of float8 are not evenly spaced, which the chosen rounding takes for granted.',
  'compress.quantize.rounding.left.too-wide':
    'Rounded to the nearest: {layers}. The second moments of so many inputs would not fit in the memory that is set aside.',
  'compress.quantize.rounding.left.no-inputs':
    'Rounded to the nearest: {layers}. Their inputs are 0 in all samples, or not finite.',
  'compress.quantize.rounding.errors':
    'Over the samples that {rounding} was fitted on, the squared error of the outputs of layers is {percent} % of that of the nearest integers (the median of {count} layers).',
  'compress.quantize.rounding.few-inputs':
    'GPTQ can do little for layers with fewer than 32 inputs an output: {layers}. AdaRound does better there.',
  'compress.quantize.note.folded-factors':
    '{count} multiplications by constants and additions of constants were merged into the weights before them.',
  'compress.quantize.note.folded': '{count} BatchNormalization layers were merged into the weights before them.',
} as const;
