/** What is said of weights that are stored as integers while activations stay in float. */
export const weightOnlyFailures = {
  'compress.quantize.blocked-type': {
    message: 'MatMulNBits stores weights of 2, 4 and 8 bits, not {type}.',
    mend: 'Set weightType to int4 or int8, or format to qdq.',
  },
  'compress.quantize.block-size': {
    message: 'onnxruntime has kernels for blocks whose size is a power of two, not for blocks of {size}.',
    mend: 'Set blockSize to 16, 32, 64, 128 or 256.',
  },
  'compress.quantize.awq-scheme': {
    message: 'awq is for weights that are stored as integers while activations stay in float, not for scheme={scheme}.',
    mend: 'Set scheme to weight-only, or leave out awq.',
  },
  'compress.quantize.blocks-exact': {
    message: "onnxruntime's block quantizer does not make {what}.",
    mend: '{mend}',
  },
} as const;

export const weightOnlySentences = {
  'compress.quantize.option.accuracyLevel':
    'What MatMulNBits multiplies its integers by, in format qoperator: 0 and 1 keep activations in float32, 4 rounds them to 8 bits in blocks, which is faster; auto is 4.',
  'compress.quantize.option.awq':
    'Scales input channels that see large activations up before their weights are rounded, as far as that makes the outputs better on the calibration data; what the model computes stays the same.',
  'compress.quantize.skipped.weight-only-operator': '{op} has no weight that can be stored as integers.',
  'compress.quantize.skipped.weight-read-otherwise':
    'The layers that share {value} read it along different axes, or are to store it differently.',
  'compress.quantize.skipped.weight-is-output': '{value} is an output of the model.',
  'compress.quantize.skipped.weight-shared':
    'It shares {value} with {layer}, which keeps it in float32: storing both would make the file larger.',
  'compress.quantize.skipped.no-gain': '{value} is so small that its scales would take what its integers save.',
  'compress.quantize.skipped.no-blocked-form':
    'onnxruntime has no {op} for integers in blocks; format qdq stores its weight.',
  'compress.quantize.skipped.lookup-bits': 'GatherBlockQuantized stores 4 and 8 bits, not {bits}; format qdq does.',
  'compress.quantize.skipped.lookup-opset': 'A table of 4 bits needs operator set {opset}.',
  'compress.quantize.skipped.lookup-one-axis': 'Its table has a single axis, which cannot be cut into blocks.',
  'compress.quantize.skipped.not-right-matrix':
    'MatMulNBits takes a matrix on the right, and its weight is none; format qdq stores it.',
  'compress.quantize.skipped.scaled-bias':
    'MatMulNBits adds a bias of one element a column, and {bias} is none, or is multiplied by beta; format qdq stores the weight.',
  'compress.quantize.skipped.weight-only-exact': "onnxruntime's block quantizer does not look at {op}.",
  'compress.quantize.skipped.lookup-exact':
    "onnxruntime's block quantizer stores tables with two axes, of 4 bits, in format qoperator.",
  'compress.quantize.skipped.lookup-not-named':
    "onnxruntime's block quantizer does not look at tables unless it is told to: name the layer in include.",
  'compress.quantize.note.blocked-activations':
    'Where onnxruntime multiplies by the integers themselves it rounds activations to 8 bits in blocks: several times faster for a row or a few, and no faster than float32 for many. In format qoperator accuracyLevel=0 keeps them in float32.',
  'compress.quantize.note.scaled-by-activations':
    'The channels of {count} of {total} values that products of matrices read were scaled by their activations.',
  'compress.quantize.note.nothing-scaled-by-activations':
    'No scaling of channels by their activations made the outputs better.',
  'compress.quantize.note.dequantized-convolutions':
    'The weights of {count} convolutions become float32 again in every run: the file is smaller, and the model somewhat slower.',
  'compress.quantize.note.shared-dequantized':
    '{count} weights are read by several layers: in format qdq onnxruntime makes float32 of them again in every run, and does not multiply by the integers.',
} as const;
