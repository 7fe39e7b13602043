/** Models of one weight each, of every form that weight-only quantization knows. */
import type { Model, ValueInfo } from '../../../../../src/graph/model.js';
import { floatAttribute, intAttribute } from '../../../../../src/graph/node.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';

export interface WeightCase {
  readonly model: Model;
  readonly shape: readonly number[];
  /** Feeds of the input. */
  readonly input: { readonly name: string; readonly shape: readonly number[]; readonly indices?: number };
}

const output: ValueInfo = { name: 'y', type: { kind: 'tensor', elementType: 'float32' } };
const indices: ValueInfo = { name: 'x', type: { kind: 'tensor', elementType: 'int64', shape: [5] } };

/** Builds a model around a weight of `inputs` by `outputs`. */
export const weightCases: Readonly<
  Record<string, (inputs: number, outputs: number, weight: (count: number) => number[]) => WeightCase>
> = {
  'MatMul on the right': (inputs, outputs, weight) => one('MatMul', [inputs, outputs], weight, [3, inputs]),
  'MatMul on the left': (inputs, outputs, weight) => {
    const shape = [outputs, inputs];
    return wrap([node('MatMul', ['w', 'x'], ['y'])], shape, weight, [inputs, 3]);
  },
  'MatMul of batches': (inputs, outputs, weight) => one('MatMul', [2, inputs, outputs], weight, [2, 3, inputs]),
  'MatMul with a leading axis': (inputs, outputs, weight) =>
    one('MatMul', [1, inputs, outputs], weight, [1, 3, inputs]),
  Gemm: (inputs, outputs, weight) => one('Gemm', [inputs, outputs], weight, [3, inputs]),
  'Gemm turned, with a bias and a factor': (inputs, outputs, weight) =>
    wrap(
      [node('Gemm', ['x', 'w', 'b'], ['y'], 'g', { transB: intAttribute(1), alpha: floatAttribute(0.5) })],
      [outputs, inputs],
      weight,
      [3, inputs],
      {
        b: constant(
          [outputs],
          Array.from({ length: outputs }, (_, i) => i / 8),
        ),
      },
    ),
  Conv: (inputs, outputs, weight) => one('Conv', [outputs, inputs, 2, 2], weight, [1, inputs, 3, 3]),
  ConvTranspose: (inputs, outputs, weight) => one('ConvTranspose', [inputs, outputs, 2, 2], weight, [1, inputs, 3, 3]),
  Gather: (inputs, outputs, weight) => {
    const shape = [outputs, inputs];
    const model = modelOf({
      nodes: [node('Gather', ['w', 'x'], ['y'])],
      inputs: [indices],
      outputs: [output],
      constants: { w: constant(shape, weight(inputs * outputs)) },
    });
    return { model: at21(model), shape, input: { name: 'x', shape: [5], indices: outputs } };
  },
};

function one(op: string, shape: readonly number[], weight: (count: number) => number[], input: readonly number[]) {
  return wrap([node(op, ['x', 'w'], ['y'], op)], shape, weight, input);
}

function wrap(
  nodes: ReturnType<typeof node>[],
  shape: readonly number[],
  weight: (count: number) => number[],
  input: readonly number[],
  more: Record<string, ReturnType<typeof constant>> = {},
): WeightCase {
  const count = shape.reduce((product, size) => product * size, 1);
  const constants = { w: constant(shape, weight(count)), ...more };
  const model = modelOf({ nodes, inputs: [floatInput('x', input)], outputs: [output], constants });
  return { model: at21(model), shape, input: { name: 'x', shape: input } };
}

function at21(model: Model): Model {
  model.opsets.set('', 21);
  model.irVersion = 10;
  return model;
}
