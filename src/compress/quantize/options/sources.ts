/** Where what several options do is described. */
export const jacob =
  'Jacob et al. 2018, Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference';
export const onnxruntime = 'onnxruntime.quantization 1.30';
export const nagel = 'Nagel et al. 2019, Data-Free Quantization Through Weight Equalization and Bias Correction';
export const krishnamoorthi = 'Krishnamoorthi 2018, Quantizing deep convolutional networks for efficient inference';
