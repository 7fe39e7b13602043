"""Writes the facts that test/conformance checks Tare's quantizer against.

Runs onnxruntime's own quantizer (onnxruntime 1.30.0, onnx 1.23.2, numpy 2.4.6) on the sample models, on real models that
npm packages ship, and on the small models below, and keeps for each result: operator sets, every initializer (element type,
shape, the first 128 bits of the SHA-256 of its bytes, or the bytes themselves where they are few) and every node. Run from the project's root:

    pip install onnxruntime==1.30.0 onnx==1.23.2 && python test/conformance/make_golden.py
"""

import gzip
import itertools
import json
import logging
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.calibrate import load_tensors_data

from golden_facts import converted, facts, number

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "test" / "conformance"
GOLDEN = HERE / "golden"
MODELS = HERE / "models"
OCR = ROOT / "node_modules" / "@gutenye" / "ocr-models" / "assets"
CALIBRATION_SAMPLES = 16


class Samples(CalibrationDataReader):
    def __init__(self, feeds):
        self.feeds = iter(feeds)

    def get_next(self):
        return next(self.feeds, None)


def digits():
    images = np.load(ROOT / "media" / "sample" / "digits-calibration.npz")["image"][:CALIBRATION_SAMPLES]
    return [{"image": images[i : i + 1].astype(np.float32)} for i in range(len(images))]


def noise(name, shape, count=2, seed=0):
    random = np.random.default_rng(seed)
    return [{name: random.standard_normal(shape).astype(np.float32)} for _ in range(count)]


# --- small models: the operator families and corner cases that the samples do not have -------------------------------


def weight(random, *shape, scale=0.5):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def model_of(name, nodes, inputs, outputs, constants, opset=13):
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in outputs],
        [numpy_helper.from_array(np.asarray(value), key) for key, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8, producer_name="tare")
    onnx.checker.check_model(model, full_check=True)
    return model


def image_families():
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
    return model_of("image-families", nodes, [("x", [1, 3, 8, 8])], outputs, constants)


def text_families():
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
    return model_of("text-families", nodes, [("ids", [2, 6])], [("y", [2, 4])], constants, opset=17)


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


I8, U8 = QuantType.QInt8, QuantType.QUInt8
NAMES = {
    QuantType.QInt8: "int8", QuantType.QUInt8: "uint8", QuantType.QInt16: "int16", QuantType.QUInt16: "uint16",
    QuantType.QInt4: "int4", QuantType.QUInt4: "uint4",
}
TYPES = {name: code for code, name in NAMES.items()}


def choices(**values):
    """Every combination of the values, as options of Tare's."""
    return [dict(zip(values, each)) for each in itertools.product(*values.values())]


EIGHT_BITS = [{"activationType": "int8", "weightType": "int8"}, {"activationType": "uint8", "weightType": "int8"}, {"activationType": "uint8", "weightType": "uint8"}]


def static_settings():
    """The settings of the first models: 8 bits, QDQ format."""
    for types in EIGHT_BITS:
        for each in choices(perChannel=[False, True], reduceRange=[False, True]):
            yield {**types, **each}
    yield {"activationType": "int8", "weightType": "int8", "perChannel": True, "reduceRange": False, "symmetricActivations": True}
    yield {"activationType": "uint8", "weightType": "int8", "perChannel": False, "reduceRange": False, "symmetricActivations": True}
    yield {"activationType": "uint8", "weightType": "int8", "perChannel": True, "reduceRange": True, "symmetricActivations": True}
    yield {"activationType": "int8", "weightType": "int8", "perChannel": False, "reduceRange": False, "symmetricWeights": False}
    yield {"activationType": "uint8", "weightType": "uint8", "perChannel": False, "reduceRange": False, "symmetricWeights": True}
    yield {"activationType": "uint8", "weightType": "uint8", "perChannel": False, "reduceRange": True, "symmetricWeights": True}


def qoperator_settings():
    for each in static_settings():
        yield {"format": "qoperator", **each}
    yield {"format": "qoperator", "activationType": "uint8", "weightType": "uint8", "perChannel": True, "reduceRange": False, "symmetricWeights": True}
    yield {"format": "qoperator", "activationType": "int8", "weightType": "int8", "perChannel": True, "reduceRange": False, "symmetricWeights": False}


def dynamic_settings():
    for each in choices(weightType=["int8", "uint8"], perChannel=[False, True], reduceRange=[False, True]):
        yield each
    yield {"weightType": "int8", "perChannel": False, "reduceRange": False, "symmetricWeights": False}
    yield {"weightType": "uint8", "perChannel": False, "reduceRange": False, "symmetricWeights": True}


EXTRA = {"symmetricActivations": "ActivationSymmetric", "symmetricWeights": "WeightSymmetric", "restrictedAsymmetric": "ActivationRestrictedAsymmetric", "blockSize": "BlockSize"}


