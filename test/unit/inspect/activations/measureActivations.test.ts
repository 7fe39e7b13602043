import { afterAll, describe, expect, it } from 'vitest';
import { splitDataset } from '../../../../src/data/split.js';
import { channelAxes } from '../../../../src/inspect/activations/channelAxes.js';
import { inspectedActivation, withActivations } from '../../../../src/inspect/activations/inspectedActivation.js';
import { measureActivations, openActivationData } from '../../../../src/inspect/activations/measureActivations.js';
import { inspection } from '../../../../src/inspect/inspectModel.js';
import { inferShapes } from '../../../../src/graph/inferShapes.js';
import { layersOf } from '../../../../src/graph/layers.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import { collectActivationStatistics } from '../../../../src/runtime/activationStatistics.js';
import { createRuntime } from '../../../../src/runtime/runtime.js';
import { fixturePath, samplePath, vadPath } from '../../models.js';
import { runnerPath } from '../../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

async function axesOf(path: string) {
  const opened = await openModel(path);
  const layers = layersOf(opened.model);
  const axes = channelAxes(opened.model, layers, inferShapes(opened.model));
  await opened.close();
  return (name: string) => {
    const layer = layers.find((candidate) => candidate.name === name)!;
    return axes.of(layer.scope, layer.node.outputs[0]!);
  };
}

describe('channelAxes', () => {
  it('of a convolutional network is the second, and the last after its products', async () => {
    const axisOf = await axesOf(samplePath('lenet-5.onnx'));
    expect(['/conv1/Conv', '/Relu', '/MaxPool', '/Flatten', '/fc1/Gemm', '/Relu_2'].map(axisOf)).toEqual([
      1, 1, 1, 1, -1, -1,
    ]);
  });

  it('of a transformer is where its features are, also behind a Transpose', async () => {
    const opened = await openModel(fixturePath('vit-digits.onnx'));
    const layers = layersOf(opened.model);
    const inference = inferShapes(opened.model);
    const axes = channelAxes(opened.model, layers, inference);
    for (const { node, scope } of layers.filter((layer) => layer.node.is('MatMul') || layer.node.is('Add'))) {
      const rank = inference.shapeOf(scope.graph, node.outputs[0]!)!.length;
      if (rank === 3) expect([node.name, (axes.of(scope, node.outputs[0]!)! + rank) % rank]).toEqual([node.name, 2]);
    }
    await opened.close();
  });
});

describe('measureActivations', () => {
  it('finds the dead channels of LeNet over the calibration digits, and says what they were measured on', async () => {
    const opened = await openModel(samplePath('lenet-5.onnx'));
    const data = await openActivationData(opened.model, samplePath('digits-calibration.npz'), { limit: 40 });
    const stages: number[] = [];
    const measured = await measureActivations(runtime, opened.model, data, {
      name: 'lenet-5.onnx',
      onProgress: ({ fraction }) => stages.push(fraction),
    });
    const structure = await inspection(opened, { statistics: false });
    const { layers, activations } = withActivations(structure, measured, 16);
    const relu = layers.find(({ name }) => name === '/Relu_2')!.activations[0]!;
    expect(relu.channels!.dead.length).toBeGreaterThan(100);
    expect(relu.channels!.dead.every((channel) => relu.channels!.max[channel] === 0)).toBe(true);
    expect(relu).toMatchObject({ dtype: 'float32', shape: [1, 500], min: 0, count: 20_000 });
    expect(relu.histogram!.counts).toHaveLength(16);
    expect(activations).toMatchObject({ samples: 40, measured: 11, missing: 0, passes: 1 });
    expect(activations.inputs.map(({ name }) => name)).toEqual(['image']);
    expect(stages.at(-1)).toBe(1);

    const { fit } = splitDataset(data.dataset, 0);
    const names = measured.values.map(({ key }) => key);
    const { ranges } = await collectActivationStatistics(runtime, opened.model, { ranges: names }, fit);
    for (const { key, statistics } of measured.values)
      expect([key, statistics!.parts[0]]).toEqual([key, ranges.get(key)]);
    await opened.close();
  });

  it('carries the state of a voice detector, and lists what no sample reached', async () => {
    const opened = await openModel(vadPath('silero_vad_legacy.onnx'));
    const data = await openActivationData(opened.model, 'random', { limit: 3 });
    const measured = await measureActivations(runtime, opened.model, data, { name: 'vad' });
    await opened.close();
    expect(measured.notes.map(({ id }) => id)).toEqual(['data.random', 'activations.carried', 'activations.carried']);
    const unreached = measured.values.filter(({ statistics }) => !statistics);
    expect(unreached.length).toBeGreaterThan(20);
    expect(new Set(unreached.map(({ missing }) => missing?.id))).toEqual(new Set(['activations.missing.not-run']));
    expect(inspectedActivation(unreached[0]!, 8)).toMatchObject({ min: null, histogram: null, channels: null });
  });
});
