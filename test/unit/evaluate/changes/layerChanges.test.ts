import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareModels } from '../../../../src/evaluate/compareModels.js';
import type { LayerPair } from '../../../../src/evaluate/comparison.js';
import type { Model } from '../../../../src/graph/model.js';
import { intAttribute, intsAttribute, Node, stringAttribute } from '../../../../src/graph/node.js';
import { english } from '../../../../src/messages/catalog.js';
import { openModel } from '../../../../src/onnx/openModel.js';
import { writeModel } from '../../../../src/onnx/writeModel.js';
import { tensorOfArray } from '../../../../src/tensor/tensor.js';
import { temporaryFolder } from '../../../fixtures/temporaryFolder.js';
import { fixturePath, samplePath } from '../../models.js';

/** What changed in the layers of a model that `edit` changes, by their names; layers that are the same are left out. */
async function changesOf(path: string, edit: (model: Model) => void): Promise<Record<string, string>> {
  const altered = join(temporaryFolder(), 'altered.onnx');
  const opened = await openModel(path);
  edit(opened.model);
  await writeModel(opened.model, altered);
  await opened.close();
  return told((await compareModels(path, altered)).layers);
}

const told = (layers: readonly LayerPair[]): Record<string, string> =>
  Object.fromEntries(
    layers
      .filter(({ status }) => status !== 'same')
      .map(({ a, b, status, changes }) => [
        a ?? b ?? '',
        [...(status === 'changed' ? [] : [status]), ...changes.map(english)].join('; '),
      ]),
  );

const lenet = samplePath('lenet-5.onnx');
const nodeOf = (model: Model, name: string) => model.graph.nodes.find((node) => node.name === name)!;

describe('what changed in a layer', () => {
  it('an attribute, and not one that says what goes without saying', async () => {
    const changes = await changesOf(lenet, (model) => {
      nodeOf(model, '/conv1/Conv').attributes.set('strides', intsAttribute([2, 2]));
      nodeOf(model, '/conv2/Conv').attributes.set('auto_pad', stringAttribute('NOTSET'));
      nodeOf(model, '/fc1/Gemm').attributes.set('transA', intAttribute(0));
    });
    expect(changes).toEqual({ '/conv1/Conv': 'strides: [1, 1] → [2, 2]' });
  });

  it('a bound that is a constant', async () => {
    const changes = await changesOf(fixturePath('mobilenet-digits.onnx'), (model) => {
      const clip = nodeOf(model, '/stem/stem.2/Clip');
      const data = new Float32Array([8]);
      model.graph.initializers.set('bound', {
        name: 'bound',
        tensor: tensorOfArray({ elementType: 'float32', shape: [], data }),
      });
      model.graph.setInput(clip, 2, 'bound');
    });
    expect(changes).toEqual({ '/stem/stem.2/Clip': 'input 3: 6 → 8' });
  });

  it('where it reads from', async () => {
    const path = fixturePath('resnet-digits.onnx');
    const changes = await changesOf(path, (model) => {
      const add = nodeOf(model, '/l/l.0/Add');
      // Swapping the terms of a sum changes nothing.
      model.graph.setInputs(add, [...add.inputs].reverse());
      const relu = nodeOf(model, '/l/l.0/Relu_1');
      model.graph.setInput(relu, 0, nodeOf(model, '/l/l.0/c2/Conv').outputs[0]!);
    });
    expect(changes).toMatchObject({ '/l/l.0/Relu_1': 'input 1 comes from /l/l.0/c2/Conv instead of /l/l.0/Add' });
    expect(changes['/l/l.0/Add']).toBeUndefined();
  });

  it('a layer that was put in, and none of those around it', async () => {
    const changes = await changesOf(lenet, (model) => {
      const relu = nodeOf(model, '/Relu');
      const more = new Node({ opType: 'Tanh', name: 'more', inputs: [relu.inputs[0]!], outputs: ['more'] });
      model.graph.insertBefore(relu, more);
      model.graph.setInput(relu, 0, 'more');
    });
    expect(changes).toEqual({ more: 'added' });
  });

  it('a layer that became two factors', async () => {
    const changes = await changesOf(lenet, (model) => {
      const { graph } = model;
      const gemm = nodeOf(model, '/fc1/Gemm');
      const put = (name: string, shape: number[]) => {
        const data = new Float32Array(shape[0]! * shape[1]!).fill(0.5);
        graph.initializers.set(name, { name, tensor: tensorOfArray({ elementType: 'float32', shape, data }) });
        return name;
      };
      const first = new Node({
        opType: 'MatMul',
        name: 'first',
        inputs: [gemm.inputs[0]!, put('u', [800, 16])],
        outputs: ['middle'],
      });
      graph.insertBefore(gemm, first);
      graph.setInputs(gemm, ['middle', put('v', [500, 16]), gemm.inputs[2]!]);
    });
    expect(changes['/fc1/Gemm']).toBe('weight [500, 800] → [500, 16]');
    expect(changes['first']).toBe('added; a factor of /fc1/Gemm');
  });

  it('BatchNormalization folded in, and taken out again', async () => {
    const [unfolded, folded] = [fixturePath('mobilenet-digits-bn.onnx'), fixturePath('mobilenet-digits.onnx')];
    expect(told((await compareModels(unfolded, folded)).layers)).toMatchObject({
      '/stem/stem.0/Conv': '/stem/stem.1/BatchNormalization folded into its weights',
      '/stem/stem.1/BatchNormalization': 'removed; folded into /stem/stem.0/Conv',
    });
    const { layers } = await compareModels(folded, unfolded);
    expect(told(layers)).toMatchObject({
      '/stem/stem.0/Conv': '/stem/stem.1/BatchNormalization taken out of its weights',
      '/stem/stem.1/BatchNormalization': 'added; was part of the weights of /stem/stem.0/Conv',
    });
    for (const { op, error } of layers) if (op === 'Conv') expect(error!.sqnrDb).toBeGreaterThan(130);
  });
});
