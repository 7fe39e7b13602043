import { describe, expect, it } from 'vitest';
import { separateRelu } from '../../../../../src/compress/quantize/weightOnly/separateRelu.js';
import { Names } from '../../../../../src/graph/names.js';
import { validate } from '../../../../../src/graph/validate.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';

const weights = { w: constant([2, 2], [1, 2, 3, 4]), b: constant([2], [1, 2]) };
const ports = { inputs: [floatInput('x', [1, 2])], outputs: [floatInput('y', [1, 2])] };

function after(nodes: ReturnType<typeof node>[], outputs = ports.outputs) {
  const model = modelOf({ ...ports, outputs, nodes, constants: weights });
  const stood = separateRelu(model.graph, new Names(model), nodes[0]!);
  validate(model);
  return { stood, operators: model.graph.nodes.map(({ opType }) => opType), model };
}

describe('the Relu behind a product', () => {
  it.each([
    ['a Gemm', [node('Gemm', ['x', 'w', 'b'], ['a'], 'product'), node('Relu', ['a'], ['y'], 'relu')]],
    [
      'a MatMul and its Add',
      [
        node('MatMul', ['x', 'w'], ['p'], 'product'),
        node('Add', ['p', 'b'], ['a'], 'sum'),
        node('Relu', ['a'], ['y'], 'relu'),
      ],
    ],
  ])('of %s is written as the greater of its input and 0, under its name', (_name, nodes) => {
    const { stood, operators, model } = after(nodes);
    expect(operators.at(-1)).toBe('Max');
    expect(operators).not.toContain('Relu');
    const last = model.graph.nodes.at(-1)!;
    expect(last).toMatchObject({ name: 'relu', inputs: ['a', 'y_zero'], outputs: ['y'] });
    expect(stood.get(nodes.at(-1)!)).toBe(last);
  });

  it('stays where others read the product, or nothing but Relu is there', () => {
    const relu = node('Relu', ['a'], ['y'], 'relu');
    const shared = after([node('Gemm', ['x', 'w', 'b'], ['a'], 'product'), relu, node('Neg', ['a'], ['z'])]);
    expect(shared.operators).toContain('Relu');
    const sigmoid = after([node('Gemm', ['x', 'w', 'b'], ['a'], 'product'), node('Sigmoid', ['a'], ['y'])]);
    expect(sigmoid.operators).toEqual(['Gemm', 'Sigmoid']);
    const two = after([
      node('MatMul', ['x', 'w'], ['p'], 'product'),
      node('Add', ['p', 'x'], ['a']),
      node('Relu', ['a'], ['y']),
    ]);
    expect(two.operators).toContain('Relu');
  });
});
