"""quantize_static on an .npy of samples: python quantize_static.py MODEL DATA SAMPLES METHOD OUT"""

import sys

import numpy as np
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

model, data, samples, method, out = sys.argv[1:]


class Samples(CalibrationDataReader):
    """Read one by one: the samples themselves take no memory."""

    def __init__(self):
        images = np.load(data, mmap_mode="r")
        self.images = (np.array(images[i : i + 1]) for i in range(int(samples)))

    def get_next(self):
        image = next(self.images, None)
        return None if image is None else {"image": image}


quantize_static(
    model,
    out,
    Samples(),
    quant_format=QuantFormat.QDQ,
    per_channel=True,
    activation_type=QuantType.QUInt8,
    weight_type=QuantType.QInt8,
    calibrate_method={"minmax": CalibrationMethod.MinMax, "percentile": CalibrationMethod.Percentile}[method],
)
