import { describe, expect, it } from 'vitest';
import { inferShapes } from '../../../../src/graph/inferShapes.js';
import { layersOf } from '../../../../src/graph/layers.js';
import { Diagram } from '../../../../src/inspect/diagram/diagram.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import { realModel, realModels } from '../../../fixtures/realModels.js';
import { atOnce, checkPicture } from './laidOut.js';

async function diagramOfFile(path: string): Promise<Diagram> {
  const opened = await openModel(path);
  try {
    const { model } = opened;
    return await Diagram.of(model, layersOf(model), inferShapes(model), atOnce.rest);
  } finally {
    await opened.close();
  }
}

describe.each(realModels)('the diagram of $name', ({ path }) => {
  it('shows the whole, soundly', async () => {
    const diagram = await diagramOfFile(path);
    checkPicture(await diagram.layOut(null, atOnce));
    const picture = await diagram.layOut('all', atOnce);
    checkPicture(picture);
    const layers = picture.shown.filter(({ item }) => item.layer >= 0).map(({ item }) => item.layer);
    expect(layers.sort((a, b) => a - b)).toEqual(Array.from({ length: diagram.nodes }, (_, layer) => layer));
    checkPicture(await diagram.layOut([], atOnce));
  });
});

describe('the diagram', () => {
  it('of LeNet-5 is a chain of its layers, by their names without scopes', async () => {
    const diagram = await diagramOfFile(realModel('lenet-5'));
    const { shown, edges } = await diagram.layOut(null, atOnce);
    expect(shown.slice(1).map(({ item }) => [item.kind, item.name, item.detail])).toEqual([
      ['input', 'image', 'float32[batch,1,28,28]'],
      ['node', 'conv1/Conv', '20×1×5×5'],
      ['node', 'Relu', 'batch×20×24×24'],
      ['node', 'MaxPool', 'batch×20×12×12'],
      ['node', 'conv2/Conv', '50×20×5×5'],
      ['node', 'Relu_1', 'batch×50×8×8'],
      ['node', 'MaxPool_1', 'batch×50×4×4'],
      ['node', 'Flatten', 'batch×800'],
      ['node', 'fc1/Gemm', '500×800'],
      ['node', 'Relu_2', 'batch×500'],
      ['node', 'fc2/Gemm', '10×500'],
      ['output', 'logits', 'float32[batch,10]'],
    ]);
    expect(edges.map(({ from, to }) => [from, to])).toEqual(Array.from({ length: 11 }, (_, i) => [i + 1, i + 2]));
    expect(edges.map(({ values }) => diagram.labelOf(values[0]!))[1]).toBe(
      '/conv1/Conv_output_0 float32[batch,20,24,24]',
    );
  });

  it('of a residual network has a box for each block, told alike where they are', async () => {
    const { shown } = await (await diagramOfFile(realModel('resnet-digits'))).layOut(null, atOnce);
    const scopes = shown.filter(({ item }) => item.kind === 'scope').map(({ item }) => [item.name, item.nodes]);
    expect(scopes).toEqual([
      ['l', 17],
      ['l.0', 5],
      ['l.1', 6],
      ['l.2', 6],
    ]);
  });

  it('of a model of PaddlePaddle takes the kinds of its nodes for no scopes', async () => {
    const { shown } = await (await diagramOfFile(realModel('ppocr-detection'))).layOut(null, atOnce);
    expect(shown.filter(({ item }) => item.kind === 'scope')).toEqual([]);
    expect(shown.filter(({ item }) => item.kind === 'block').length).toBeGreaterThan(3);
  });

  it('of Silero opens the branches of its Ifs in place', async () => {
    const { shown } = await (await diagramOfFile(realModel('silero-v5'))).layOut(null, atOnce);
    const branches = shown.filter(({ item }) => item.kind === 'body');
    expect(new Set(branches.map(({ item }) => item.name))).toEqual(new Set(['then_branch', 'else_branch']));
    expect(branches.every(({ holder }) => shown[holder]!.item.op === 'If')).toBe(true);
  });
});
