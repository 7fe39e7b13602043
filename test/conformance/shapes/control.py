"""Small models with control flow and local functions, for models.py.

Writes control/*.onnx beside this file. Run from the project's root:
    python test/conformance/shapes/control.py
Needs onnx; written with 1.23.2.
"""
import os

import onnx
from onnx import parser

target = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'control')
header = '<ir_version: 8, opset_import: ["" : 17{more}]>\n'

models = {
    # A carried value that keeps its shape, and one collected each round.
    'loop': ('', '''
loop (float[batch, 3] x) => (final, all) {
    trips = Constant <value = int64 {5}> ()
    go = Constant <value = bool {1}> ()
    final, all = Loop (trips, go, x) <body = body (int64 i, bool before, float[batch, 3] carried)
        => (bool after, float[batch, 3] next, float[batch, 6] collected) {
        after = Identity (before)
        next = Relu (carried)
        collected = Concat <axis = 1> (next, x)
    }>
    y = Transpose <perm = [2, 0, 1]> (all)
}'''),
    # Sequences along axes other than the first.
    'scan': ('', '''
scan (float[batch, 7, 3] x) => (final, all) {
    initial = Constant <value = float[1, 3] {0, 0, 0}> ()
    shape = Shape <start = 0, end = 1> (x)
    three = Constant <value = int64[1] {3}> ()
    target = Concat <axis = 0> (shape, three)
    state = Expand (initial, target)
    final, all = Scan <num_scan_inputs = 1, scan_input_axes = [1], scan_output_axes = [-1], body = body
        (float[batch, 3] before, float[batch, 3] element) => (float[batch, 3] after, float[batch] norm) {
        after = Add (before, element)
        norm = ReduceSum <keepdims = 0> (after, last)
    }> (state, x)
}'''),
    # The rank decides which branch runs.
    'choice': ('', '''
choice (float[batch, 1, 4] x) => (y, z) {
    shape = Shape (x)
    rank = Size (shape)
    three = Constant <value = int64 {3}> ()
    is_three = Equal (rank, three)
    one = Constant <value = int64[1] {1}> ()
    y = If (is_three) <
        then_branch = flat () => (float[batch, 4] squeezed) { squeezed = Squeeze (x, one) },
        else_branch = whole () => (float[batch, 1, 4] same) { same = Identity (x) }
    >
    z = MatMul (y, weight)
}'''),
    # A function whose attributes steer the shapes, called by another.
    'function': (', "own" : 1', '''
functions (float[batch, 6] x) => (y, z) {
    y = own.stack <along = 1> (x, x)
    z = own.turn <along = 0> (x, x)
}
<domain: "own", opset_import: ["" : 17]>
stack <along> (a, b) => (r) { r = Concat <axis: int = @along> (a, b) }
<domain: "own", opset_import: ["" : 17, "own" : 1]>
turn <along> (a, b) => (r) {
    s = own.stack <along: int = @along> (a, b)
    r = Transpose (s)
}'''),
}


def main():
    os.makedirs(target, exist_ok=True)
    for name, (more, text) in models.items():
        model = parser.parse_model(header.format(more=more) + text.strip())
        if name == 'scan':
            last = onnx.helper.make_tensor('last', onnx.TensorProto.INT64, [1], [-1])
            model.graph.initializer.append(last)
        if name == 'choice':
            model.graph.initializer.append(onnx.helper.make_tensor('weight', onnx.TensorProto.FLOAT, [4, 5], [0.5] * 20))
        onnx.save(model, os.path.join(target, f'{name}.onnx'))


main()
