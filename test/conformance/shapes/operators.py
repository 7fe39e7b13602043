"""Shapes and types that onnxruntime gives the outputs of single operators, over many settings.

Writes operators.json beside this file. Run from the project's root:
    python test/conformance/shapes/operators.py
Needs onnx and onnxruntime; the versions used are in the file it writes.
"""
import json
import os

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(0)
cases = []
FLOAT, INT64, UINT8, INT8, BOOL = (
    TensorProto.FLOAT, TensorProto.INT64, TensorProto.UINT8, TensorProto.INT8, TensorProto.BOOL)


class Const:
    """An input that is an initializer."""

    def __init__(self, values, dtype=np.int64):
        self.array = np.array(values, dtype=dtype)


def data(*shape, dtype=FLOAT):
    return (dtype, list(shape))


def feed(dtype, shape):
    kind = helper.tensor_dtype_to_np_dtype(dtype)
    if dtype == BOOL:
        return rng.integers(0, 2, shape).astype(kind)
    if np.issubdtype(kind, np.integer):
        return rng.integers(1, 4, shape).astype(kind)
    return rng.uniform(0.5, 1.5, shape).astype(kind)


def case(op, inputs, attributes=None, outputs=1, opset=17, domain='', elsewhere=None):
    names, infos, initializers, feeds, described = [], [], [], {}, []
    for i, entry in enumerate(inputs):
        name = f'i{i}' if entry is not None else ''
        names.append(name)
        if entry is None:
            described.append(None)
        elif isinstance(entry, Const):
            initializers.append(numpy_helper.from_array(entry.array, name))
            code = helper.np_dtype_to_tensor_dtype(entry.array.dtype)
            described.append({'type': code, 'shape': list(entry.array.shape), 'values': entry.array.ravel().tolist()})
        else:
            dtype, shape = entry
            infos.append(helper.make_tensor_value_info(name, dtype, shape))
            feeds[name] = feed(dtype, shape)
            described.append({'type': dtype, 'shape': shape})
    results = [f'o{i}' for i in range(outputs)]
    node = helper.make_node(op, names, results, domain=domain, **(attributes or {}))
    graph = helper.make_graph([node], 'g', infos, [onnx.ValueInfoProto(name=r) for r in results], initializers)
    imports = [helper.make_opsetid('', opset)] + ([helper.make_opsetid(domain, 1)] if domain else [])
    model = helper.make_model(graph, opset_imports=imports, ir_version=10)
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(model.SerializeToString(), options, providers=['CPUExecutionProvider'])
    made = session.run(None, feeds)
    cases.append({
        'op': op, 'domain': domain, 'opset': opset, 'attributes': attributes or {}, 'inputs': described,
        'outputs': [{'type': helper.np_dtype_to_tensor_dtype(m.dtype), 'shape': list(m.shape)} for m in made],
    })


def convolutions():
    for pads in ([0, 0, 0, 0], [1, 2, 0, 1]):
        for strides, dilations in (([1, 1], [1, 1]), ([2, 3], [1, 2])):
            case('Conv', [data(2, 4, 11, 13), data(6, 2, 3, 2)],
                 {'pads': pads, 'strides': strides, 'dilations': dilations, 'group': 2})
            case('ConvTranspose', [data(2, 4, 5, 6), data(4, 3, 3, 2)],
                 {'pads': pads, 'strides': strides, 'dilations': dilations, 'group': 2})
    for auto in ('SAME_UPPER', 'SAME_LOWER', 'VALID'):
        case('Conv', [data(1, 3, 10, 7), data(5, 3, 3, 3), data(5)], {'auto_pad': auto, 'strides': [2, 2]})
        case('ConvTranspose', [data(1, 3, 5, 7), data(3, 5, 3, 3)], {'auto_pad': auto, 'strides': [2, 2]})
        case('MaxPool', [data(1, 3, 10, 7)], {'auto_pad': auto, 'kernel_shape': [3, 2], 'strides': [2, 2]})
    case('Conv', [data(1, 3, 20), data(5, 3, 4)], {'strides': [3]})
    case('Conv', [data(1, 2, 5, 6, 7), data(4, 2, 2, 3, 1)])
    case('ConvTranspose', [data(1, 3, 5, 5), data(3, 2, 3, 3)], {'strides': [2, 2], 'output_padding': [1, 0]})
    case('ConvTranspose', [data(1, 3, 5, 5), data(3, 2, 3, 3)], {'strides': [2, 2], 'output_shape': [10, 11]})
    case('ConvInteger', [data(1, 3, 9, 9, dtype=UINT8), data(4, 3, 3, 3, dtype=UINT8)], {'strides': [2, 2]})
    scale, zero = Const(0.1, np.float32), Const(3, np.uint8)
    case('QLinearConv', [data(1, 3, 9, 9, dtype=UINT8), scale, zero, data(4, 3, 3, 3, dtype=UINT8), scale, zero, scale, zero],
         {'pads': [1, 1, 1, 1]})


