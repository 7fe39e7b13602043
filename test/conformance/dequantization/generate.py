"""Writes a model with quantized weights of many kinds, and the real numbers they stand for.

    python test/conformance/dequantization/generate.py      (onnxruntime 1.30.0, onnx 1.23.2, numpy 2.4.6)

What onnxruntime dequantizes itself (DequantizeLinear, MatMulNBits) is taken from a run of it; weights that operators read
as integers are (integer - zero point) * scale in float32. dynamic.onnx is a float model through quantize_dynamic.
"""
import base64
import json
import pathlib
import tempfile

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

OUT = pathlib.Path(__file__).resolve().parents[2] / "fixtures/dequantization"
OUT.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(11)
initializers, nodes, outputs, expected = [], [], [], {}


def constant(name, array, type_=None):
    if type_ is None:
        initializers.append(numpy_helper.from_array(np.asarray(array), name))
    else:
        initializers.append(helper.make_tensor(name, type_, np.shape(array), np.ravel(array).tolist()))
    return name


def dequantized(name, integers, type_, scale, zero_point=None, **attributes):
    inputs = [constant(f"{name}.integers", integers, type_), constant(f"{name}.scale", np.float32(scale))]
    if zero_point is not None:
        inputs.append(constant(f"{name}.zero", zero_point, type_))
    nodes.append(helper.make_node("DequantizeLinear", inputs, [f"{name}.real"], f"{name}.dequantize", **attributes))
    nodes.append(helper.make_node("Identity", [f"{name}.real"], [f"{name}.same"], f"{name}.same"))
    nodes.append(helper.make_node("Abs", [f"{name}.same"], [f"{name}.out"], name))
    outputs.extend([f"{name}.real", f"{name}.out"])


def ints(low, high, *shape):
    return random.integers(low, high + 1, shape)


def scales(*shape):
    return random.random(shape).astype(np.float32) * np.float32(0.1) + np.float32(1e-3)


dequantized("tensor-int8", ints(-128, 127, 4, 6), TensorProto.INT8, scales())
dequantized("tensor-uint8", ints(0, 255, 4, 6), TensorProto.UINT8, scales(1), [131])
dequantized("axis0-int8", ints(-127, 127, 5, 3, 2, 2), TensorProto.INT8, scales(5), ints(-3, 3, 5), axis=0)
dequantized("axis1-uint8", ints(0, 255, 4, 6), TensorProto.UINT8, scales(6), ints(100, 150, 6), axis=1)
dequantized("axis-last-uint16", ints(0, 65535, 3, 7), TensorProto.UINT16, scales(7), ints(0, 65535, 7), axis=-1)
dequantized("bias-int32", ints(-(2**31), 2**31 - 1, 9), TensorProto.INT32, scales(9), axis=0)
dequantized("blocks0-int4", ints(-8, 7, 10, 3), TensorProto.INT4, scales(3, 3), axis=0, block_size=4)
dequantized("blocks1-uint4", ints(0, 15, 3, 8, 2), TensorProto.UINT4, scales(3, 2, 2), ints(0, 15, 3, 2, 2), axis=1, block_size=4)
dequantized("tensor-uint2", ints(0, 3, 5, 4), TensorProto.UINT2, scales(), 2)

