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
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.calibrate import load_tensors_data

from golden_facts import converted, facts, number
from golden_models import corner_cases, image_families, integer_families, matrix_families, recurrent, text_families, text_samples, transformer, transformer_samples

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


def type_settings():
    """All types for activations and weights, with what can be said beside of each."""
    wide = ["int16", "uint16"]
    pairs = [(a, w) for a in ["int8", "uint8", *wide] for w in ["int8", "uint8", *wide, "int4", "uint4"]]
    for activations, weights in pairs:
        for per_channel in [False, True]:
            yield {"activationType": activations, "weightType": weights, "perChannel": per_channel, "reduceRange": False}
    for activations, weights in [("uint16", "int8"), ("int16", "int16"), ("uint16", "uint16"), ("uint8", "int4"), ("uint8", "uint4"), ("int4", "int4"), ("uint4", "uint4")]:
        common = {"activationType": activations, "weightType": weights}
        yield {**common, "perChannel": True, "reduceRange": True}
        yield {**common, "perChannel": False, "reduceRange": False, "symmetricActivations": True}
        yield {**common, "perChannel": False, "reduceRange": False, "symmetricWeights": not weights.startswith("int")}
    for weights in ["int8", "uint8", "int4"]:
        yield {"activationType": "uint8", "weightType": weights, "perChannel": True, "reduceRange": False, "restrictedAsymmetric": True}


def block_settings():
    for weights, per_channel, size in itertools.product(["int8", "uint8", "int4", "uint4", "int16"], [False, True], [16, 32]):
        yield {"activationType": "uint8", "weightType": weights, "perChannel": per_channel, "reduceRange": False, "blockSize": size}


def excluding(names, formats=("qdq", "qoperator")):
    """The same layers left out in every format."""
    common = {"activationType": "uint8", "weightType": "int8", "perChannel": True, "reduceRange": False}
    return lambda: [{"format": format, **common, "exclude": each} for each in names for format in formats]


def dynamic_excluding(names):
    return lambda: [{"weightType": "int8", "perChannel": True, "reduceRange": False, "exclude": each} for each in names]


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
    own = {
        "image-families": image_families(), "text-families": text_families(), "corner-cases": corner_cases(),
        "image-families-21": image_families(21), "text-families-21": text_families(21),
        "integer-families": integer_families(), "matrix-families": matrix_families(),
        "recurrent": recurrent(), "transformer": transformer(),
    }
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
    eight_bits = [(Recorder.static, static_settings), (Recorder.static, qoperator_settings), (Recorder.dynamic, dynamic_settings)]
    passes = {name: eight_bits for name in sources}
    images = lambda: noise("x", (1, 3, 8, 8), seed=5)
    extended = {
        "image-families-21": (images, [(Recorder.static, type_settings)]),
        "text-families-21": (text_samples, [(Recorder.static, type_settings)]),
        "matrix-families": (lambda: noise("x", (2, 40), seed=13), [(Recorder.static, block_settings)]),
        "integer-families": (lambda: noise("x", (1, 3, 6, 6), seed=11), [*eight_bits, (Recorder.static, excluding(["conv_grouped", "relu,add"]))]),
        "recurrent": (lambda: noise("x", (3, 2, 5), seed=12), [(Recorder.static, qoperator_settings), (Recorder.dynamic, dynamic_settings), (Recorder.dynamic, dynamic_excluding(["lstm"]))]),
        "transformer": (transformer_samples, [(Recorder.static, qoperator_settings), (Recorder.dynamic, dynamic_settings), (Recorder.dynamic, dynamic_excluding(["attention", "embed"]))]),
    }
    for name, (feeds, of) in extended.items():
        sources[name] = (MODELS / f"{name}.onnx", feeds)
        passes[name] = of
    with tempfile.TemporaryDirectory() as work:
        for name, (path, feeds) in sources.items():
            if sys.argv[1:] and name not in sys.argv[1:]:
                continue
            recorder = Recorder(name, path, feeds(), Path(work))
            for run, settings in passes[name]:
                run(recorder, settings())
            recorder.write()


main()
