import { describe, expect, it } from 'vitest';
import { slowLayers } from '../../../../src/inspect/findings/slowLayers.js';
import { targetOf } from '../../../../src/inspect/findings/targetOf.js';
import type { Model } from '../../../../src/graph/model.js';
import type { Tensor } from '../../../../src/tensor/tensor.js';
import { tensorOfArray } from '../../../../src/tensor/tensor.js';
import { constant, floatInput, modelOf, node } from '../../compress/quantize/smallModels.js';

type Type = 'uint8' | 'int8' | 'int16';

const integers = (elementType: Type, shape: readonly number[], list: readonly number[]): Tensor => {
  const data = { uint8: Uint8Array, int8: Int8Array, int16: Int16Array }[elementType].from(list);
  return tensorOfArray({ elementType, shape, data });
};

/** x -> quantized -> conv -> relu -> quantized -> conv -> y */
function twoConvolutions(type: Type, zero: number, second = 'Conv'): Model {
  const pair = (value: string) => [
    node('QuantizeLinear', [value, 's', 'z'], [`${value}_q`], `${value}_q`),
    node('DequantizeLinear', [`${value}_q`, 's', 'z'], [`${value}_dq`], `${value}_dq`),
  ];
  return modelOf({
    nodes: [
      ...pair('x'),
      node('DequantizeLinear', ['w', 's', 'wz'], ['w_dq'], 'w_dq'),
      node('Conv', ['x_dq', 'w_dq'], ['a'], 'conv1'),
      node('Relu', ['a'], ['b'], 'relu'),
      ...pair('b'),
      node(second, second === 'Conv' ? ['b_dq', 'w_dq'] : ['b_dq'], ['y'], 'last'),
    ],
    inputs: [floatInput('x', [1, 1, 2, 2])],
    outputs: [floatInput('y', [1, 1, 2, 2])],
    constants: {
      s: constant([], [0.1]),
      z: integers(type, [], [zero]),
      w: integers('int8', [1, 1, 1, 1], [3]),
      wz: integers('int8', [], [0]),
    },
  });
}

const found = (model: Model, target: string) =>
  Object.fromEntries(
    slowLayers(model, targetOf(target)).map(({ layer, reason }) => [layer, reason.id.split('.').at(-1)]),
  );

describe('layers that a target would not run fast', () => {
  it('are those whose result, type or operator has no kernel', () => {
    expect(found(twoConvolutions('uint8', 128), 'onnxruntime-cpu')).toEqual({ last: 'result' });
    expect(found(twoConvolutions('int16', 0), 'onnxruntime-cpu')).toEqual({ conv1: 'type', last: 'type' });
    expect(found(twoConvolutions('uint8', 128, 'Erf'), 'onnxruntime-cpu')).toEqual({ last: 'operator' });
  });

  it('depend on the target', () => {
    expect(found(twoConvolutions('int8', 0), 'tensorrt')).toEqual({});
    expect(found(twoConvolutions('int8', 5), 'tensorrt')).toEqual({ conv1: 'zero-point', last: 'zero-point' });
    expect(found(twoConvolutions('uint8', 0), 'tensorrt')).toEqual({ conv1: 'type', last: 'type' });
  });

  it('are floats where integers are asked for, and those alone', () => {
    const model = modelOf({
      nodes: [node('Erf', ['x'], ['a'], 'erf'), node('Reshape', ['a', 'shape'], ['y'], 'reshape')],
      inputs: [floatInput('x', [4])],
      outputs: [floatInput('y', [2, 2])],
      constants: { shape: constant([2], [2n, 2n]) },
    });
    expect(found(model, 'onnxruntime-cpu')).toEqual({});
    expect(found(model, 'onnxruntime-cpu-int8')).toEqual({ erf: 'float' });
  });

  it('are dynamic convolutions, and weights that become floats in each run', () => {
    const model = modelOf({
      nodes: [
        node('DynamicQuantizeLinear', ['x'], ['q', 'qs', 'qz'], 'q'),
        node('ConvInteger', ['q', 'w', 'qz'], ['i'], 'conv'),
        node('Cast', ['i'], ['f'], 'cast'),
        node('DequantizeLinear', ['w', 's'], ['w_dq'], 'w_dq'),
        node('Conv', ['x', 'w_dq'], ['y'], 'weights'),
      ],
      inputs: [floatInput('x', [1, 1, 2, 2])],
      outputs: [floatInput('y', [1, 1, 2, 2])],
      constants: { w: integers('int8', [1, 1, 1, 1], [3]), s: constant([], [0.1]) },
    });
    expect(found(model, 'onnxruntime-cpu')).toEqual({ conv: 'dynamic-convolution', weights: 'weight-only' });
  });
});
