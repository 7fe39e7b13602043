"""Small models for golden cases: the operator families and corner cases that the samples do not have."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

def weight(random, *shape, scale=0.5):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def model_of(name, nodes, inputs, outputs, constants, opset=13, values=()):
    """`inputs`, `outputs` and `values` (of what shape inference does not know): names with shapes, and a type if not float."""
    info = lambda n, s, t=TensorProto.FLOAT: helper.make_tensor_value_info(n, t, s)
    graph = helper.make_graph(
        nodes,
        name,
        [info(*each) for each in inputs],
        [info(*each) for each in outputs],
        [numpy_helper.from_array(np.asarray(value), key) for key, value in constants.items()],
        value_info=[info(*each) for each in values],
    )
    contrib = [helper.make_opsetid("com.microsoft", 1)] if any(node.domain for node in nodes) else []
    opsets = [helper.make_opsetid("", opset), *contrib]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10 if opset > 18 else 8, producer_name="tare")
    if not contrib:
        onnx.checker.check_model(model, full_check=True)
    return model


def image_families(opset=13):
    """Convolution, pooling, resizing, joining and normalizing operators; values with several consumers."""
    r = np.random.default_rng(1)
    n = helper.make_node
    nodes = [
        n("Pad", ["x", "pads"], ["padded"], "pad"),
        n("Conv", ["padded", "w1", "b1"], ["c1"], "conv1", kernel_shape=[3, 3]),
        n("LeakyRelu", ["c1"], ["l1"], "leaky", alpha=0.1),
        n("Conv", ["l1", "w2", "b1"], ["c2"], "conv2", kernel_shape=[1, 1]),
        n("Clip", ["c2", "zero", "six"], ["r2"], "clip"),
        n("Sigmoid", ["c1"], ["s1"], "sigmoid"),
        n("Mul", ["c1", "s1"], ["silu"], "mul"),
        n("Concat", ["r2", "silu", "constant"], ["joined"], "concat", axis=1),
        n("AveragePool", ["joined"], ["pooled"], "averagepool", kernel_shape=[2, 2], strides=[2, 2]),
        n("MaxPool", ["pooled"], ["maxed"], "maxpool", kernel_shape=[2, 2], strides=[1, 1]),
        n("ConvTranspose", ["maxed", "wt", "bt"], ["up"], "convtranspose", kernel_shape=[2, 2], strides=[2, 2]),
        n("Relu", ["up"], ["upr"], "relu"),
        n("Resize", ["upr", "", "factors"], ["resized"], "resize", mode="nearest"),
        n("InstanceNormalization", ["resized", "in_scale", "in_bias"], ["normed"], "instancenorm"),
        n("BatchNormalization", ["normed", "bn_scale", "bn_bias", "bn_mean", "bn_var"], ["bn"], "batchnorm"),
        n("Split", ["bn", "sizes"], ["left", "right"], "split", axis=1),
        n("Relu", ["left"], ["leftr"], "relu_left"),
        n("Where", ["mask", "leftr", "right"], ["chosen"], "where"),
        n("Slice", ["chosen", "starts", "ends", "axes"], ["sliced"], "slice"),
        n("Pad", ["sliced", "pads", "minus"], ["padded2"], "pad_minus"),
        n("GlobalAveragePool", ["padded2"], ["gap"], "gap"),
        n("Squeeze", ["gap", "spatial"], ["flat"], "squeeze"),
        n("Gemm", ["flat", "wg", "bg"], ["g"], "gemm_beta", alpha=1.0, beta=0.5, transB=1),
        n("Relu", ["g"], ["y"], "relu_out"),
        n("Gemm", ["flat", "wg2", "bg2"], ["g2"], "gemm_plain"),
        n("Softmax", ["g2"], ["z"], "softmax", axis=-1),
        n("TopK", ["g2", "k"], ["top", "indices"], "topk"),
        n("Transpose", ["top"], ["t"], "transpose", perm=[1, 0]),
    ]
    constants = {
        "pads": np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64),
        "w1": weight(r, 4, 3, 3, 3),
        "b1": weight(r, 4),
        "w2": weight(r, 4, 4, 1, 1),
        "zero": np.array(0, np.float32),
        "six": np.array(6, np.float32),
        "constant": weight(r, 1, 2, 8, 8),
        "wt": weight(r, 10, 6, 2, 2),
        "bt": weight(r, 6),
        "factors": np.array([1, 1, 2, 2], np.float32),
        "in_scale": weight(r, 6),
        "in_bias": weight(r, 6),
        "bn_scale": weight(r, 6),
        "bn_bias": weight(r, 6),
        "bn_mean": weight(r, 6),
        "bn_var": np.abs(weight(r, 6)) + 0.5,
        "sizes": np.array([3, 3], np.int64),
        "mask": np.array([True, False, True]).reshape(1, 3, 1, 1),
        "starts": np.array([1], np.int64),
        "ends": np.array([9], np.int64),
        "axes": np.array([2], np.int64),
        "minus": np.array(-1, np.float32),
        "spatial": np.array([2, 3], np.int64),
        "wg": weight(r, 5, 3),
        "bg": weight(r, 5),
        "wg2": weight(r, 3, 6),
        "bg2": weight(r, 6),
        "k": np.array([3], np.int64),
    }
    outputs = [("y", [1, 5]), ("z", [1, 6]), ("t", [3, 1])]
    return model_of("image-families", nodes, [("x", [1, 3, 8, 8])], outputs, constants, opset)


def text_families(opset=17):
    """Embedding, 3-D and batched MatMul, constants on the left, LayerNormalization, shared weights."""
    r = np.random.default_rng(2)
    n = helper.make_node
    nodes = [
        n("Cast", ["ids"], ["index"], "cast", to=TensorProto.INT64),
        n("Gather", ["table", "index"], ["embedded"], "gather", axis=0),
        n("LayerNormalization", ["embedded", "ln_scale", "ln_bias"], ["normed"], "layernorm", axis=-1),
        n("MatMul", ["normed", "wq"], ["q"], "matmul_q"),
        n("MatMul", ["normed", "wk"], ["k"], "matmul_k"),
        n("Transpose", ["k"], ["kt"], "transpose", perm=[0, 2, 1]),
        n("MatMul", ["q", "kt"], ["scores"], "matmul_scores"),
        n("Mul", ["scores", "factor"], ["scaled"], "mul"),
        n("Softmax", ["scaled"], ["attention"], "softmax", axis=-1),
        n("MatMul", ["attention", "normed"], ["context"], "matmul_context"),
        n("MatMul", ["context", "wq"], ["again"], "matmul_shared"),
        n("Add", ["again", "bias"], ["added"], "add"),
        n("MatMul", ["left", "added"], ["mixed"], "matmul_left"),
        n("MatMul", ["mixed", "w3"], ["batched"], "matmul_3d"),
        n("Unsqueeze", ["batched", "axis0"], ["un"], "unsqueeze"),
        n("Reshape", ["un", "shape"], ["flat"], "reshape"),
        n("CumSum", ["flat", "axis1"], ["sum"], "cumsum"),
        n("GatherElements", ["sum", "elements"], ["picked"], "gatherelements", axis=1),
        n("Gemm", ["picked", "wg", "bg"], ["y"], "gemm"),
    ]
    constants = {
        "table": weight(r, 11, 8),
        "ln_scale": weight(r, 8) + 1,
        "ln_bias": weight(r, 8),
        "wq": weight(r, 8, 8),
        "wk": weight(r, 8, 8),
        "factor": np.array(0.35, np.float32),
        "bias": weight(r, 8),
        "left": weight(r, 6, 6),
        "w3": weight(r, 2, 8, 4),
        "axis0": np.array([0], np.int64),
        "shape": np.array([2, 24], np.int64),
        "axis1": np.array(1, np.int64),
        "elements": np.array([[0, 5, 7], [1, 2, 3]], np.int64),
        "wg": weight(r, 3, 4),
        "bg": weight(r, 4),
    }
    return model_of("text-families", nodes, [("ids", [2, 6])], [("y", [2, 4])], constants, opset)


def text_samples():
    r = np.random.default_rng(3)
    return [{"ids": r.integers(0, 11, (2, 6)).astype(np.float32)} for _ in range(2)]


def corner_cases():
    """Biases that overflow int32, weights of zero, one channel, rounding ties, a graph output that is read again."""
    r = np.random.default_rng(4)
    n = helper.make_node
    tiny = weight(r, 4, 2, 1, 1) * np.array([1e-9, 1, 1e-12, 0], np.float32).reshape(4, 1, 1, 1)
    nodes = [
        n("Conv", ["x", "tiny", "large"], ["c"], "conv_tiny", kernel_shape=[1, 1]),
        n("Relu", ["c"], ["y"], "relu_output"),
        n("Conv", ["y", "ties", "b1"], ["d"], "conv_ties", kernel_shape=[1, 1]),
        n("Clip", ["d", "", "six"], ["e"], "clip"),
        n("Relu", ["e"], ["f"], "relu_chain"),
        n("Conv", ["f", "zeros"], ["g"], "conv_zeros", kernel_shape=[1, 1]),
        n("Add", ["g", "offset"], ["h"], "add"),
        n("Flatten", ["h"], ["i"], "flatten"),
        n("MaxPool", ["f"], ["fp"], "maxpool", kernel_shape=[1, 1]),
        n("Flatten", ["fp"], ["ff"], "flatten2"),
        n("Gemm", ["ff", "tiny_gemm", "large_gemm"], ["j"], "gemm_tiny", transB=1),
        n("Concat", ["i", "j"], ["z"], "concat", axis=1),
        n("Conv", ["x", "faint", "loud"], ["many"], "conv_many", kernel_shape=[1, 1]),
    ]
    constants = {
        "tiny": tiny,
        "large": np.array([100, 1e-3, 3e4, 5], np.float32),
        "ties": np.array([0.5, 1.5, 127, -2.5], np.float32).reshape(1, 4, 1, 1),
        "b1": np.array([0.25], np.float32),
        "six": np.array(6, np.float32),
        "zeros": np.zeros((3, 1, 1, 1), np.float32),
        "offset": np.zeros((1, 3, 1, 1), np.float32),
        "tiny_gemm": weight(r, 5, 4) * np.float32(1e-10),
        "large_gemm": (weight(r, 5) * 50).astype(np.float32),
        "faint": weight(r, 200, 2, 1, 1) * np.float32(1e-9),
        "loud": weight(r, 200),
    }
    outputs = [("y", [1, 4, 2, 2]), ("z", [1, 17]), ("many", [1, 200, 2, 2])]
    return model_of("corner-cases", nodes, [("x", [1, 2, 2, 2])], outputs, constants)




def integer_families():
    """What QOperator format has operators on integers for, each with what it can have beside."""
    r = np.random.default_rng(7)
    n = helper.make_node
    nodes = [
        n("Conv", ["x", "w1", "b1"], ["c1"], "conv_padded", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        n("Relu", ["c1"], ["r1"], "relu"),
        n("Conv", ["r1", "w2"], ["c2"], "conv_grouped", group=2, kernel_shape=[1, 1], strides=[1, 1]),
        n("Clip", ["c2", "zero", "two"], ["k2"], "clip_two"),
        n("Conv", ["k2", "w3", "b1"], ["c3"], "conv_depthwise", group=4, auto_pad="SAME_UPPER", kernel_shape=[3, 3]),
        n("Clip", ["c3", "half", ""], ["k3"], "clip_half"),
        n("Add", ["k3", "r1"], ["a1"], "add"),
        n("Mul", ["a1", "gate"], ["m1"], "mul_constant"),
        n("Add", ["m1", "m1"], ["a2"], "add_itself"),
        n("LeakyRelu", ["a2"], ["l1"], "leaky", alpha=0.2),
        n("Sigmoid", ["l1"], ["s1"], "sigmoid"),
        n("Concat", ["l1", "s1", "plane"], ["j1"], "concat", axis=1),
        n("AveragePool", ["j1"], ["p1"], "averagepool", kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1),
        n("MaxPool", ["p1"], ["p2", "where"], "maxpool_indices", kernel_shape=[2, 2], strides=[2, 2]),
        n("Cast", ["where"], ["indices"], "cast", to=TensorProto.FLOAT),
        n("Pad", ["p2", "pads"], ["d1"], "pad_zero"),
        n("Pad", ["d1", "pads", "minus"], ["d2"], "pad_minus"),
        n("Pad", ["d2", "pads"], ["d3"], "pad_edge", mode="edge"),
        n("Resize", ["d3", "", "factors"], ["z1"], "resize", mode="linear"),
        n("Split", ["z1", "parts"], ["t1", "t2"], "split", axis=1),
        n("GlobalAveragePool", ["t1"], ["g1"], "gap"),
        n("Flatten", ["g1"], ["f1"], "flatten"),
        n("Gemm", ["f1", "wg", "bg"], ["h1"], "gemm", transB=1),
        n("Gemm", ["h1", "wg2"], ["h2"], "gemm_alpha", alpha=0.5),
        n("Gemm", ["h2", "wg3", "bg3"], ["h3"], "gemm_beta", beta=2.0),
        n("MatMul", ["h3", "wm"], ["q1"], "matmul"),
        n("Unsqueeze", ["q1", "first"], ["u1"], "unsqueeze"),
        n("MatMul", ["u1", "w3d"], ["q2"], "matmul_stack"),
        n("MatMul", ["left", "q2"], ["q3"], "matmul_left"),
        n("Transpose", ["q3"], ["v1"], "transpose", perm=[0, 2, 1]),
        n("MatMul", ["q3", "v1"], ["q4"], "matmul_both"),
        n("Softmax", ["q4"], ["e1"], "softmax", axis=-1),
        n("Reshape", ["e1", "flat"], ["o1"], "reshape"),
        n("Squeeze", ["u1", "first"], ["o2"], "squeeze"),
        n("ArgMax", ["o2"], ["best"], "argmax", axis=1),
        n("Gather", ["table", "best"], ["o3"], "gather"),
        n("Erf", ["t2"], ["o4"], "erf"),
        n("Softmax", ["v1"], ["o5"], "softmax_middle", axis=1),
    ]
    constants = {
        "w1": weight(r, 4, 3, 3, 3), "b1": weight(r, 4), "w2": weight(r, 4, 2, 1, 1), "w3": weight(r, 4, 1, 3, 3),
        "zero": np.array(0, np.float32), "two": np.array(2, np.float32), "half": np.array(-0.5, np.float32),
        "gate": weight(r, 4, 1, 1), "plane": weight(r, 1, 2, 6, 6), "pads": np.array([0, 0, 1, 0, 0, 0, 0, 1], np.int64),
        "minus": np.array(-0.25, np.float32), "factors": np.array([1, 1, 1.5, 2], np.float32),
        "parts": np.array([6, 4], np.int64), "wg": weight(r, 5, 6), "bg": weight(r, 5), "wg2": weight(r, 5, 4),
        "wg3": weight(r, 4, 6), "bg3": weight(r, 6), "wm": weight(r, 6, 8), "first": np.array([0], np.int64),
        "w3d": weight(r, 1, 8, 3), "left": weight(r, 4, 1), "flat": np.array([4, 4], np.int64), "table": weight(r, 8, 3),
    }
    outputs = [("o1", [4, 4]), ("o2", [1, 8]), ("o3", [1, 1, 3]), ("o4", [1, 4, 9, 12]), ("o5", [1, 3, 4]), ("indices", [1, 10, 3, 3])]
    return model_of("integer-families", nodes, [("x", [1, 3, 6, 6])], outputs, constants)


def matrix_families():
    """Weights of two axes and no biases: all that onnxruntime's quantizer can divide into blocks."""
    r = np.random.default_rng(14)
    n = helper.make_node
    nodes = [
        n("Gemm", ["x", "w1"], ["h1"], "gemm"),
        n("Relu", ["h1"], ["r1"], "relu"),
        n("Gemm", ["r1", "w2"], ["h2"], "gemm_transposed", transB=1),
        n("MatMul", ["h2", "w3"], ["h3"], "matmul"),
        n("Add", ["h3", "table"], ["h4"], "add"),
        n("MatMul", ["left", "h4"], ["y"], "matmul_left"),
    ]
    constants = {
        "w1": weight(r, 40, 33), "w2": weight(r, 20, 33), "w3": weight(r, 20, 48),
        "table": weight(r, 2, 48), "left": weight(r, 3, 2),
    }
    return model_of("matrix-families", nodes, [("x", [2, 40])], [("y", [3, 48])], constants, 21)


