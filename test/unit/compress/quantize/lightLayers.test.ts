import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../../../src/compress/options.js';
import { quantize } from '../../../../src/compress/quantize/quantize.js';
import type { Node } from '../../../../src/graph/node.js';
import { constant, floatInput, modelOf, node } from './smallModels.js';

const weights = { w: constant([2, 2], [1, 2, 3, 4]), c: constant([2], [1, 2]) };

/** The layers that are to be quantized, and those left in float32 because of their neighbours. */
function plan(nodes: Node[], settings: string[] = []) {
  const last = nodes.at(-1)!.outputs[0]!;
  const model = modelOf({
    nodes,
    inputs: [floatInput('x', [2, 2])],
    outputs: [floatInput(last, [2, 2])],
    constants: weights,
  });
  const { sites, skipped } = quantize.candidates(model, parseSettings(quantize, settings), { exactInt8Sums: true });
  return {
    quantized: sites.filter(({ preferred }) => preferred === 1).map(({ layer }) => layer),
    amongFloats: skipped
      .filter(({ reason }) => reason.id === 'compress.quantize.skipped.among-floats')
      .map(({ layer }) => layer),
    open: sites.map(({ layer }) => layer),
  };
}

describe.each(['format=qdq', 'format=qoperator'])('light layers with %s', (format) => {
  const between = [
    node('Erf', ['x'], ['a'], 'erf'),
    node('Add', ['a', 'c'], ['b'], 'sum'),
    node('Mul', ['b', 'c'], ['d'], 'product'),
    node('MatMul', ['d', 'w'], ['y'], 'matmul'),
  ];

  it('stay in float32 where all that they read is float32, and can still be chosen', () => {
    expect(plan(between, [format])).toEqual({
      quantized: ['matmul'],
      amongFloats: ['sum', 'product'],
      open: ['sum', 'product', 'matmul'],
    });
  });

  it('are quantized behind a quantized layer, also where others only pass integers on', () => {
    const behind = [
      node('MatMul', ['x', 'w'], ['a'], 'matmul'),
      node('Relu', ['a'], ['b'], 'relu'),
      node('Transpose', ['b'], ['d'], 'transpose'),
      node('Add', ['d', 'd'], ['y'], 'sum'),
    ];
    const { quantized, amongFloats } = plan(behind, [format]);
    expect(quantized).toContain('sum');
    expect(amongFloats).toEqual([]);
    expect(plan(behind, [format, 'exclude=matmul']).amongFloats).toEqual(['sum']);
  });

  it.each(['quantizeUnfused=true', 'include=sum,product,matmul', 'compat=onnxruntime'])(
    'are quantized where %s asks for it',
    (setting) => {
      expect(plan(between, [format, setting])).toMatchObject({
        quantized: expect.arrayContaining(['sum', 'product', 'matmul']),
        amongFloats: [],
      });
    },
  );
});
