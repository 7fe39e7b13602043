import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GraphInit } from '../../../../src/graph/graph.js';
import { floats, info, node } from '../../graph/builders.js';
import { findingsOf, normal, spread, texts } from './findingsOf.js';

const fresh = {
  uniform: (count: number, fanIn: number, seed: number) => spread(count, seed).map((value) => value / Math.sqrt(fanIn)),
  'uniform in 0..1': (count: number, _: number, seed: number) => spread(count, seed).map((value) => (value + 1) / 2),
  'normal (He et al. 2015)': (count: number, fanIn: number, seed: number) => normal(count, Math.sqrt(2 / fanIn), seed),
};

interface LayerKind {
  readonly weight: (a: number, b: number, kernel: number) => number[];
  readonly fanIn: (shape: readonly number[]) => number;
  readonly layer: (shape: readonly number[]) => Pick<GraphInit, 'nodes' | 'inputs'>;
}

const kinds: Readonly<Record<string, LayerKind>> = {
  Conv: {
    weight: (a, b, kernel) => [a, b, kernel, kernel],
    fanIn: (shape) => shape[1]! * shape[2]! * shape[3]!,
    layer: (shape) => ({
      nodes: [node('Conv', ['x', 'w'], ['h'], {}, { name: 'layer' }), node('Relu', ['h'], ['y'], {}, { name: 'relu' })],
      inputs: [info('x', ['batch', shape[1]!, 16, 16])],
    }),
  },
  'depthwise Conv': {
    weight: (a, _, kernel) => [a, 1, kernel, kernel],
    fanIn: (shape) => shape[2]! * shape[3]!,
    layer: (shape) => ({
      nodes: [node('Conv', ['x', 'w'], ['y'], { group: shape[0]! }, { name: 'layer' })],
      inputs: [info('x', ['batch', shape[0]!, 16, 16])],
    }),
  },
  MatMul: {
    weight: (a, b) => [a, b],
    fanIn: (shape) => shape[0]!,
    layer: (shape) => ({
      nodes: [node('MatMul', ['x', 'w'], ['y'], {}, { name: 'layer' })],
      inputs: [info('x', ['batch', shape[0]!])],
    }),
  },
  Gemm: {
    weight: (a, b) => [a, b],
    fanIn: (shape) => shape[1]!,
    layer: (shape) => ({
      nodes: [node('Gemm', ['x', 'w'], ['y'], { transB: 1 }, { name: 'layer' })],
      inputs: [info('x', ['batch', shape[1]!])],
    }),
  },
};

describe('a layer that was just made', () => {
  for (const [distribution, numbers] of Object.entries(fresh)) {
    for (const [kind, { weight, fanIn, layer }] of Object.entries(kinds)) {
      it(`has no findings: ${kind}, ${distribution}`, { timeout: 60_000 }, async () => {
        const sizes = fc.tuple(
          fc.integer({ min: 1, max: 80 }),
          fc.integer({ min: 1, max: 80 }),
          fc.integer({ min: 1, max: 3 }),
        );
        await fc.assert(
          fc.asyncProperty(sizes, fc.nat(2 ** 31), async ([a, b, kernel], seed) => {
            const shape = weight(a, b, kernel);
            const count = shape.reduce((product, size) => product * size, 1);
            const w = floats(shape, numbers(count, fanIn(shape), seed));
            const found = await findingsOf({ ...layer(shape), initializers: [{ name: 'w', tensor: w }] });
            expect(texts(found)).toEqual([]);
          }),
          { numRuns: 40 },
        );
      });
    }
  }

  it('has no findings: a large one', { timeout: 60_000 }, async () => {
    for (const [rows, columns] of [
      [768, 3072],
      [1024, 40],
      [33, 5000],
    ] as const) {
      for (const numbers of Object.values(fresh)) {
        const w = floats([rows, columns], numbers(rows * columns, rows, 7));
        const found = await findingsOf({
          ...kinds.MatMul!.layer([rows, columns]),
          initializers: [{ name: 'w', tensor: w }],
        });
        expect(texts(found)).toEqual([]);
      }
    }
  });
});
