import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { targetOf } from '../../../src/inspect/findings/targetOf.js';

type Verdict = 'fused' | 'passed on' | 'float';
const verdicts = JSON.parse(readFileSync(new URL('onnxruntime-cpu-int8.json', import.meta.url), 'utf8')) as Record<
  string,
  Verdict
>;

it('knows what onnxruntime runs in 8 bits, and what it does not', () => {
  const { eightBit, passesOn, absorbed } = targetOf('onnxruntime-cpu-int8');
  const ofTable = Object.keys(verdicts).map((op): [string, Verdict] => {
    if (eightBit!.has(op)) return [op, 'fused'];
    return [op, passesOn.has(op) ? 'passed on' : 'float'];
  });
  // Activations that melt into the quantization before them depend on the numbers: they are told by where they stand.
  const told = Object.entries(verdicts).filter(([op]) => !absorbed.has(op));
  expect(Object.fromEntries(ofTable.filter(([op]) => !absorbed.has(op)))).toEqual(Object.fromEntries(told));
  for (const op of [...eightBit!, ...passesOn].filter((each) => each !== 'Identity' && each !== 'Dropout')) {
    expect(verdicts).toHaveProperty(op);
  }
});