def recurrent():
    """LSTM in one and both directions, with and without state, bias and peepholes; one whose weight is computed."""
    r = np.random.default_rng(8)
    n = helper.make_node
    nodes = [
        n("LSTM", ["x", "w1", "r1", "b1"], ["y1", "h1", "c1"], "lstm", hidden_size=6),
        n("Squeeze", ["y1", "one"], ["s1"], "squeeze"),
        n("LSTM", ["s1", "w2", "r2", "", "", "h0", "c0"], ["y2"], "lstm_both", hidden_size=4, direction="bidirectional"),
        n("LSTM", ["s1", "w3", "r3", "b3", "", "", "", "p3"], ["", "h3"], "lstm_reverse", hidden_size=4, direction="reverse"),
        n("Mul", ["w3", "two"], ["w4"], "double"),
        n("LSTM", ["s1", "w4", "r3"], ["y4"], hidden_size=4),
        n("MatMul", ["h1", "wm"], ["m"], "matmul"),
    ]
    constants = {
        "w1": weight(r, 1, 24, 5), "r1": weight(r, 1, 24, 6), "b1": weight(r, 1, 48), "one": np.array([1], np.int64),
        "w2": weight(r, 2, 16, 6), "r2": weight(r, 2, 16, 4), "h0": weight(r, 2, 2, 4), "c0": weight(r, 2, 2, 4),
        "w3": weight(r, 1, 16, 6), "r3": weight(r, 1, 16, 4), "b3": weight(r, 1, 32), "p3": weight(r, 1, 12),
        "two": np.array(2, np.float32), "wm": weight(r, 6, 3),
    }
    outputs = [("y2", [3, 2, 2, 4]), ("h3", [1, 2, 4]), ("y4", [3, 1, 2, 4]), ("m", [1, 2, 3]), ("c1", [1, 2, 6])]
    return model_of("recurrent", nodes, [("x", [3, 2, 5])], outputs, constants, 14)


