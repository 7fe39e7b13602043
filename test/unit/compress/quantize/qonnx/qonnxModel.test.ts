import { afterAll, describe, expect, it } from 'vitest';
import { preferredChoices } from '../../../../../src/compress/method.js';
import { parseSettings } from '../../../../../src/compress/options.js';
import { quantize } from '../../../../../src/compress/quantize/quantize.js';
import { modelInputs } from '../../../../../src/data/modelInput.js';
import { openDataset } from '../../../../../src/data/openDataset.js';
import { copyModel } from '../../../../../src/graph/copy.js';
import type { Graph } from '../../../../../src/graph/graph.js';
import type { Model } from '../../../../../src/graph/model.js';
import { Node } from '../../../../../src/graph/node.js';
import { openModel } from '../../../../../src/onnx/openModel.js';
import { collectActivationStatistics } from '../../../../../src/runtime/activationStatistics.js';
import { loadModel } from '../../../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import { residentNumbers } from '../../../../../src/tensor/numbers.js';
import { fixturePath, samplePath } from '../../../models.js';
import { runnerPath } from '../../../runnerPath.js';
import { constant } from '../smallModels.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const work = { target: { exactInt8Sums: true }, laboratory: null, seed: 0 };

async function quantized(path: string, settings: readonly string[]): Promise<{ model: Model; qonnx: Model }> {
  const opened = await openModel(path);
  const options = parseSettings(quantize, ['format=qonnx', ...settings]);
  const { model } = await quantize.prepare(opened.model, options, work);
  const choices = preferredChoices(quantize.candidates(model, options, work.target));
  const request = quantize.statistics(model, choices, options);
  const dataset = await openDataset(samplePath('digits-calibration.npz'), modelInputs(model), { limit: 20 });
  const statistics = await collectActivationStatistics(runtime, model, request, dataset);
  const applied = await quantize.apply({ model, choices, statistics, options, ...work });
  const companion = await quantize.companion!(applied.model, options);
  return { model: applied.model, qonnx: companion!.model };
}

/** Quant as the specification says it, in standard operators: clip(x / scale + zero point), round, and back. */
function expanded(qonnx: Model): Model {
  const model = copyModel(qonnx);
  const { graph } = model;
  for (const node of graph.nodes) if (node.domain === 'qonnx.custom_op.general') expand(graph, node);
  model.opsets.delete('qonnx.custom_op.general');
  return model;
}

function expand(graph: Graph, node: Node): void {
  expect(node.opType).toBe('Quant');
  const [x = '', scale = '', zero = '', width = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const bits = residentNumbers(graph.initializers.get(width)!.tensor)![0]!;
  const signed = node.int('signed');
  const least = signed ? -(2 ** (bits - 1)) : 0;
  for (const [name, value] of [
    ['least', least],
    ['greatest', least + 2 ** bits - 1],
  ] as const) {
    graph.initializers.set(`${y}_${name}`, { name: `${y}_${name}`, tensor: constant([], [value]) });
  }
  const step = (opType: string, inputs: string[], output: string) => new Node({ opType, inputs, outputs: [output] });
  graph.insertAfter(
    node,
    step('Div', [x, scale], `${y}_1`),
    step('Add', [`${y}_1`, zero], `${y}_2`),
    step('Clip', [`${y}_2`, `${y}_least`, `${y}_greatest`], `${y}_3`),
    step('Round', [`${y}_3`], `${y}_4`),
    step('Sub', [`${y}_4`, zero], `${y}_5`),
    step('Mul', [`${y}_5`, scale], y),
  );
  graph.remove(node);
}

async function logits(model: Model): Promise<Float32Array> {
  const dataset = await openDataset(samplePath('digits-test.npz'), modelInputs(model), { limit: 16 });
  const session = await loadModel(runtime, model, { optimization: 'disabled' });
  const { feeds } = await dataset.read(Array.from({ length: 16 }, (_, i) => i));
  const found = await session.run(feeds);
  await session.release();
  return found['logits']!.data as Float32Array;
}

const operators = ({ graph }: Model) => new Set(graph.nodes.map(({ opType }) => opType));

describe('a model with Quant nodes', () => {
  it.each([
    ['8 bits', samplePath('lenet-5.onnx'), []],
    ['8 bits, symmetric', fixturePath('mobilenet-digits.onnx'), ['symmetricActivations=true', 'activationType=int8']],
    ['4 and 6 bits', fixturePath('resnet-digits.onnx'), ['scheme=simulated', 'bits=4', 'activationBits=6']],
    [
      '3 bits, scales of powers of two',
      samplePath('lenet-5.onnx'),
      ['scheme=simulated', 'bits=3', 'activationBits=8', 'powerOfTwoScales=true'],
    ],
  ] as const)('computes what onnxruntime computes of the other: %s', async (_, path, settings) => {
    const { model, qonnx } = await quantized(path, settings);
    expect(operators(qonnx)).not.toContain('QuantizeLinear');
    expect(operators(qonnx)).not.toContain('DequantizeLinear');
    expect(qonnx.opsets.get('qonnx.custom_op.general')).toBe(1);
    const [expected, found] = [await logits(model), await logits(expanded(qonnx))];
    let [signal, noise] = [0, 0];
    for (const [i, value] of expected.entries()) {
      signal += value ** 2;
      noise += (value - found[i]!) ** 2;
    }
    // Sums are added up in another order; a number in the middle may go to the other side.
    expect(10 * Math.log10(signal / noise)).toBeGreaterThan(50);
  });

  it('tells the width that was asked for', async () => {
    const { qonnx } = await quantized(samplePath('lenet-5.onnx'), ['scheme=simulated', 'bits=3', 'activationBits=5']);
    const widths = qonnx.graph.nodes
      .filter(({ opType }) => opType === 'Quant')
      .map(({ inputs }) => residentNumbers(qonnx.graph.initializers.get(inputs[3]!)!.tensor)![0]);
    expect(new Set(widths)).toEqual(new Set([3, 5]));
  });

  it('is refused where there is none', async () => {
    const opened = await openModel(samplePath('lenet-5.onnx'));
    const options = parseSettings(quantize, ['format=qonnx', 'scheme=dynamic']);
    await expect(quantize.prepare(opened.model, options, work)).rejects.toThrow(
      'There is no QONNX form of the scheme dynamic.',
    );
    await opened.close();
  });
});
