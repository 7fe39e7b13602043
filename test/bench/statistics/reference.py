"""What people do by hand: the statistics of a model's tensors by numpy, through the onnx package.

Usage: reference.py MODEL. Prints the wall and processor seconds from loading the file on, to stderr.
"""
import sys
import time

import numpy
import onnx
from onnx import numpy_helper

wall, processor = time.perf_counter(), time.process_time()
model = onnx.load(sys.argv[1])
for initializer in model.graph.initializer:
    numbers = numpy_helper.to_array(initializer)
    if numbers.size == 0:
        continue
    counts, _ = numpy.histogram(numbers, bins=2048)
    print(numbers.min(), numbers.max(), numbers.mean(), numbers.std(), counts[512:1536].sum())
print(f"{time.perf_counter() - wall:.6f} {time.process_time() - processor:.6f}", file=sys.stderr)
