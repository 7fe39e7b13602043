export const targetSentences = {
  'inspect.target.slow.float': '{op} computes in float32 on {target}: nothing before it is quantized.',
  'inspect.target.slow.operator':
    '{target} has no integer kernel for {op}: it turns the integers into floats and back.',
  'inspect.target.slow.type': '{target} has no kernel of {op} for {type}: it turns the integers into floats and back.',
  'inspect.target.slow.result': 'The result of {op} is not quantized, so that {target} computes it in float32.',
  'inspect.target.slow.zero-point': 'A zero point of {op} is not 0, which {target} does not take.',
  'inspect.target.slow.weight-only': '{target} turns the weight of {op} into floats in each run.',
  'inspect.target.slow.half': '{target} computes {op} in float32, with Casts from and to float16.',
  'inspect.target.slow.dynamic-convolution': '{target} has no fast kernel for {op}: it is slower than in float32.',
  'recipe.latency.faster':
    'Faster than the original on this processor: {ratio} of its time per run ({low} to {high} of 10 to 90 % of pairs).',
  'recipe.latency.slower':
    'Slower than the original on this processor: {ratio} times its time per run ({low} to {high} of 10 to 90 % of pairs).',
  'recipe.latency.equal':
    'As fast as the original on this processor, as far as was measured: {ratio} of its time per run ({low} to {high} of 10 to 90 % of pairs).',
  'recipe.latency.why': 'What keeps onnxruntime from its fast kernels: {reasons}.',
  'recipe.latency.why-one': '{count} x {reason}',
  'recipe.latency.why-none':
    'Every quantized layer has a fast kernel; what is gained there is lost in turning numbers into integers and back, which weighs more where layers are small.',
  'recipe.latency.try-static': 'Try scheme=static: convolutions with static ranges have fast kernels.',
  'recipe.latency.try-weights':
    'For a smaller file at the speed of float32 try halfWeightsOnly=true with scheme=float16.',
  'recipe.latency.try-types': 'Try uint8 activations and int8 weights, which have fast kernels.',
  'recipe.latency.try-fewer':
    'Try to leave small layers in float32 (exclude=…), or to quantize MatMul and Gemm alone (include=…), and measure again.',
  'recipe.target.fast': '{target} has fast kernels for every layer that is quantized.',
  'recipe.target.slow': '{count} layers would not run fast on {target}; they are listed with the reason.',
} as const;
