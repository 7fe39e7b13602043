import { describe, expect, it } from 'vitest';
import type { Agreement, Evaluation, EvaluationReport } from '../../../src/evaluate/evaluation.js';
import { agreementNote } from '../../../src/recipe/agreementNote.js';

const model: Evaluation = {
  bytes: 1,
  compressedBytes: 1,
  parameters: 1,
  nonzero: 1,
  macs: 1,
  samples: 4,
  latencyMs: null,
  peakMemoryBytes: null,
};

function notes(agreement: Partial<Agreement>, changes: Partial<EvaluationReport> = {}) {
  const found = { top1: null, sqnrDb: 30, cosine: 1, samples: 4, ...agreement };
  return agreementNote({ model, agreement: found, data: 'speech.npz', ...changes });
}

describe('the note on outputs that differ', () => {
  it('names the worst output below 20 dB', () => {
    const outputs = [
      { name: 'output', sqnrDb: 31 },
      { name: 'state', sqnrDb: 9.5 },
    ];
    expect(notes({ sqnrDb: 12, outputs })).toMatchObject([
      { id: 'recipe.output-differs', params: { output: 'state' } },
    ]);
    expect(notes({ sqnrDb: 9.5 })).toMatchObject([{ id: 'recipe.outputs-differ' }]);
  });

  it('says nothing of outputs that agree, of random inputs, and where accuracy is known', () => {
    expect(notes({ sqnrDb: 20 })).toEqual([]);
    expect(notes({ sqnrDb: Infinity })).toEqual([]);
    expect(notes({ sqnrDb: 3 }, { data: 'random' })).toEqual([]);
    expect(notes({ sqnrDb: 3 }, { model: { ...model, accuracy: 0.99 } })).toEqual([]);
    expect(notes({}, { agreement: undefined })).toEqual([]);
  });
});
