export const presetFailures = {
  'compress.unknown-preset': {
    message: 'There is no preset {preset}.',
    mend: 'Did you mean {nearest}? The presets are: {presets}.',
  },
  'compress.preset-of-other-method': {
    message: 'The preset {preset} is one of the method {owner}, not of {method}.',
    mend: 'Leave the method out, or choose another preset.',
  },
} as const;

export const presetSentences = {
  'compress.preset.safest.title': 'Safest 8 bits',
  'compress.preset.safest.reason':
    'Channels are equalized first, ranges leave the least squared error, and weights use 7 of their 8 bits, so that no sum saturates on any processor: the least loss of accuracy that 8 bits give everywhere.',
  'compress.preset.cpu-avx2.title': 'CPU with AVX2',
  'compress.preset.cpu-avx2.reason':
    'uint8 activations have the fast kernels, and 7 of 8 bits of weights keep sums of pairs within 16 bits, where AVX2 saturates.',
  'compress.preset.cpu-vnni.title': 'CPU with VNNI',
  'compress.preset.cpu-vnni.reason': 'uint8 x int8 with all 8 bits: VNNI adds up in 32 bits and does not saturate.',
  'compress.preset.arm-cpu.title': 'Arm CPU',
  'compress.preset.arm-cpu.reason': 'int8 x int8: Arm multiplies signed bytes by signed bytes and adds up in 32 bits.',
  'compress.preset.tensorrt.title': 'TensorRT (symmetric int8)',
  'compress.preset.tensorrt.reason':
    'int8 with zero point 0 throughout and a scale for each channel of a weight: TensorRT takes no other zero point.',
  'compress.preset.qnn-npu.title': 'NPU like Qualcomm HTP',
  'compress.preset.qnn-npu.reason':
    'uint8 weights, 16-bit activations, and every layer quantized: the processor computes nothing in float, and 16 bits of activations keep the accuracy.',
  'compress.preset.fpga.title': 'FPGA (few bits, QONNX)',
  'compress.preset.fpga.reason':
    'Scales that are powers of two become shifts, and 4 bits become small multipliers, with zero point 0 throughout; QONNX Quant nodes tell the tools of FPGAs any width from 1 to 8 bits.',
  'compress.preset.smallest.title': 'Smallest file (4-bit weights)',
  'compress.preset.smallest.reason':
    'Weights in 4 bits with a scale for each block of 32, activations in float: the smallest file at nearly the same accuracy, and fast where one sample at a time is multiplied.',
  'compress.preset.float16.title': 'float16',
  'compress.preset.float16.reason':
    'Half of the bytes at nearly the same numbers: for processors of graphics and of neural networks. Values that float16 does not hold stay in float32.',
} as const;