def transformer():
    """The fused operators of onnxruntime: embeddings, attention with and without what it can have beside."""
    r = np.random.default_rng(9)
    n = helper.make_node
    ms = "com.microsoft"
    int32 = TensorProto.INT32
    nodes = [
        n("EmbedLayerNormalization", ["ids", "segments", "words", "positions", "kinds", "gamma", "beta"], ["e", "m"], "embed", domain=ms),
        n("EmbedLayerNormalization", ["ids", "", "words", "positions", "", "gamma", "beta", "mask"], ["e2", "m2"], "embed_masked", domain=ms),
        n("Attention", ["e", "w1", "b1", "mask"], ["a1"], "attention", num_heads=2, domain=ms),
        n("Attention", ["a1", "w2", "b2"], ["a2"], "attention_causal", num_heads=2, unidirectional=1, domain=ms),
        n("Attention", ["e2", "w3", "b3"], ["a3"], "attention_sizes", num_heads=2, qkv_hidden_sizes=[8, 8, 4], domain=ms),
        n("MatMul", ["a2", "wm"], ["y"], "matmul"),
    ]
    constants = {
        "words": weight(r, 12, 8), "positions": weight(r, 6, 8), "kinds": weight(r, 2, 8), "gamma": weight(r, 8) + 1, "beta": weight(r, 8),
        "w1": weight(r, 8, 24), "b1": weight(r, 24), "w2": weight(r, 8, 24), "b2": weight(r, 24),
        "w3": weight(r, 8, 20), "b3": weight(r, 20), "wm": weight(r, 8, 5),
    }
    inputs = [("ids", [2, 4], int32), ("segments", [2, 4], int32), ("mask", [2, 4], int32)]
    outputs = [("y", [2, 4, 5]), ("a3", [2, 4, 4])]
    values = [("e", [2, 4, 8]), ("e2", [2, 4, 8]), ("m", [2], int32), ("m2", [2], int32), ("a1", [2, 4, 8]), ("a2", [2, 4, 8])]
    return model_of("transformer", nodes, inputs, outputs, constants, 14, values)


def transformer_samples():
    r = np.random.default_rng(10)
    return [
        {"ids": r.integers(0, 12, (2, 4)).astype(np.int32), "segments": r.integers(0, 2, (2, 4)).astype(np.int32), "mask": np.ones((2, 4), np.int32)}
        for _ in range(2)
    ]
