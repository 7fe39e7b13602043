import { expect, it } from 'vitest';
import { reportMarkdown } from '../../../src/extension/reportMarkdown.js';
import type { Evaluation } from '../../../src/evaluate/evaluation.js';
import type { CompressReport } from '../../../src/recipe/report.js';

const latency = (median: number) => ({ median, p10: median, p90: median, batch: 1, runs: 100, threads: 1 });
const before: Evaluation = {
  bytes: 1_730_000,
  compressedBytes: 1_600_000,
  parameters: 431_080,
  nonzero: 431_000,
  macs: 2_290_000,
  accuracy: 0.9905,
  samples: 2000,
  latencyMs: latency(0.5),
  peakMemoryBytes: null,
};
const report: CompressReport = {
  input: '/models/lenet-5.onnx',
  output: '/models/lenet-5.int8.onnx',
  method: 'quantize',
  options: {},
  applied: [{ layer: 'conv1', method: 'quantize', choice: 'int8' }],
  skipped: [{ layer: 'tail', reason: { id: 'extension.file-changed', params: {} } }],
  notes: [{ id: 'extension.associated', params: {} }],
  before,
  after: { ...before, bytes: 450_000, accuracy: 0.989, latencyMs: latency(0.25), parameters: 431_080 },
  agreement: { top1: 0.997, sqnrDb: 33.333, cosine: 0.99987, samples: 2000 },
  accuracyChange: { difference: -0.0015, interval: [-0.0041, 0.0011], wonSamples: 2, lostSamples: 5 },
  measuredOn: 'test',
  outputBytes: { weights: 1, scales: 1, structure: 1 },
  seconds: 1,
  budgetMet: null,
  command: 'tare compress /models/lenet-5.onnx -o /models/lenet-5.int8.onnx',
};

it('puts the totals, what they were measured on, and what was left into Markdown', () => {
  const markdown = reportMarkdown(report);
  expect(markdown).toContain('# lenet-5.int8.onnx, compressed by Tare');
  expect(markdown).toContain('| size | 1.73 MB | 450 KB | 0.26x |');
  expect(markdown).toContain('| accuracy | 99.05 % | 98.90 % | -0.15 points |');
  expect(markdown).toContain('| latency, median | 0.500 ms | 0.250 ms | 0.50x |');
  expect(markdown).toContain('by -0.15 points (95 % interval -0.41 to +0.11): 2 samples became right, 5 became wrong');
  expect(markdown).not.toContain('peak memory');
  expect(markdown).toContain('2,000 samples (test data)');
  expect(markdown).toContain('top-1 99.70 %, SQNR 33.3 dB');
  expect(markdown).toContain('- `tail`: The file changed on disk.');
  expect(markdown).toContain(report.command);
});

it('says nothing of what was not measured', () => {
  const bare = { ...before, accuracy: undefined, latencyMs: null };
  const markdown = reportMarkdown({
    ...report,
    before: bare,
    after: bare,
    agreement: null,
    accuracyChange: undefined,
    measuredOn: 'nothing',
  });
  expect(markdown).not.toMatch(/[aA]ccuracy|latency|samples|SQNR/);
});

it('tells a metric of the user’s, whatever its name', () => {
  const interval = [-0.004, 0.0064] as const;
  const figures = { betterIs: 'lower', before: 0.03, after: 0.0312, difference: 0.0012 } as const;
  const markdown = reportMarkdown({ ...report, metric: { name: 'a|b\nc', ...figures, interval } });
  expect(markdown).toContain('| a\\|b c (lower is better) | 0.03 | 0.0312 | +0.0012 |\n');
  expect(markdown).toContain('a\\|b c changed by +0.0012 (95 % interval -0.004 to +0.0064).');
  const without = reportMarkdown({ ...report, metric: { name: 'rate', ...figures, interval: null } });
  expect(without).toContain('| rate (lower is better) | 0.03 |');
  expect(without).not.toContain('rate changed by');
});
