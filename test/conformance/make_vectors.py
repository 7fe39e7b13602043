"""Writes numbers of onnxruntime's quantizer that test/conformance checks the parts of Tare's against.

onnxruntime 1.30.0, onnx 1.23.2, onnx-ir 1.1.0, numpy 2.4.6. Arrays come from seeded generators (seeded_numbers.py and its twin
seededNumbers.ts). Run from the project's root:

    pip install onnxruntime==1.30.0 onnx==1.23.2 onnx-ir==1.1.0 && python test/conformance/make_vectors.py

- calibrators.json.gz: the ranges that MinMax with its moving average, Entropy and Percentile find, of arrays and of models.
- parameters.json.gz: scales, zero points and integers of arrays, of all types.
- nbits.json.gz: what MatMulNBitsQuantizer makes of models/block-weights.onnx, in both formats.
"""

import contextlib
import gzip
import io
import itertools
import json
import logging
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationMethod, QuantFormat
from onnxruntime.quantization.calibrate import create_calibrator
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.quantization.quant_utils import (
    compute_scale_zp_blocked,
    quantize_data,
    quantize_onnx_initializer,
    snap_zero_point_to_uint8,
)

from golden_facts import bytes_fact, facts, number, packed, type_name
from seeded_numbers import numbers

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "test" / "conformance"
GOLDEN = HERE / "golden"
MODELS = HERE / "models"


def write(name, result, count):
    target = GOLDEN / f"{name}.json.gz"
    data = json.dumps(result, separators=(",", ":"), allow_nan=False).encode()
    target.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{name}: {count} cases, {target.stat().st_size} bytes")


def spec(seed, shape, kind="bell", scale=1.0, offset=0.0):
    return {"seed": seed, "shape": list(shape), "kind": kind, "scale": scale, "offset": offset}


def made(each):
    return numbers(each["seed"], each["shape"], each["kind"], each["scale"], each["offset"])


# --- calibrators ------------------------------------------------------------------------------------------------------


class Feeds:
    def __init__(self, feeds):
        self.feeds = iter(feeds)

    def get_next(self):
        return next(self.feeds, None)


def identity_model(path, rank):
    shape = [f"d{i}" for i in range(rank)]
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"], "copy")],
        "copy",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


METHODS = {"minmax": CalibrationMethod.MinMax, "entropy": CalibrationMethod.Entropy, "percentile": CalibrationMethod.Percentile}

SETTINGS = [
    ("minmax", {}),
    ("minmax", {"symmetric": True}),
    ("minmax", {"moving_average": True}),
    ("minmax", {"moving_average": True, "symmetric": True}),
    ("minmax", {"moving_average": True, "averaging_constant": 0.25}),
    ("entropy", {}),
    ("entropy", {"num_bins": 512}),
    ("entropy", {"num_bins": 301, "num_quantized_bins": 64}),
    ("percentile", {}),
    ("percentile", {"percentile": 99.0}),
    ("percentile", {"percentile": 99.9, "num_bins": 512}),
    ("percentile", {"symmetric": False}),
    ("percentile", {"symmetric": False, "percentile": 99.0}),
    ("percentile", {"symmetric": False, "percentile": 95.0, "num_bins": 100}),
]


def calibrated(model, method, settings, collects, work):
    """Ranges by value; `collects`: feeds of each call of collect_data."""
    with contextlib.redirect_stdout(io.StringIO()):
        calibrator = create_calibrator(
            str(model), None, str(work / "augmented.onnx"), METHODS[method], extra_options=dict(settings)
        )
        for feeds in collects:
            calibrator.collect_data(Feeds(feeds))
        data = calibrator.compute_data()
    found = {}
    for name, each in data.items():
        low, high = (np.float32(np.squeeze(v)) for v in each.range_value)
        found[name] = {"range": [number(float(low)), number(float(high))]}
    if method != "minmax":
        for name, entry in calibrator.collector.get_histogram_dict().items():
            hist, edges = entry[0], entry[1]
            found[name]["bins"] = int(hist.size)
            found[name]["edges"] = [float(edges[0]), float(edges[-1])]
            found[name]["counts"] = bytes_fact(hist.astype(np.int64))
    return found


