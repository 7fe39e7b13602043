import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../src/evaluate/evaluation.js';
import type { PairKnowledge } from '../../../webview/compare/totals.js';
import { totalsLines } from '../../../webview/compare/totals.js';

const evaluation = (change: Partial<Evaluation>): Evaluation => ({
  bytes: 1_730_000,
  compressedBytes: 1_600_000,
  parameters: 431_080,
  nonzero: 431_080,
  macs: 2_293_000,
  samples: 2000,
  latencyMs: null,
  peakMemoryBytes: null,
  ...change,
});
const nothing: PairKnowledge = {
  before: null,
  after: null,
  agreement: null,
  accuracyChange: null,
  latencyRatio: null,
  metric: null,
  totals: null,
};
const read = (known: Partial<PairKnowledge>): string[] =>
  totalsLines({ ...nothing, ...known }).map(({ id, before, after, change, note }) =>
    [id, before?.text ?? '', after?.text ?? '', change.map(({ text }) => text).join(', '), note ?? ''].join(' | '),
  );

describe('totals of two models', () => {
  it('are what is known, sizes as ratio and difference', () => {
    const before = evaluation({ accuracy: 0.989 });
    const after = evaluation({ bytes: 467_000, compressedBytes: 432_000, accuracy: 0.9875 });
    expect(
      read({
        before,
        after,
        accuracyChange: { difference: -0.0015, interval: [-0.0035, 0.0005], wonSamples: 2, lostSamples: 5 },
        agreement: { top1: 0.9965, sqnrDb: 27.43, cosine: 0.99912, samples: 2000 },
        latencyRatio: null,
      }),
    ).toEqual([
      'bytes | 1.73 MB | 467 KB | 0.27x, -1.26 MB | ',
      'gzip | 1.60 MB | 432 KB | 0.27x, -1.17 MB | ',
      'parameters | 431 K | 431 K | same | ',
      'macs | 2.29 M | 2.29 M | same | ',
      'accuracy | 98.90 % | 98.75 % | -0.15 points | 2,000 samples · 95 % interval -0.35 … +0.05 points · 5 lost, 2 won',
      'top1 |  | 99.65 % |  | 2,000 samples',
      'sqnr |  | 27.4 dB |  | ',
      'cosine |  | 0.99912 |  | ',
    ]);
  });

  it('have a metric of the user’s, with its direction and interval', () => {
    const metric = { name: 'character error rate', betterIs: 'lower', after: 0.0312 } as const;
    const pair = { ...metric, before: 0.03, difference: 0.0012, interval: [-0.004, 0.0064] } as const;
    expect(read({ metric: pair })).toEqual([
      'metric | 0.03 | 0.0312 | +0.0012 | lower is better · 95 % interval -0.004 … +0.0064',
    ]);
    expect(read({ metric: { ...metric, before: 0.0312, interval: null } })).toEqual([
      'metric | 0.0312 | 0.0312 | same | lower is better',
    ]);
    expect(read({ metric })).toEqual(['metric |  | 0.0312 |  | lower is better']);
    expect(totalsLines({ ...nothing, metric })[0]!.labelParams).toEqual({ name: 'character error rate' });
  });

  it('come from the files alone where nothing was measured', () => {
    const totals = (bytes: number, layers: number) => ({ bytes, parameters: 10, macs: null, layers, bytesByType: {} });
    expect(read({ totals: { a: totals(2000, 10), b: totals(1000, 12) } })).toEqual([
      'bytes | 2.00 KB | 1.00 KB | 0.50x, -1.00 KB | ',
      'parameters | 10 | 10 | same | ',
    ]);
  });

  it('give latency as the ratio of interleaved pairs with its spread', () => {
    const latencyMs = { median: 0.41, p10: 0.4, p90: 0.5, batch: 1, runs: 200, threads: 1 };
    const lines = read({
      before: evaluation({ latencyMs }),
      after: evaluation({ latencyMs: { ...latencyMs, median: 0.29 } }),
      latencyRatio: { median: 0.71, p10: 0.66, p90: 0.79 },
    });
    expect(lines.at(-1)).toBe(
      'latency | 410 µs | 290 µs | 0.71x | interleaved pairs 0.66x … 0.79x · batch 1, runs 200, threads 1',
    );
  });

  it('mark what was measured, and only that', () => {
    const lines = totalsLines({ ...nothing, before: evaluation({ accuracy: 1 }), after: evaluation({ accuracy: 1 }) });
    expect(Object.fromEntries(lines.map(({ id, provenance }) => [id, provenance]))).toEqual({
      bytes: undefined,
      gzip: undefined,
      parameters: undefined,
      macs: undefined,
      accuracy: 'measured',
    });
  });
});