class Recorder:
    """Quantizes one model in many ways. What the results have in common is stored once."""

    def __init__(self, name, model_path, feeds, work):
        self.name, self.path, self.feeds, self.work = name, model_path, feeds, work
        self.cache = work / f"{name}.ranges.json"
        source = model_path.relative_to(ROOT).as_posix()
        self.result = {"model": source, "converted": converted(model_path), "ranges": {}, "graphs": [], "tensors": [], "cases": [], "refused": []}
        self.graphs, self.tensors = {}, {}

    def static(self, settings):
        for each in settings:
            extra = {name: each[key] for key, name in EXTRA.items() if key in each}
            self.attempt({"scheme": "static", **each}, each, lambda out: quantize_static(
                str(self.path), out, Samples(self.feeds),
                QuantFormat.QOperator if each.get("format") == "qoperator" else QuantFormat.QDQ,
                per_channel=each["perChannel"], reduce_range=each["reduceRange"],
                activation_type=TYPES[each["activationType"]], weight_type=TYPES[each["weightType"]],
                extra_options=extra, nodes_to_exclude=each.get("exclude", "").split(",") if each.get("exclude") else None,
                calibration_cache_path=self.cache,
            ))
        if self.cache.exists():
            ranges = {tensor: [number(float(np.squeeze(v))) for v in data.range_value] for tensor, data in load_tensors_data(self.cache).items()}
            self.result["ranges"] = dict(sorted(ranges.items()))

    def dynamic(self, settings):
        for each in settings:
            extra = {name: each[key] for key, name in EXTRA.items() if key in each}
            self.attempt({"scheme": "dynamic", **each}, each, lambda out: quantize_dynamic(
                str(self.path), out, per_channel=each["perChannel"], reduce_range=each["reduceRange"],
                weight_type=TYPES[each["weightType"]], extra_options=extra,
                nodes_to_exclude=each.get("exclude", "").split(",") if each.get("exclude") else None,
            ))

    def attempt(self, options, each, run):
        out = self.work / "out.onnx"
        out.unlink(missing_ok=True)
        try:
            run(str(out))
        except Exception as error:  # what the reference refuses is a fact too
            self.result["refused"].append({"options": options, "error": f"{type(error).__name__}: {str(error)[:200]}"})
            return
        found = facts(out)
        nodes = self.index(self.graphs, "graphs", found.pop("nodes"))
        initializers = [self.index(self.tensors, "tensors", [name, *fact]) for name, fact in found.pop("initializers").items()]
        self.result["cases"].append({"options": options, **found, "nodes": nodes, "initializers": initializers})

    def index(self, known, table, value):
        key = json.dumps(value)
        if key not in known:
            known[key] = len(known)
            self.result[table].append(value)
        return known[key]

    def write(self):
        data = json.dumps(self.result, separators=(",", ":"), allow_nan=False).encode()
        target = GOLDEN / f"{self.name}.json.gz"
        target.write_bytes(gzip.compress(data, 9, mtime=0))
        print(f"{self.name}: {len(self.result['cases'])} cases, {len(self.result['refused'])} refused, {target.stat().st_size} bytes")
        return len(self.result["cases"])


def main():
    logging.disable(logging.WARNING)
    GOLDEN.mkdir(exist_ok=True)
    MODELS.mkdir(exist_ok=True)
    own = {"image-families": image_families(), "text-families": text_families(), "corner-cases": corner_cases()}
    for name, model in own.items():
        onnx.save(model, MODELS / f"{name}.onnx")
    fixtures = ROOT / "test" / "fixtures"
    sources = {
        "lenet-5": (ROOT / "media" / "sample" / "lenet-5.onnx", digits),
        **{path.stem: (path, digits) for path in sorted(fixtures.glob("*.onnx")) if "digits" in path.stem or "lenet" in path.stem},
        "image-families": (MODELS / "image-families.onnx", lambda: noise("x", (1, 3, 8, 8), seed=5)),
        "text-families": (MODELS / "text-families.onnx", text_samples),
        "corner-cases": (MODELS / "corner-cases.onnx", lambda: noise("x", (1, 2, 2, 2), seed=6)),
        "ppocr-cls": (OCR / "ch_ppocr_mobile_v2.0_cls_infer.onnx", lambda: noise("x", (1, 3, 48, 192), seed=7)),
        "ppocr-det": (OCR / "ch_PP-OCRv4_det_infer.onnx", lambda: noise("x", (1, 3, 64, 64), seed=8)),
    }
    with tempfile.TemporaryDirectory() as work:
        for name, (path, feeds) in sources.items():
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            recorder = Recorder(name, path, feeds(), Path(work))
            recorder.static(static_settings())
            recorder.static(qoperator_settings())
            recorder.dynamic(dynamic_settings())
            recorder.write()


main()