def calibrators(work):
    """Each array case: collects of samples of one shape, as one value passes through an Identity."""
    shape = [1, 4, 6, 5]
    arrays = {
        "bell": [[spec(10 + i, shape) for i in range(6)]],
        "bell-shifted": [[spec(20 + i, shape, "bell", 2.5, 1.75) for i in range(6)]],
        "uniform": [[spec(30 + i, shape, "uniform", 3.0) for i in range(4)]],
        "relu": [[spec(40 + i, shape, "relu", 1.3) for i in range(6)]],
        "heavy": [[spec(50 + i, shape, "heavy", 4.0) for i in range(6)]],
        "negative": [[spec(60 + i, shape, "uniform", 1.0, -5.0) for i in range(3)]],
        "one-sample": [[spec(70, [1, 300], "heavy", 0.01)]],
        "growing": [[spec(80 + i, shape, "bell", 2.0**i / 8) for i in range(6)]],
        "zeros": [[spec(90, [1, 20], "bell", 0.0), spec(91, [1, 20], "bell", 0.0)]],
        "outlier": [[spec(100 + i, shape, "heavy", 1.0 if i else 40.0) for i in range(8)]],
        "large": [[spec(110 + i, [1, 3, 40, 40], "bell", 1.0, 0.2) for i in range(4)]],
        "three-collects": [[spec(120 + 3 * j + i, shape, "bell", 1.0 + j) for i in range(3)] for j in range(3)],
        "shrinking-collects": [[spec(140 + 3 * j + i, shape, "bell", 4.0 / (1 + j)) for i in range(3)] for j in range(3)],
        "zeros-first": [[spec(160, shape, "bell", 0.0)], [spec(161, shape, "bell", 0.7)], [spec(162, shape, "heavy", 2.0)]],
    }
    cases = []
    for name, collects in arrays.items():
        model = work / "identity.onnx"
        identity_model(model, len(collects[0][0]["shape"]))
        feeds = [[{"x": made(each)} for each in collect] for collect in collects]
        for method, settings in SETTINGS:
            case = {"array": name, "collects": collects, "method": method, "settings": settings}
            try:
                found = calibrated(model, method, settings, feeds, work)
            except Exception as error:
                cases.append({**case, "error": f"{type(error).__name__}: {str(error)[:120]}"})
                continue
            assert found["x"]["range"] == found["y"]["range"]
            cases.append({**case, **found["x"]})
    models = []
    images = np.load(ROOT / "media" / "sample" / "digits-calibration.npz")["image"][:16].astype(np.float32)
    for path in ["media/sample/lenet-5.onnx", "test/fixtures/mobilenet-digits.onnx"]:
        for method, settings in [("minmax", {"moving_average": True}), ("entropy", {}), ("percentile", {}), ("percentile", {"symmetric": False})]:
            feeds = [[{"image": images[i : i + 1]} for i in range(len(images))]]
            found = calibrated(ROOT / path, method, settings, feeds, work)
            ranges = {value: each["range"] for value, each in sorted(found.items())}
            models.append({"model": path, "samples": 16, "method": method, "settings": settings, "ranges": ranges})
    write("calibrators", {"arrays": cases, "models": models}, len(cases) + len(models))


# --- scales, zero points and integers ---------------------------------------------------------------------------------

INTEGERS = [TensorProto.INT8, TensorProto.UINT8, TensorProto.INT16, TensorProto.UINT16, TensorProto.INT4, TensorProto.UINT4]