def pools():
    for kernel, strides, pads, ceil in (
        ([2, 2], [2, 2], [0, 0, 0, 0], 0), ([3, 3], [2, 2], [1, 1, 1, 1], 1), ([2, 3], [3, 2], [0, 1, 1, 0], 1),
        ([3, 3], [2, 2], [0, 0, 0, 0], 1), ([2, 2], [3, 3], [1, 1, 1, 1], 1), ([1, 1], [2, 2], [0, 0, 0, 0], 1)):
        attributes = {'kernel_shape': kernel, 'strides': strides, 'pads': pads, 'ceil_mode': ceil}
        for size in ((10, 10), (7, 9), (6, 8)):
            case('MaxPool', [data(1, 2, *size)], attributes, outputs=2, opset=12)
            case('AveragePool', [data(1, 2, *size)], attributes, opset=19)
    case('MaxPool', [data(1, 2, 12, 12)], {'kernel_shape': [3, 3], 'dilations': [2, 2]}, opset=12)
    for op in ('GlobalAveragePool', 'GlobalMaxPool'):
        case(op, [data(2, 3, 4, 5)])
    case('LpPool', [data(1, 2, 8, 8)], {'kernel_shape': [2, 2], 'strides': [2, 2]}, opset=18)
    case('MaxUnpool', [data(1, 1, 2, 2), Const([[[[5, 7], [13, 15]]]])], {'kernel_shape': [2, 2], 'strides': [2, 2]})
    case('RoiAlign', [data(1, 3, 8, 8), data(5, 4), Const([0] * 5)], {'output_height': 2, 'output_width': 3}, opset=16)


def products():
    for a, b in (([3, 4], [4, 5]), ([4], [4, 5]), ([3, 4], [4]), ([4], [4]), ([2, 1, 3, 4], [6, 4, 5]), ([2, 3, 4], [4, 5])):
        case('MatMul', [data(*a), data(*b)])
    case('MatMulInteger', [data(2, 3, 4, dtype=UINT8), data(4, 5, dtype=UINT8)])
    scale, zero = Const(0.1, np.float32), Const(3, np.uint8)
    case('QLinearMatMul', [data(3, 4, dtype=UINT8), scale, zero, data(4, 5, dtype=UINT8), scale, zero, scale, zero])
    for trans in (0, 1):
        shapes = ([3, 4], [4, 5]) if not trans else ([4, 3], [5, 4])
        case('Gemm', [data(*shapes[0]), data(*shapes[1]), data(5)], {'transA': trans, 'transB': trans})
    for equation, shapes in (('ij,jk->ik', ([3, 4], [4, 5])), ('bhid,bhjd->bhij', ([2, 3, 4, 5], [2, 3, 6, 5])), ('...ij,...jk->...ik', ([2, 3, 4], [2, 4, 5])),
                             ('ij,jk', ([3, 4], [4, 5])), ('ii->i', ([3, 3],)), ('ij->', ([3, 4],)), ('i,j->ij', ([3], [4]))):
        case('Einsum', [data(*s) for s in shapes], {'equation': equation})


def recurrent():
    for op, gates in (('RNN', 1), ('GRU', 3), ('LSTM', 4)):
        for direction, count in (('forward', 1), ('bidirectional', 2)):
            inputs = [data(7, 2, 5), data(count, gates * 6, 5), data(count, gates * 6, 6)]
            case(op, inputs, {'hidden_size': 6, 'direction': direction}, outputs=3 if op == 'LSTM' else 2, opset=14)


