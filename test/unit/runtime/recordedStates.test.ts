import { afterAll, describe, expect, it } from 'vitest';
import { planBatches } from '../../../src/data/batches.js';
import { openModelData } from '../../../src/data/openModelData.js';
import { select } from '../../../src/data/split.js';
import { measureErrors } from '../../../src/evaluate/errors/measureErrors.js';
import { openModel } from '../../../src/onnx/openModel.js';
import { withRecordedStates } from '../../../src/runtime/recordedStates.js';
import { createRuntime } from '../../../src/runtime/runtime.js';
import { fixturePath, vadPath } from '../models.js';
import { runnerPath } from '../runnerPath.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());
const sound = fixturePath('runtime/vad-sound.npz');

describe('withRecordedStates', () => {
  it('makes each sample a feed of its own, which gives what it gives in its sequence', async () => {
    const opened = await openModel(vadPath('silero_vad_v5.onnx'));
    const whole = await openModelData(sound, [opened.model]);
    // A second sequence begins with the sixth sample.
    const dataset = select(whole, [0, 1, 2, 3, 4, 6, 7]);
    const recorded = await withRecordedStates(runtime, opened.model, dataset);
    expect(recorded).toMatchObject({ sampleCount: 7, stackable: false, carried: undefined });
    expect(recorded.inputs.map(({ name }) => name)).toEqual(['input', 'sr', 'state']);

    const session = await runtime.load({ kind: 'file', path: opened.path });
    const outputs: number[] = [];
    let state = dataset.carried![0]!.initial;
    for (const { samples } of planBatches(dataset, 8)) {
      const results = await session.run({ state, ...(await dataset.read(samples)).feeds });
      outputs.push(Number(results.output!.data[0]));
      state = results.stateN!;
    }
    for (const sample of [6, 2, 5, 0, 4, 1, 3]) {
      const { feeds } = await recorded.read([sample]);
      expect(Number((await session.run(feeds)).output!.data[0])).toBe(outputs[sample]);
    }
    const { state: anew } = (await recorded.read([5])).feeds;
    expect(anew!.data.every((value) => value === 0)).toBe(true);
    expect((await recorded.read([6])).feeds.state!.data.some((value) => value !== 0)).toBe(true);
    await session.release();
    await opened.close();
  });

  it('leaves a data set as it is that carries nothing', async () => {
    const opened = await openModel(vadPath('silero_vad_v5.onnx'));
    const dataset = await openModelData('random', [opened.model]);
    const plain = { ...dataset, carried: undefined };
    expect(await withRecordedStates(runtime, opened.model, plain)).toBe(plain);
    await opened.close();
  });

  it('lets models with state be compared layer by layer', async () => {
    const model = vadPath('silero_vad_v5.onnx');
    const { outputs, layers } = await measureErrors({ a: model, b: model, data: sound }, { runtime });
    expect(outputs.agreement).toMatchObject({ sqnrDb: Infinity, samples: 8 });
    expect(outputs.notes.map(({ id }) => id)).toContain('activations.carried');
    expect(outputs.measured).toBeGreaterThan(10);
    expect(
      layers.every((layer) => layer === null || layer.cumulativeSqnrDb === null || layer.cumulativeSqnrDb === Infinity),
    ).toBe(true);
  });
});
