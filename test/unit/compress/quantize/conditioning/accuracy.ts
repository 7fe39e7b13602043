import { modelInputs } from '../../../../../src/data/modelInput.js';
import { openDataset } from '../../../../../src/data/openDataset.js';
import type { Model } from '../../../../../src/graph/model.js';
import { loadModel } from '../../../../../src/runtime/loadModel.js';
import type { Runtime } from '../../../../../src/runtime/session.js';
import { samplePath } from '../../../models.js';

/** How many digits of a sample set a model tells right. */
export async function correctOn(runtime: Runtime, model: Model, data: string): Promise<number> {
  const dataset = await openDataset(samplePath(data), modelInputs(model));
  const session = await loadModel(runtime, model);
  let correct = 0;
  for (let start = 0; start < dataset.sampleCount; start += 250) {
    const samples = Array.from({ length: Math.min(250, dataset.sampleCount - start) }, (_, i) => start + i);
    const { feeds } = await dataset.read(samples);
    const logits = (await session.run(feeds))['logits']!.data as Float32Array;
    for (const [i, sample] of samples.entries()) {
      const row = logits.subarray(i * 10, i * 10 + 10);
      if (row.indexOf(Math.max(...row)) === dataset.labels![sample]) correct++;
    }
  }
  await session.release();
  return correct;
}
