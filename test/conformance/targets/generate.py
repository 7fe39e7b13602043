"""Which operators onnxruntime's CPU provider runs in 8 bits: each stands alone between a DequantizeLinear and a QuantizeLinear,
and is looked up in the model that onnxruntime has optimized.

Run with onnx 1.23.2 and onnxruntime 1.30.0: python generate.py
"""
import json
import pathlib
import tempfile

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

here = pathlib.Path(__file__).parent
scale = numpy_helper.from_array(np.float32(1 / 128), "scale")
zero = numpy_helper.from_array(np.uint8(0), "zero")
middle = numpy_helper.from_array(np.uint8(128), "middle")
image = [1, 8, 8, 8]


def ints(name, values):
    return numpy_helper.from_array(np.array(values, np.int64), name)


def floats(name, values):
    return numpy_helper.from_array(np.array(values, np.float32), name)


W = "weight"  # a quantized weight
X = "x again"  # another activation
# Shape of x, further inputs, attributes.
cases = {
    "Conv": (image, [(W, [8, 8, 3, 3])], {}),
    "ConvTranspose": (image, [(W, [8, 8, 3, 3])], {}),
    "MatMul": ([4, 16], [(W, [16, 16])], {}),
    "Gemm": ([4, 16], [(W, [16, 16])], {}),
    "Add": (image, [X], {}),
    "Mul": (image, [X], {}),
    "Sub": (image, [X], {}),
    "Div": (image, [X], {}),
    "Pow": (image, [X], {}),
    "Min": (image, [X], {}),
    "Max": (image, [X], {}),
    "Concat": (image, [X], {"axis": 1}),
    "AveragePool": (image, [], {"kernel_shape": [2, 2]}),
    "GlobalAveragePool": (image, [], {}),
    "MaxPool": (image, [], {"kernel_shape": [2, 2]}),
    "GlobalMaxPool": (image, [], {}),
    "LeakyRelu": (image, [], {}),
    "Sigmoid": (image, [], {}),
    "Softmax": (image, [], {"axis": -1}),
    "Relu": (image, [], {}),
    "Clip": (image, [floats("low", 0.1), floats("high", 0.7)], {}),
    "HardSigmoid": (image, [], {}),
    "HardSwish": (image, [], {}),
    "Tanh": (image, [], {}),
    "Erf": (image, [], {}),
    "Gelu": (image, [], {}),
    "Elu": (image, [], {}),
    "Exp": (image, [], {}),
    "Sqrt": (image, [], {}),
    "Neg": (image, [], {}),
    "Abs": (image, [], {}),
    "ReduceMean": (image, [ints("axes", [2])], {}),
    "ReduceSum": (image, [ints("axes", [2])], {}),
    "InstanceNormalization": (image, [floats("s", [1] * 8), floats("b", [0] * 8)], {}),
    "LayerNormalization": (image, [floats("s", [1] * 8), floats("b", [0] * 8)], {}),
    "BatchNormalization": (image, [floats(n, [1] * 8) for n in ("s", "b", "m", "v")], {}),
    "Transpose": (image, [], {"perm": [0, 2, 3, 1]}),
    "Flatten": (image, [], {}),
    "Reshape": (image, [ints("shape", [8, 64])], {}),
    "Squeeze": (image, [ints("axes", [0])], {}),
    "Unsqueeze": (image, [ints("axes", [0])], {}),
    "Slice": (image, [ints("starts", [1]), ints("ends", [3]), ints("axes", [1])], {}),
    "Gather": (image, [ints("indices", [1, 3])], {"axis": 1}),
    "Resize": (image, ["", "", ints("sizes", [1, 8, 16, 16])], {"mode": "nearest"}),
    "Split": (image, [ints("parts", [8])], {"axis": 1}),
    "Pad": (image, [ints("pads", [0, 0, 1, 1, 0, 0, 1, 1])], {}),
    "Expand": (image, [ints("shape", [2, 8, 8, 8])], {}),
    "Tile": (image, [ints("repeats", [2, 1, 1, 1])], {}),
    "DepthToSpace": (image, [], {"blocksize": 2}),
    "SpaceToDepth": (image, [], {"blocksize": 2}),
}


def model(op, shape, inputs, attributes):
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale", "middle"], ["xq"]),
        helper.make_node("DequantizeLinear", ["xq", "scale", "middle"], ["xd"]),
    ]
    initializers, names = [scale, zero, middle], ["xd"]
    for each in inputs:
        if each == X:
            nodes += [
                helper.make_node("QuantizeLinear", ["x2", "scale", "middle"], ["x2q"]),
                helper.make_node("DequantizeLinear", ["x2q", "scale", "middle"], ["x2d"]),
            ]
            names.append("x2d")
        elif each == "":
            names.append("")
        elif isinstance(each, tuple):
            weights = np.random.default_rng(0).integers(-60, 60, each[1]).astype(np.int8)
            initializers += [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(np.int8(0), "wz")]
            nodes.append(helper.make_node("DequantizeLinear", ["w", "scale", "wz"], ["wd"]))
            names.append("wd")
        else:
            initializers.append(each)
            names.append(each.name)
    out = "zero" if op in ("Sigmoid", "Softmax", "Relu", "Clip", "HardSigmoid") else "middle"
    nodes += [
        helper.make_node(op, names, ["y"], name="tested", **attributes),
        helper.make_node("QuantizeLinear", ["y", "scale", out], ["yq"]),
        helper.make_node("DequantizeLinear", ["yq", "scale", out], ["z"]),
    ]
    graph_inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
    if X in inputs:
        graph_inputs.append(helper.make_tensor_value_info("x2", TensorProto.FLOAT, shape))
    graph = helper.make_graph(nodes, "g", graph_inputs, [helper.make_tensor_value_info("z", TensorProto.FLOAT, None)], initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def verdict(op, shape, inputs, attributes):
    """`float`: something computes on what a DequantizeLinear gives; `passed on`: it itself reads 8-bit numbers; `fused`: an
    8-bit operator, or nothing, took its place."""
    with tempfile.TemporaryDirectory() as folder:
        path = folder + "/optimized.onnx"
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = path
        options.log_severity_level = 4
        ort.InferenceSession(model(op, shape, inputs, attributes).SerializeToString(), options, ["CPUExecutionProvider"])
        nodes = onnx.load(path).graph.node
    real = {name for node in nodes if node.op_type == "DequantizeLinear" for name in node.output}
    others = [node for node in nodes if node.op_type not in ("QuantizeLinear", "DequantizeLinear")]
    if any(name in real for node in others for name in node.input):
        return "float"
    return "passed on" if any(node.op_type == op for node in others) else "fused"


verdicts = {op: verdict(op, *case) for op, case in cases.items()}
(here / "onnxruntime-cpu-int8.json").write_text(json.dumps(verdicts, indent=1) + "\n")
print(json.dumps(verdicts, indent=1))
