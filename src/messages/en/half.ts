export const halfFailures = {
  'compress.quantize.half.opset': {
    message: 'bfloat16 needs operator set 13, and the model has {opset}.',
    mend: 'Choose the scheme float16, or export the model with a newer operator set.',
  },
} as const;

export const halfSentences = {
  'compress.quantize.option.keepIoTypes':
    'float16: inputs and outputs of the model stay float32, behind Casts, so that programs that run it need no change.',
  'compress.quantize.option.halfWeightsOnly':
    'float16: stores weights in 16 bits and computes in float32, which needs no Casts of activations. bfloat16 does so in any case, for onnxruntime has no kernels that compute with it.',
  'compress.quantize.option.halfMargin':
    'float16: a value that was seen to exceed this share of 65,504, the greatest half, stays in float32.',
  'compress.quantize.option.floatNormalization':
    'float16: normalization layers compute in float32, whatever their values.',
  'compress.quantize.half.skipped.operator': '{op} has no form with float16.',
  'compress.quantize.half.skipped.no-weights': 'It has no float32 weight of 64 numbers or more.',
  'compress.quantize.half.skipped.shared': 'Its weight {value} is shared with a layer that stays as it is.',
  'compress.quantize.half.skipped.great-constant':
    'Its constant {value} holds {greatest}, which is beyond the type of 16 bits.',
  'compress.quantize.half.skipped.small-constant':
    'Its constant {value} is so small that 16 bits would change it by more than 1 %.',
  'compress.quantize.half.skipped.great-value':
    '{value} reaches {greatest}; float16 ends at 65,504, and whole numbers are exact up to 2,048.',
  'compress.quantize.half.skipped.small-value':
    '{value} is at most {greatest}, mostly so small that float16 would lose its digits.',
  'compress.quantize.half.skipped.near-zero':
    'It divides by {value} or the like, which comes as near to zero as {least}: float16 would lose its digits.',
  'compress.quantize.half.skipped.integers': 'It makes whole numbers, which float16 holds only up to 2,048.',
  'compress.quantize.half.skipped.follows':
    'What it reads is made from {value}, which float16 does not hold, and no data shows how great it gets.',
  'compress.quantize.half.skipped.between': 'It rounds nothing, and what is around it computes in float32.',
  'compress.quantize.half.note.computes':
    'Casts between float32 and float16: {casts}. onnxruntime computes in float32 on the CPU, with Casts around each layer: float16 saves bytes there and no time. Processors of graphics and of neural networks compute with it.',
  'compress.quantize.half.note.no-data':
    'Without data only weights and operators tell where float16 does not suffice: give calibration data, so that values that are too great or too small stay in float32.',
  'compress.quantize.half.note.stored':
    'Weights are stored as {type} and become float32 when the model is loaded: the file is smaller, memory and latency stay what they were.',
} as const;