def parameters():
    cases = []
    arrays = [
        spec(1, [5, 24]),
        spec(2, [5, 24], "uniform", 3.0, 2.0),
        spec(3, [5, 24], "heavy", 100.0),
        spec(4, [5, 24], "uniform", 1.0, -7.0),
        spec(5, [5, 24], "bell", 1e-30),
        spec(6, [5, 24], "bell", 0.0),
        spec(7, [5, 24], "bell", 1e-42),
        spec(8, [5, 25], "relu", 6.0),
        spec(9, [1, 1], "bell", 1.0),
        spec(10, [7, 9], "bell", 1e30),
    ]
    for array, code, symmetric, reduced in itertools.product(arrays, INTEGERS, [False, True], [False, True]):
        data = made(array)
        zero_point, scale, integers = quantize_data(data.ravel(), code, symmetric, reduced)
        cases.append({
            "kind": "tensor", "array": array, "type": type_name(code), "symmetric": symmetric, "reduced": reduced,
            "scale": float(scale), "zeroPoint": int(zero_point), "integers": bytes_fact(packed(integers, code)),
        })
    for array in arrays:
        data = made(array)
        if not 0 < np.std(data) < np.inf:
            continue  # no scale
        zero_point, scale, values = quantize_data(data.ravel(), TensorProto.FLOAT8E4M3FN, True)
        cases.append({
            "kind": "float8", "array": array, "type": "float8e4m3fn", "scale": float(scale), "zeroPoint": 0,
            "integers": bytes_fact(np.asarray(values).view(np.uint8)), "deviation": float(np.std(data)),
        })
    for array, code, axis in itertools.product(arrays[:5], INTEGERS, [0, 1]):
        data = made(array)
        channels = [data.take(i, axis) for i in range(data.shape[axis])]
        found = [quantize_data(each.ravel(), code, True) for each in channels]
        scales = np.array([each[1] for each in found], np.float32)
        zeros = np.array([int(each[0]) for each in found])
        tensor = quantize_onnx_initializer(
            numpy_helper.from_array(data, "w"), code, np.array([each[0] for each in found]), scales, axis
        )
        cases.append({
            "kind": "channel", "array": array, "type": type_name(code), "axis": axis, "symmetric": True,
            "scales": [float(each) for each in scales], "zeroPoints": [int(each) for each in zeros],
            "integers": bytes_fact(np.frombuffer(tensor.raw_data, np.uint8)),
        })
    blocks = [spec(30, [70, 6]), spec(31, [64, 5], "uniform", 2.0, 1.0), spec(32, [33, 7], "heavy", 3.0), spec(33, [5, 48], "bell", 0.0)]
    for array, code, axis, size, symmetric in itertools.product(blocks, INTEGERS, [0, 1], [16, 32], [False, True]):
        data = made(array)
        zero_points, scales = compute_scale_zp_blocked(data, code, axis, size, symmetric)
        tensor = quantize_onnx_initializer(numpy_helper.from_array(data, "w"), code, zero_points, scales, axis, None, size)
        cases.append({
            "kind": "block", "array": array, "type": type_name(code), "axis": axis, "blockSize": size, "symmetric": symmetric,
            "shape": list(scales.shape), "scales": bytes_fact(scales), "zeroPoints": bytes_fact(packed(zero_points, code)),
            "integers": bytes_fact(np.frombuffer(tensor.raw_data, np.uint8)),
        })
    for low, high in [(-1.0, 3.0), (0.0, 2.5), (0.25, 2.5), (-4.0, 0.0), (-4.0, -1.0), (-3.0, 3.0), (-0.001, 7.0), (0.0, 0.0), (-2.5, 0.3)]:
        zero_point, scale = snap_zero_point_to_uint8(np.float32(low), np.float32(high))
        cases.append({"kind": "restricted", "range": [low, high], "scale": float(scale), "zeroPoint": int(zero_point)})
    seeded = [{**array, "bytes": bytes_fact(made(array))} for array in [*arrays, *blocks]]
    write("parameters", {"seeded": seeded, "cases": cases}, len(cases))


# --- weights in blocks ------------------------------------------------------------------------------------------------