# MatMulNBits: [N, K], the product of the identity is the transposed weight.
for name, bits, rows, columns, block, zero in [
    ("packed-4", 4, 6, 40, 16, True),
    ("packed-4-default", 4, 5, 32, 32, False),
    ("packed-8", 8, 4, 32, 16, True),
]:
    blocks = -(-columns // block)
    codes = ints(0, 2**bits - 1, rows, blocks, block)
    pack = lambda a: (a[..., ::2] | (a[..., 1::2] << 4)) if bits == 4 else a
    inputs = [
        constant(f"{name}.identity", np.eye(columns, dtype=np.float32)),
        constant(f"{name}.integers", pack(codes).astype(np.uint8)),
        constant(f"{name}.scale", scales(rows * blocks)),
    ]
    if zero:
        padded = ints(0, 2**bits - 1, rows, blocks + blocks % 2 if bits == 4 else blocks)
        inputs.append(constant(f"{name}.zero", pack(padded).astype(np.uint8).ravel()))
    nodes.append(
        helper.make_node(
            "MatMulNBits", inputs, [f"{name}.out"], name, domain="com.microsoft",
            N=rows, K=columns, bits=bits, block_size=block,
        )
    )
    outputs.append(f"{name}.out")

# Operators of integers.
image = constant("image", ints(0, 255, 1, 2, 5, 5).astype(np.uint8))
one, zero = constant("one", np.float32(0.02)), constant("zero", np.uint8(128))
weight, scale, zeros = ints(-127, 127, 3, 2, 2, 2).astype(np.int8), scales(3), np.zeros(3, np.int8)
bias = ints(-(2**20), 2**20, 3).astype(np.int32)
inputs = [image, one, zero, constant("conv.integers", weight), constant("conv.scale", scale), constant("conv.zero", zeros)]
inputs += [one, zero, constant("conv.bias", bias)]
nodes.append(helper.make_node("QLinearConv", inputs, ["conv.out"], "qlinear-conv"))
outputs.append("conv.out")
expected["qlinear-conv conv.integers"] = weight.astype(np.float32) * scale.reshape(3, 1, 1, 1)
expected["qlinear-conv conv.bias"] = bias.astype(np.float32) * (np.float32(0.02) * scale)

graph = helper.make_graph(
    nodes, "quantized", [helper.make_tensor_value_info("unused", TensorProto.FLOAT, [1])],
    [helper.make_empty_tensor_value_info(name) for name in outputs], initializers,
)
model = helper.make_model(
    graph, ir_version=11, opset_imports=[helper.make_opsetid("", 25), helper.make_opsetid("com.microsoft", 1)]
)
onnx.save(model, OUT / "quantized.onnx")
options = ort.SessionOptions()
options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
session = ort.InferenceSession(OUT / "quantized.onnx", options)
for name, value in zip(outputs, session.run(outputs, {"unused": np.zeros(1, np.float32)})):
    if name.endswith(".real"):
        case = name[: -len(".real")]
        expected[f"{case} {case}.integers"] = value
    elif name.startswith("packed"):
        case = name[: -len(".out")]
        expected[f"{case} {case}.integers"] = value.T

# Dynamic quantization: the scale of the weight stands in a later Mul.
with tempfile.TemporaryDirectory() as folder:
    weight = (random.standard_normal((16, 8)) * 0.3).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "dense.weight"], ["sum"], "dense"),
            helper.make_node("Add", ["sum", "dense.bias"], ["y"], "add"),
        ],
        "float",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 8])],
        [numpy_helper.from_array(weight, "dense.weight"), numpy_helper.from_array(np.zeros(8, np.float32), "dense.bias")],
    )
    source = pathlib.Path(folder) / "float.onnx"
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)]), source)
    for name, per_channel in [("dynamic", False), ("dynamic-channels", True)]:
        quantize_dynamic(source, OUT / f"{name}.onnx", per_channel=per_channel, weight_type=QuantType.QInt8)
        stored = {t.name: numpy_helper.to_array(t) for t in onnx.load(OUT / f"{name}.onnx").graph.initializer}
        q = stored["dense.weight_quantized"].astype(np.float32)
        z = stored["dense.weight_zero_point"].astype(np.float32)
        expected[f"{name} dense.weight_quantized"] = (q - z) * stored["dense.weight_scale"]

with open(OUT / "expected.json", "w") as file:
    values = {
        key: {"shape": list(v.shape), "values": base64.b64encode(np.ascontiguousarray(v, "<f4").tobytes()).decode()}
        for key, v in expected.items()
    }
    json.dump({"onnxruntime": ort.__version__, "onnx": onnx.__version__, "weights": values}, file, indent=0)
