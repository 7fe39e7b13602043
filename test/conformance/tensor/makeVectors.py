"""Writes vectors.json: what ml_dtypes, onnx and onnxruntime make of every code of ONNX's small types.

Run with Python 3.11, numpy 2.4.6, ml_dtypes 0.6.0, onnx 1.23.2, onnxruntime 1.30.0:
    python test/conformance/tensor/makeVectors.py
"""

import hashlib
import json
import pathlib
import warnings

import ml_dtypes
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

warnings.simplefilter("ignore")

FLOATS = {
    "float16": (np.float16, 16),
    "bfloat16": (ml_dtypes.bfloat16, 16),
    "float8e4m3fn": (ml_dtypes.float8_e4m3fn, 8),
    "float8e4m3fnuz": (ml_dtypes.float8_e4m3fnuz, 8),
    "float8e5m2": (ml_dtypes.float8_e5m2, 8),
    "float8e5m2fnuz": (ml_dtypes.float8_e5m2fnuz, 8),
    "float8e8m0": (ml_dtypes.float8_e8m0fnu, 8),
    "float6e2m3": (ml_dtypes.float6_e2m3fn, 6),
    "float6e3m2": (ml_dtypes.float6_e3m2fn, 6),
    "float4e2m1": (ml_dtypes.float4_e2m1fn, 4),
}

# The upper halves of all float32 bit patterns, with lower halves that lie around the ties of every type.
LOWER_HALVES = [0, 1, 0x0FFF, 0x1000, 0x1001, 0x2000, 0x3000, 0x7FFF, 0x8000, 0x8001, 0xEFFF, 0xF000, 0xFFFF]


def sha256(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def float_bits(values: np.ndarray) -> np.ndarray:
    values = values.astype(np.float32)
    bits = values.view(np.uint32).copy()
    bits[np.isnan(values)] = 0x7FC00000
    return bits


def inputs() -> np.ndarray:
    upper = np.arange(65536, dtype=np.uint32) << 16
    return np.concatenate([upper | np.uint32(low) for low in LOWER_HALVES]).view(np.float32)


def encode(values: np.ndarray, dtype, bits: int) -> np.ndarray:
    codes = values.astype(dtype).view(np.uint16 if bits == 16 else np.uint8).copy()
    codes[np.isnan(values)] = 0
    if dtype is ml_dtypes.float8_e8m0fnu:
        # ml_dtypes 0.6.0 rounds 1.02 * 2**-127 up to 2**-126: the subnormal numbers are left out.
        codes[np.abs(values) < 2.0**-126] = 0
    return codes


def cast_saturated(values: np.ndarray, to: int) -> np.ndarray:
    """float32 to `to` and back, by onnxruntime's Cast with its default saturate=1."""
    nodes = [helper.make_node("Cast", ["x"], ["y"], to=to), helper.make_node("Cast", ["y"], ["z"], to=TensorProto.FLOAT)]
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"])
    model = helper.make_model(
        helper.make_graph(nodes, "cast", [value("x")], [value("z")]),
        opset_imports=[helper.make_opsetid("", 21)],
        ir_version=10,
    )
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": values})[0]


def floats() -> dict:
    values = inputs()
    found = {}
    for name, (dtype, bits) in FLOATS.items():
        codes = np.arange(1 << bits, dtype=np.uint16 if bits == 16 else np.uint8)
        found[name] = {
            "values": sha256(float_bits(codes.view(dtype).astype(np.float32))),
            "codes": sha256(encode(values, dtype, bits)),
        }
        if name.startswith("float8e4") or name.startswith("float8e5"):
            found[name]["saturated"] = sha256(float_bits(cast_saturated(values, getattr(TensorProto, name.upper()))))
    return found


def packed() -> dict:
    """Tensors as onnx stores them in raw_data: hexadecimal bytes beside the elements they stand for."""
    found = {}
    for name, least, greatest in [("int4", -8, 7), ("uint4", 0, 15), ("int2", -2, 1), ("uint2", 0, 3)]:
        elements = (np.arange(23) * 7) % (greatest - least + 1) + least
        dtype = getattr(ml_dtypes, name)
        tensor = numpy_helper.from_array(elements.astype(dtype))
        found[name] = {"elements": elements.tolist(), "bytes": tensor.raw_data.hex()}
    for name in ["float4e2m1", "float6e2m3", "float6e3m2"]:
        dtype, bits = FLOATS[name]
        codes = ((np.arange(23) * 7) % (1 << bits)).astype(np.uint8)
        tensor = numpy_helper.from_array(codes.view(dtype))
        found[name] = {"elements": codes.view(dtype).astype(np.float32).tolist(), "bytes": tensor.raw_data.hex()}
    return found


versions = {module.__name__: module.__version__ for module in (np, ml_dtypes, onnx, onnxruntime)}
path = pathlib.Path(__file__).with_name("vectors.json")
path.write_text(
    json.dumps({"versions": versions, "lowerHalves": LOWER_HALVES, "floats": floats(), "packed": packed()}, indent=1)
    + "\n"
)