def arithmetic():
    for op in ('Add', 'Sub', 'Mul', 'Div', 'Pow'):
        case(op, [data(2, 1, 4), data(3, 1)])
    for op in ('Equal', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual'):
        case(op, [data(2, 3), data(3)])
    for op in ('And', 'Or', 'Xor'):
        case(op, [data(2, 3, dtype=BOOL), data(1, dtype=BOOL)])
    for op in ('Max', 'Min', 'Sum', 'Mean'):
        case(op, [data(2, 1), data(3), data(1, 1)])
    case('Mod', [data(2, 3, dtype=INT64), data(3, dtype=INT64)])
    case('Where', [data(3, dtype=BOOL), data(2, 1), data(1, 3)])
    for op in ('Abs', 'Ceil', 'Erf', 'Exp', 'Floor', 'Log', 'Neg', 'Reciprocal', 'Relu', 'Round', 'Sigmoid', 'Sign', 'Sqrt',
               'Tanh', 'Softplus', 'HardSigmoid', 'HardSwish', 'LeakyRelu', 'Elu', 'Selu', 'Softsign', 'Softmax',
               'LogSoftmax', 'Identity', 'Sin', 'Cos', 'Mish'):
        case(op, [data(2, 3)], opset=18)
    for op in ('IsNaN', 'IsInf'):
        case(op, [data(2, 3)])
    case('Not', [data(2, dtype=BOOL)])
    case('PRelu', [data(2, 3, 4), data(3, 1)])
    case('Clip', [data(2, 3), Const(0, np.float32), None])
    case('Dropout', [data(2, 3)], outputs=2)
    for to in (TensorProto.FLOAT16, INT64, BOOL, UINT8):
        case('Cast', [data(2, 3)], {'to': to})
    case('CastLike', [data(2, 3), data(1, dtype=INT64)])
    case('CumSum', [data(2, 3), Const(1)])
    case('Trilu', [data(4, 3)])
    case('Gelu', [data(2, 3)], opset=20)


def normalizations():
    moments = [data(3), data(3), data(3), data(3)]
    case('BatchNormalization', [data(2, 3, 4), *moments])
    case('InstanceNormalization', [data(2, 3, 4), data(3), data(3)])
    case('LayerNormalization', [data(2, 3, 4), data(4), data(4)], outputs=3)
    case('LayerNormalization', [data(2, 3, 4), data(3, 4)], {'axis': 1}, outputs=3)
    case('LRN', [data(1, 5, 3, 3)], {'size': 3})
    case('LpNormalization', [data(2, 3)])
    case('GroupNormalization', [data(2, 4, 3), data(4), data(4)], {'num_groups': 2}, opset=21)
    case('RMSNormalization', [data(2, 4), data(4)], opset=23)


def shapings():
    for target, extra in (([4, 6], {}), ([-1, 4], {}), ([0, -1], {}), ([2, 0, 4], {}), ([24], {}), ([1, 2, 3, 4, 1], {})):
        case('Reshape', [data(2, 3, 4), Const(target)], extra)
    case('Reshape', [data(0, 3), Const([0, 5])], {'allowzero': 1})
    for axis in (0, 1, 3, -1):
        case('Flatten', [data(2, 3, 4)], {'axis': axis})
    case('Transpose', [data(2, 3, 4)])
    case('Transpose', [data(2, 3, 4)], {'perm': [1, 0, 2]})
    case('Squeeze', [data(1, 3, 1)])
    case('Squeeze', [data(1, 3, 1), Const([-1])])
    case('Squeeze', [data(1, 3, 1)], {'axes': [0]}, opset=11)
    case('Unsqueeze', [data(3, 4), Const([0, -1])])
    case('Unsqueeze', [data(3, 4)], {'axes': [1, 3]}, opset=11)
    for target in ([2, 3, 4], [4], [5, 1, 1, 1]):
        case('Expand', [data(3, 1), Const(target)])
    case('Tile', [data(2, 3), Const([2, 3])])
    case('Concat', [data(2, 3), data(2, 1), data(2, 4)], {'axis': -1})
    case('Split', [data(7, 2), Const([3, 4])], {'axis': 0}, outputs=2)
    case('Split', [data(6, 2)], {'axis': 0}, outputs=3)
    case('Split', [data(7, 2)], {'axis': 0, 'num_outputs': 3}, outputs=3, opset=18)
    case('Split', [data(6, 2)], {'axis': 0, 'split': [1, 5]}, outputs=2, opset=11)
    big = 2 ** 63 - 1
    for starts, ends, axes, steps in (
        ([1], [3], [0], [1]), ([-3], [big], [1], [1]), ([0, 1], [-1, 100], [0, 1], [2, 3]), ([-1], [-big], [1], [-1]),
        ([5], [2], [0], [1]), ([8], [0], [1], [-2]), ([100], [-100], [1], [-1]), ([-100], [2], [0], [1])):
        case('Slice', [data(5, 9), Const(starts), Const(ends), Const(axes), Const(steps)])
    case('Slice', [data(5, 9)], {'starts': [1, 0], 'ends': [4, -2]}, opset=9)
    case('Pad', [data(2, 3), Const([1, 0, 2, 3])])
    case('Pad', [data(2, 3), Const([1, 2]), None, Const([1])], opset=18)
    case('Pad', [data(2, 3)], {'pads': [0, 1, 2, 0]}, opset=9)
    case('DepthToSpace', [data(1, 8, 2, 3)], {'blocksize': 2})
    case('SpaceToDepth', [data(1, 2, 4, 6)], {'blocksize': 2})
    case('CenterCropPad', [data(5, 8), Const([3, 10])], opset=18)
    case('Shape', [data(2, 3, 4)])
    case('Shape', [data(2, 3, 4)], {'start': 1, 'end': -1})
    case('Size', [data(2, 3, 4)])
    case('ReverseSequence', [data(4, 3), Const([1, 2, 3])])


def resizings():
    for scales in ([1, 1, 2, 2], [1, 1, 0.5, 0.3], [1, 1, 1.7, 2.6]):
        case('Resize', [data(1, 2, 5, 7), None, Const(scales, np.float32)], {'mode': 'nearest'})
        case('Resize', [data(1, 2, 5, 7), Const(scales, np.float32)], {'mode': 'nearest'}, opset=10)
        case('Upsample', [data(1, 2, 5, 7), Const([1, 1, 1.7, 2.6], np.float32)], {'mode': 'nearest'}, opset=9)
    case('Resize', [data(1, 2, 5, 7), None, None, Const([1, 2, 9, 3])], {'mode': 'nearest'})
    case('Resize', [data(1, 2, 5, 7), None, Const([2, 3], np.float32)], {'mode': 'nearest', 'axes': [2, 3]}, opset=18)
    for policy in ('not_larger', 'not_smaller'):
        case('Resize', [data(1, 2, 5, 7), None, None, Const([9, 10])],
             {'mode': 'nearest', 'axes': [2, 3], 'keep_aspect_ratio_policy': policy}, opset=19)
    case('Upsample', [data(1, 2, 5, 7)], {'mode': 'nearest', 'scales': [1.0, 1.0, 2.0, 3.0]}, opset=7)


def indexings():
    case('Gather', [data(5, 6, 7), Const([[0, 1], [2, 3]])], {'axis': 1})
    case('Gather', [data(5, 6), Const(-1)])
    case('GatherElements', [data(3, 3), Const([[0, 1, 2]])])
    case('GatherND', [data(2, 3, 4), Const([[0, 1], [1, 2]])])
    case('GatherND', [data(2, 3, 4), Const([[1], [2]])], {'batch_dims': 1})
    case('ScatterElements', [data(3, 3), Const([[0, 1, 2]]), data(1, 3)])
    case('ScatterND', [data(4, 3), Const([[0], [2]]), data(2, 3)])
    case('OneHot', [Const([[0, 2], [1, 1]]), Const(5), Const([0, 1], np.float32)])
    case('OneHot', [Const([0, 2]), Const([4]), Const([0, 1], np.float32)], {'axis': 0})
    case('TopK', [data(3, 8), Const([5])], outputs=2)
    case('TopK', [data(3, 8)], {'k': 2, 'axis': 0}, outputs=2, opset=9)
    case('GridSample', [data(1, 2, 5, 6), data(1, 3, 4, 2)], opset=16)


def reductions():
    for op in ('ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL1', 'ReduceL2', 'ReduceLogSumExp', 'ReduceSumSquare'):
        case(op, [data(2, 3, 4)], {'axes': [1]}, opset=13)
        case(op, [data(2, 3, 4), Const([0, -1])], {'keepdims': 0}, opset=18)
        case(op, [data(2, 3, 4)], {'keepdims': 0}, opset=18)
    case('ReduceSum', [data(2, 3, 4), Const([1])])
    case('ReduceSum', [data(2, 3, 4)], {'noop_with_empty_axes': 1})
    case('ReduceSum', [data(2, 3, 4)], {'axes': [0, 2], 'keepdims': 0}, opset=11)
    for op in ('ArgMax', 'ArgMin'):
        case(op, [data(2, 3, 4)], {'axis': -1})
        case(op, [data(2, 3, 4)], {'axis': 0, 'keepdims': 0})


def generations():
    case('ConstantOfShape', [Const([2, 3])])
    case('ConstantOfShape', [Const([4])], {'value': helper.make_tensor('v', INT64, [1], [7])})
    case('Range', [Const(1), Const(10), Const(4)])
    case('Range', [Const(10), Const(1), Const(-3)])
    case('Range', [Const(0, np.float32), Const(1, np.float32), Const(0.3, np.float32)])
    case('EyeLike', [data(3, 4)], {'dtype': INT64})
    case('RandomNormal', [], {'shape': [2, 3]})
    case('RandomUniformLike', [data(2, 5)])


def quantized():
    scale, zero = Const(0.1, np.float32), Const(3, np.int8)
    case('QuantizeLinear', [data(2, 3), scale, zero])
    case('QuantizeLinear', [data(2, 3), scale])
    case('DequantizeLinear', [data(2, 3, dtype=INT8), scale, zero])
    case('DynamicQuantizeLinear', [data(2, 3)], outputs=3)
    zero = Const(3, np.uint8)
    ms = 'com.microsoft'
    for op in ('QLinearAdd', 'QLinearMul'):
        case(op, [data(2, 1, 4, dtype=UINT8), scale, zero, data(3, 1, dtype=UINT8), scale, zero, scale, zero], domain=ms)
    for op in ('QLinearSigmoid', 'QLinearLeakyRelu'):
        case(op, [data(2, 3, dtype=UINT8), scale, zero, scale, zero], domain=ms)
    case('QLinearConcat', [scale, zero, data(2, 3, dtype=UINT8), scale, zero, data(2, 4, dtype=UINT8), scale, zero], {'axis': 1}, domain=ms)
    for last in (0, 1):
        case('QLinearGlobalAveragePool', [data(1, 3, 4, 5, dtype=UINT8), scale, zero, scale, zero], {'channels_last': last}, domain=ms)
        case('QLinearAveragePool', [data(1, 3, 8, 9, dtype=UINT8), scale, zero, scale, zero],
             {'channels_last': last, 'kernel_shape': [2, 2], 'strides': [2, 2]}, domain=ms)
    case('DynamicQuantizeMatMul', [data(2, 4), data(4, 5, dtype=UINT8), scale, zero], domain=ms)
    case('MatMulIntegerToFloat', [data(2, 4, dtype=UINT8), data(4, 5, dtype=UINT8), scale, scale, zero, zero], domain=ms)
    case('QGemm', [data(2, 4, dtype=UINT8), scale, zero, data(5, 4, dtype=UINT8), scale, zero, None, scale, zero], {'transB': 1}, domain=ms)
    case('MatMulNBits', [data(2, 3, 64), Const(np.zeros((16, 2, 16)), np.uint8), Const(np.ones(32), np.float32)],
         {'K': 64, 'N': 16, 'bits': 4, 'block_size': 32}, domain=ms)


def contributed():
    ms = 'com.microsoft'
    case('FusedMatMul', [data(2, 4, 3), data(2, 5, 4)], {'transA': 1, 'transB': 1}, domain=ms)
    case('FusedConv', [data(1, 3, 9, 9), data(4, 3, 3, 3)], {'activation': 'Relu'}, domain=ms)
    case('FusedGemm', [data(3, 4), data(4, 5), data(5)], {'activation': 'Relu'}, domain=ms)
    for op in ('Gelu', 'FastGelu', 'QuickGelu'):
        case(op, [data(2, 8)], domain=ms)
    case('BiasGelu', [data(2, 8), data(8)], domain=ms)
    case('SkipLayerNormalization', [data(2, 3, 8), data(2, 3, 8), data(8), data(8)], domain=ms)
    case('Attention', [data(2, 5, 8), data(8, 24), data(24)], {'num_heads': 2}, domain=ms)
    case('MultiHeadAttention', [data(2, 5, 8), data(2, 7, 8), data(2, 7, 8)], {'num_heads': 2}, domain=ms)
    case('Attention', [data(2, 4, 5, 8), data(2, 4, 7, 8), data(2, 4, 7, 6)], opset=23)
    case('Attention', [data(2, 5, 32), data(2, 7, 32), data(2, 7, 24)], {'q_num_heads': 4, 'kv_num_heads': 4}, opset=23)
    ids = Const([[1, 2, 3], [0, 1, 2]], np.int32)
    case('EmbedLayerNormalization', [ids, None, data(9, 8), data(5, 8), None, data(8), data(8)], outputs=2, domain=ms)


def main():
    for family in (convolutions, pools, products, recurrent, arithmetic, normalizations, shapings, resizings, indexings,
                   reductions, generations, quantized, contributed):
        before = len(cases)
        family()
        print(family.__name__, len(cases) - before)
    for entry in cases:
        value = entry['attributes'].get('value')
        if value is not None:
            entry['attributes']['value'] = {'tensor': value.data_type, 'values': numpy_helper.to_array(value).tolist()}
    versions = {'onnx': onnx.__version__, 'onnxruntime': ort.__version__}
    with open(os.path.join(here, 'operators.json'), 'w') as file:
        body = ',\n'.join(json.dumps(entry, separators=(',', ':')) for entry in cases)
        file.write(f'{{"versions":{json.dumps(versions)},"cases":[\n{body}\n]}}\n')
    print(len(cases), 'cases')


main()