def block_weights():
    """Products of several shapes, a weight that two share, one of rank 3, a constant on the left, tables of rows."""
    shapes = {"even": [64, 16], "padded": [40, 12], "odd": [17, 5], "wide": [16, 129], "narrow": [300, 3]}
    kinds = {"even": "bell", "padded": "uniform", "odd": "heavy", "wide": "bell", "narrow": "uniform"}
    constants = {f"w_{key}": numbers(200 + i, shape, kinds[key], 0.5, 0.05) for i, (key, shape) in enumerate(shapes.items())}
    nodes = [helper.make_node("MatMul", [f"x_{key}", f"w_{key}"], [f"y_{key}"], f"product_{key}") for key in shapes]
    nodes += [
        helper.make_node("MatMul", ["x_even", "w_even"], ["y_shared"], "product_shared"),
        helper.make_node("MatMul", ["x_deep", "w_deep"], ["y_deep"], "product_deep"),
        helper.make_node("MatMul", ["w_left", "x_left"], ["y_left"], "product_left"),
        helper.make_node("Gather", ["table", "rows"], ["y_rows"], "lookup", axis=0),
        helper.make_node("Gather", ["table_odd", "rows"], ["y_odd_rows"], "lookup_odd", axis=0),
    ]
    constants |= {
        "w_deep": numbers(220, [2, 32, 8], "bell", 0.5),
        "w_left": numbers(221, [6, 32], "bell", 0.5),
        "table": numbers(222, [11, 64], "bell", 0.3),
        "table_odd": numbers(223, [7, 40], "uniform", 0.3, 0.1),
    }
    inputs = [(f"x_{key}", [4, shape[0]]) for key, shape in shapes.items()] + [("x_deep", [2, 4, 32]), ("x_left", [32, 5])]
    outputs = [(f"y_{key}", [4, shape[1]]) for key, shape in shapes.items()] + [
        ("y_shared", [4, 16]), ("y_deep", [2, 4, 8]), ("y_left", [6, 5]), ("y_rows", [3, 64]), ("y_odd_rows", [3, 40]),
    ]
    graph = helper.make_graph(
        nodes,
        "block-weights",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs]
        + [helper.make_tensor_value_info("rows", TensorProto.INT64, [3])],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in outputs],
        [numpy_helper.from_array(value, key) for key, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10, producer_name="tare")
    onnx.checker.check_model(model, full_check=True)
    return model


def nbits(work):
    path = MODELS / "block-weights.onnx"
    onnx.save(block_weights(), path)
    result = {"model": path.relative_to(ROOT).as_posix(), "cases": [], "refused": []}
    out = work / "out.onnx"
    formats = {"qoperator": QuantFormat.QOperator, "qdq": QuantFormat.QDQ}
    settings = []
    for name, bits, size, symmetric in itertools.product(formats, [2, 4, 8], [16, 32, 64, 128, 256], [False, True]):
        settings.append({"format": name, "bits": bits, "blockSize": size, "symmetric": symmetric, "operators": ["MatMul"]})
    for name, size, symmetric in itertools.product(formats, [16, 32, 64, 128], [False, True]):
        settings.append({"format": name, "bits": 4, "blockSize": size, "symmetric": symmetric, "operators": ["MatMul", "Gather"]})
    for symmetric in [False, True]:
        # A scale for each column: onnxruntime calls that channel_wised_quantize.
        settings.append({"format": "qdq", "bits": 4, "blockSize": 0, "symmetric": symmetric, "operators": ["MatMul"]})
    settings.append({"format": "qoperator", "bits": 4, "blockSize": 32, "symmetric": True, "operators": ["MatMul"], "accuracyLevel": 4})
    settings.append({"format": "qoperator", "bits": 8, "blockSize": 32, "symmetric": False, "operators": ["MatMul"], "accuracyLevel": 4})
    settings.append({"format": "qoperator", "bits": 4, "blockSize": 32, "symmetric": True, "operators": ["MatMul"], "exclude": ["product_odd", "product_shared"]})
    for each in settings:
        try:
            quantizer = MatMulNBitsQuantizer(
                onnx.load(path), bits=each["bits"], block_size=each["blockSize"], is_symmetric=each.get("symmetric", False),
                accuracy_level=each.get("accuracyLevel"), nodes_to_exclude=each.get("exclude"),
                quant_format=formats[each["format"]], op_types_to_quantize=tuple(each["operators"]),
                channel_wised_quantize=each["blockSize"] == 0,
            )
            quantizer.process()
            onnx.save(quantizer.model.model, out)
        except Exception as error:
            result["refused"].append({"options": each, "error": f"{type(error).__name__}: {str(error)[:200]}"})
            continue
        result["cases"].append({"options": each, **facts(out)})
    write("nbits", result, len(result["cases"]))


def main():
    logging.disable(logging.WARNING)
    GOLDEN.mkdir(exist_ok=True)
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if not wanted or "calibrators" in wanted:
            calibrators(work)
        if not wanted or "parameters" in wanted:
            parameters()
        if not wanted or "nbits" in wanted:
            nbits(work)


main()
