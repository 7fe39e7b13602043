/** Where what several options do is described. */
export const jacob =
  'Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference';
export const onnxruntime = 'onnxruntime.quantization 1.30';
