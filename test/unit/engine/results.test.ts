import { appendFile, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { EvaluationReport } from '../../../src/evaluate/evaluation.js';
import { Results } from '../../../src/engine/results.js';
import { StateFolder } from '../../../src/engine/stateFolder.js';
import { temporaryFolder } from './temporaryFolder.js';

const report: EvaluationReport = {
  model: {
    bytes: 5,
    compressedBytes: 5,
    parameters: 1,
    nonzero: 1,
    macs: null,
    samples: 10,
    latencyMs: null,
    peakMemoryBytes: null,
  },
  agreement: { top1: 1, sqnrDb: Infinity, cosine: 1, samples: 10 },
  data: 'digits.npz',
};

it('finds a result by content: under another name, by a later engine, and not once the file changed', async () => {
  const folder = await temporaryFolder();
  const state = join(folder, 'state');
  const [made, copy] = [join(folder, 'made.onnx'), join(folder, 'copy.onnx')];
  await writeFile(made, 'bytes');
  const results = new Results(new StateFolder(state));
  await results.keep('evaluations', made, report);
  await copyFile(made, copy);
  expect(await results.find('evaluations', copy)).toEqual(report);
  expect(await new Results(new StateFolder(state)).find('evaluations', made)).toEqual(report);
  expect(await results.find('reports', made)).toBeNull();

  await writeFile(made, 'bytEs');
  expect(await results.find('evaluations', made)).toBeNull();
  await appendFile(copy, '!');
  expect(await results.find('evaluations', copy)).toBeNull();
  expect(await results.find('evaluations', join(folder, 'none.onnx'))).toBeNull();
});
