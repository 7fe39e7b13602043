import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { inputRows, outputRows, secondMoment } from '../../../../../src/compress/quantize/rounding/layerRows.js';
import { fromRows, productLayer, toRows } from '../../../../../src/compress/quantize/rounding/productLayer.js';
import type { ProductLayer } from '../../../../../src/compress/quantize/rounding/productLayer.js';
import { partialModel } from '../../../../../src/compress/quantize/rounding/partialModel.js';
import type { RoundingTask } from '../../../../../src/compress/quantize/rounding/rounding.js';
import type { Attribute, Model } from '../../../../../src/graph/model.js';
import { intAttribute, intsAttribute } from '../../../../../src/graph/node.js';
import { loadModel } from '../../../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { elementCount } from '../../../../../src/tensor/elementType.js';
import { constant, floatInput, modelOf, node } from '../smallModels.js';
import { runnerPath } from '../../../runnerPath.js';
import { drawn } from './drawnDataset.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

function layerModel(
  op: string,
  inputShape: readonly number[],
  weightShape: readonly number[],
  attributes: Record<string, Attribute> = {},
): Model {
  return modelOf({
    nodes: [node(op, ['x', 'w'], ['y'], 'layer', attributes)],
    inputs: [floatInput('x', inputShape)],
    outputs: [{ name: 'y' }],
    constants: { w: constant(weightShape, [...drawn(elementCount(weightShape), 9)]) },
  });
}

function layerOf({ graph }: Model): { layer: ProductLayer; task: RoundingTask } {
  const { shape } = graph.initializers.get('w')!.tensor;
  const task: RoundingTask = {
    weight: 'w',
    readers: graph.nodes,
    shape,
    data: drawn(elementCount(shape), 9),
    parameters: {
      type: 'int8',
      integers: { min: -128, max: 127 },
      scales: Float32Array.of(1),
      zeroPoints: [0],
    },
  };
  const layer = productLayer(graph, task);
  if (typeof layer === 'string') throw new Error(layer);
  return { layer, task };
}

/** Holds that rows of inputs times rows of the weight are rows of outputs, and second moments those of the rows. */
async function check(model: Model, inputShape: readonly number[]): Promise<void> {
  const { layer, task } = layerOf(model);
  const shown = partialModel(model, new Map(), (writer) => {
    const rows = inputRows(writer, layer, task.shape);
    return { rows, made: outputRows(writer, layer), moments: secondMoment(writer, rows, layer) };
  });
  const session = await loadModel(runtime, shown.model);
  const x = { elementType: 'float32' as const, shape: inputShape, data: drawn(elementCount(inputShape), 4) };
  const found = await session.run({ x });
  const [rows, made, moments] = (['rows', 'made', 'moments'] as const).map((key) => found[shown.outputs[key]]);
  await session.release();
  const weight = toRows(layer, task.data);
  expect([...fromRows(layer, weight, new Float32Array(weight.length))]).toEqual([...task.data]);
  const { groups, outputs, inputs } = layer;
  const count = rows!.shape[0]!;
  expect(made!.shape).toEqual([count, groups * outputs]);
  const expected = new Float64Array(groups * inputs * inputs);
  for (let row = 0; row < count; row++) {
    for (let g = 0; g < groups; g++) {
      const x = Array.from({ length: inputs }, (_, k) => Number(rows!.data[(row * groups + g) * inputs + k]));
      for (let output = g * outputs; output < (g + 1) * outputs; output++) {
        const sum = x.reduce((sum, each, k) => sum + each * weight[output * inputs + k]!, 0);
        expect(made!.data[row * groups * outputs + output]).toBeCloseTo(sum, 3);
      }
      for (const [i, a] of x.entries()) {
        for (const [j, b] of x.entries()) expected[(g * inputs + i) * inputs + j]! += a * b;
      }
    }
  }
  expect(moments!.shape).toEqual([groups, inputs, inputs]);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(Number(moments!.data[i]) - value)).toBeLessThan(1e-3 * (1 + Math.abs(value)));
  }
}

describe('a layer as a product of rows', () => {
  it('holds for convolutions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          groups: fc.integer({ min: 1, max: 3 }),
          perGroup: fc.integer({ min: 1, max: 2 }),
          outputs: fc.integer({ min: 1, max: 2 }),
          kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
          stride: fc.integer({ min: 1, max: 2 }),
          dilation: fc.integer({ min: 1, max: 2 }),
          pad: fc.integer({ min: 0, max: 1 }),
        }),
        async ({ groups, perGroup, outputs, kernel, stride, dilation, pad }) => {
          const inputShape = [2, groups * perGroup, 6, 5];
          const attributes = {
            group: intAttribute(groups),
            kernel_shape: intsAttribute(kernel),
            strides: intsAttribute([stride, 1]),
            dilations: intsAttribute([1, dilation]),
            pads: intsAttribute([pad, 0, 0, pad]),
          };
          await check(layerModel('Conv', inputShape, [groups * outputs, perGroup, ...kernel], attributes), inputShape);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('holds for products of matrices, whichever way the weight lies', async () => {
    await check(layerModel('MatMul', [2, 3, 4], [4, 5]), [2, 3, 4]);
    await check(layerModel('Gemm', [3, 4], [4, 5]), [3, 4]);
    await check(layerModel('Gemm', [3, 4], [5, 4], { transB: intAttribute(1) }), [3, 4]);
  });

  it('says which weights it cannot see so', () => {
    const reason = (model: Model, readers = model.graph.nodes) => {
      const { shape } = model.graph.initializers.get('w')!.tensor;
      const parameters = {
        type: 'int8',
        integers: { min: 0, max: 1 },
        scales: Float32Array.of(1),
        zeroPoints: [0],
      } as const;
      return productLayer(model.graph, { weight: 'w', readers, shape, data: new Float32Array(), parameters });
    };
    const transposed = layerModel('ConvTranspose', [1, 2, 3, 3], [2, 2, 3, 3]);
    expect(reason(transposed)).toBe('compress.quantize.rounding.left.operator');
    expect(reason(layerModel('MatMul', [2, 3, 4], [2, 4, 5]))).toBe('compress.quantize.rounding.left.operator');
    expect(reason(layerModel('Gemm', [4, 3], [4, 5], { transA: intAttribute(1) }))).toBe(
      'compress.quantize.rounding.left.operator',
    );
    expect(reason(layerModel('MatMul', [3, 4], [4, 5]), [])).toBe('compress.quantize.rounding.left.shared');
  });
});
