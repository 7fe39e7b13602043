"""What a quantized model holds, as JSON: operator sets, initializers with their bytes (or a hash), nodes."""

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType
from onnxruntime.quantization.quant_utils import load_model_with_shape_infer, update_opset_version



def bytes_fact(array):
    raw = np.ascontiguousarray(array).tobytes()
    return raw.hex() if len(raw) <= 8 else "sha256:" + hashlib.sha256(raw).hexdigest()[:32]


def packed(array, code):
    """The bytes of numbers of a type as a tensor's raw data has them: two of 4 bits a byte, the first in the low half."""
    if code not in (TensorProto.INT4, TensorProto.UINT4):
        return np.asarray(array)
    flat = np.asarray(array).ravel().astype(np.int8)
    flat = np.append(flat, np.zeros(flat.size % 2, np.int8))
    return ((flat[0::2] & 15) | ((flat[1::2] & 15) << 4)).astype(np.uint8)


def tensor_fact(tensor):
    return [type_name(tensor.data_type), list(tensor.dims), bytes_fact(packed(numpy_helper.to_array(tensor), tensor.data_type))]


def number(value):
    """JSON has no infinities; the range of an empty tensor is inf to -inf."""
    return value if np.isfinite(value) else {np.inf: "Infinity", -np.inf: "-Infinity"}[value]


def type_name(code):
    return {"float": "float32", "double": "float64"}.get(name := TensorProto.DataType.Name(code).lower(), name)


def attribute_fact(attribute):
    value = helper.get_attribute_value(attribute)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, TensorProto):
        return tensor_fact(value)
    if isinstance(value, float):
        return float(np.float32(value))
    return value if isinstance(value, int) else list(value)


def nodes_fact(model):
    return [
        [n.name, n.op_type, n.domain, list(n.input), list(n.output)]
        + [{a.name: attribute_fact(a) for a in sorted(n.attribute, key=lambda a: a.name)}]
        for n in model.graph.node
    ]


def converted(path):
    """The nodes that onnx's version converter makes of a model too old to be quantized, as the quantizer calls it."""
    model = load_model_with_shape_infer(path)
    updated = update_opset_version(model, QuantType.QInt8)
    return None if updated is model else {"opset": updated.opset_import[0].version, "nodes": nodes_fact(updated)}


def facts(path):
    model = onnx.load(path)
    return {
        "opsets": {o.domain: o.version for o in sorted(model.opset_import, key=lambda o: o.domain)},
        "inputs": [i.name for i in model.graph.input],
        "outputs": [o.name for o in model.graph.output],
        "initializers": {
            t.name: tensor_fact(t)
            for t in sorted(model.graph.initializer, key=lambda t: t.name)
        },
        "nodes": nodes_fact(model),
        "bytes": Path(path).stat().st_size,
    }
