import { describe, expect, it } from 'vitest';
import { carriedInputs } from '../../../src/data/carried.js';
import { modelInputs } from '../../../src/data/modelInput.js';
import { openDataset } from '../../../src/data/openDataset.js';
import { Graph } from '../../../src/graph/graph.js';
import type { Dimension, Model, ValueInfo } from '../../../src/graph/model.js';
import { openModel } from '../../../src/onnx/openModel.js';
import type { ElementType } from '../../../src/tensor/elementType.js';
import { fixturePath, vadPath } from '../models.js';

const info = (name: string, shape: readonly Dimension[], elementType: ElementType = 'float32'): ValueInfo => ({
  name,
  type: { kind: 'tensor', elementType, shape },
});

function modelWith(inputs: ValueInfo[], outputs: ValueInfo[]): Model {
  const graph = new Graph({ name: 'g', inputs, outputs });
  return { irVersion: 8, opsets: new Map([['', 17]]), metadata: new Map(), functions: [], graph };
}

const pairs = (model: Model, named?: readonly string[]) =>
  carriedInputs(model, named).map(({ input, output }) => `${input}=${output}`);

describe('carriedInputs', () => {
  it('finds the state that names and shapes tell, beginning as zeros', () => {
    const model = modelWith(
      [info('x', ['batch', 80]), info('h', [2, 'batch', 64]), info('past_key', [1, undefined, 8])],
      [info('y', ['batch', 1]), info('hn', [2, 'batch', 64]), info('present_key', [1, 'total', 8])],
    );
    expect(pairs(model)).toEqual(['h=hn', 'past_key=present_key']);
    const [state] = carriedInputs(model);
    expect(state!.initial).toEqual({ elementType: 'float32', shape: [2, 1, 64], data: new Float32Array(128) });
  });

  it('finds none where type or shape contradict, and takes any pair that is named', () => {
    const model = modelWith(
      [info('h', [2, 64]), info('c', [4], 'int64'), info('s', [3])],
      [info('hn', [2, 32]), info('cn', [4]), info('last', [3])],
    );
    expect(pairs(model)).toEqual([]);
    expect(pairs(model, ['s = last'])).toEqual(['s=last']);
  });

  it.each([
    [['s'], 'activations.carry-form'],
    [['s=last=more'], 'activations.carry-form'],
    [['t=last'], 'activations.unknown-carry'],
    [['s=first'], 'activations.unknown-carry'],
    [['s=wide'], 'activations.unknown-carry'],
  ])('refuses %j', (named, code) => {
    const model = modelWith([info('s', [3])], [info('last', [3]), info('wide', [4])]);
    expect(() => carriedInputs(model, named)).toThrowError(expect.objectContaining({ code }));
  });

  it('of real voice detectors', async () => {
    for (const [file, expected] of [
      ['silero_vad_legacy.onnx', ['h=hn', 'c=cn']],
      ['silero_vad_v5.onnx', ['state=stateN']],
      ['silero_vad_v6.onnx', ['state=stateN']],
    ] as const) {
      const opened = await openModel(vadPath(file));
      expect(pairs(opened.model)).toEqual(expected);
      await opened.close();
    }
  });
});

describe('a data set without the state', () => {
  it('opens where the state may be lacking, and names it where it may not', async () => {
    const opened = await openModel(vadPath('silero_vad_v5.onnx'));
    const inputs = modelInputs(opened.model);
    const sound = fixturePath('runtime/vad-sound.npz');
    await expect(openDataset(sound, inputs)).rejects.toMatchObject({
      code: 'data.missing-input',
      message: expect.stringContaining('state'),
    });
    const dataset = await openDataset(sound, inputs, { carried: carriedInputs(opened.model) });
    expect(dataset.inputs.map(({ name }) => name)).toEqual(['input', 'sr']);
    expect((await dataset.read([3])).feeds.input!.shape).toEqual([1, 512]);
    const random = await openDataset('random', inputs, { carried: carriedInputs(opened.model) });
    expect(random.inputs.map(({ name }) => name)).toEqual(['input', 'sr']);
    await opened.close();
  });
});
