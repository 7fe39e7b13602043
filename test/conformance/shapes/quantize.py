"""Quantizes resnet-digits by onnxruntime's quantizer in each of its forms, for models.py and the tests of layers.

Writes quantized/*.onnx beside this file. Run from the project's root:
    python test/conformance/shapes/quantize.py
Needs numpy and onnxruntime 1.30.0 with its quantization tools.
"""
import os

import numpy as np
import onnxruntime as ort
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

source = 'test/fixtures/resnet-digits.onnx'
target = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'quantized')


class Images(CalibrationDataReader):
    def __init__(self):
        images = np.load('media/sample/digits-calibration.npz')['image'][:16].astype(np.float32)
        self.rest = iter([{'image': images.reshape(-1, 1, 28, 28)}])

    def get_next(self):
        return next(self.rest, None)


def main():
    os.makedirs(target, exist_ok=True)
    path = lambda name: os.path.join(target, f'resnet-digits-{name}.onnx')
    quantize_static(source, path('qdq'), Images(), per_channel=True, weight_type=QuantType.QInt8)
    quantize_static(source, path('qoperator'), Images(), quant_format=QuantFormat.QOperator)
    quantize_dynamic(source, path('dynamic'))
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = path('optimized')
    ort.InferenceSession(path('qdq'), options, providers=['CPUExecutionProvider'])


main()
