import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classScores, firstClasses, outputsOf, rankOf, samplesNotFinite } from '../../../src/evaluate/outputs.js';
import type { TensorArray } from '../../../src/tensor/tensor.js';

const floats = (shape: number[], values: number[]): TensorArray => ({
  elementType: 'float32',
  shape,
  data: Float32Array.from(values),
});
const filled = (...shape: number[]) => floats(shape, new Array(shape.reduce((a, b) => a * b, 1)).fill(0));
const scoresOf = (shape: number[], values: number[]) => classScores(outputsOf({ y: floats(shape, values) }, 1, 1))!;

describe('the scores of classes', () => {
  it.each<[string, Record<string, TensorArray>, [number, number] | undefined]>([
    ['a classifier', { y: filled(4, 10) }, [4, 10]],
    ['a classifier with axes of height and width', { y: filled(4, 10, 1, 1) }, [4, 10]],
    ['text recognition', { y: filled(2, 7, 30) }, [14, 30]],
    ['a single score', { y: filled(4, 1) }, undefined],
    ['a probability map', { y: filled(2, 1, 8, 8) }, undefined],
    ['a scalar', { y: filled() }, undefined],
    ['a state beside a score (Silero)', { y: filled(1, 1), state: filled(2, 1, 128) }, undefined],
    ['the second output', { box: filled(4), y: filled(4, 3) }, [4, 3]],
    ['chosen classes', { y: { elementType: 'int64', shape: [4, 2], data: new BigInt64Array(8) } }, undefined],
  ])('%s', (_name, results, wanted) => {
    const scores = classScores(outputsOf(results, 1, 1));
    expect(scores && [scores.rows, scores.classes]).toEqual(wanted);
  });

  it('the first of equal scores wins, and NaN has no class', () => {
    expect([...firstClasses(scoresOf([3, 3], [1, 5, 5, NaN, 1, 2, 3, 2, NaN]))]).toEqual([1, -1, -1]);
    expect(rankOf(scoresOf([1, 3], [1, NaN, 2]), 0, 2)).toBe(Infinity);
  });

  it('ranks are those of a stable descending sort', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 12 }), (values) => {
        const scores = scoresOf([1, values.length], values);
        const sorted = values.map((_, i) => i).sort((a, b) => values[b]! - values[a]!);
        for (const [rank, label] of sorted.entries()) expect(rankOf(scores, 0, label)).toBe(rank);
        expect(firstClasses(scores)[0]).toBe(sorted[0]);
      }),
    );
  });
});

describe('outputs of a batch', () => {
  it('leaves out what belongs to repeated samples', () => {
    const [output] = outputsOf({ y: floats([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]) }, 4, 3);
    expect(output!.shape).toEqual([3, 2]);
    expect([...output!.numbers]).toEqual([1, 2, 3, 4, 5, 6]);
    const [positions] = outputsOf({ y: filled(8, 2) }, 4, 3);
    expect(positions!.shape).toEqual([6, 2]);
  });

  it('reads float16 as numbers', () => {
    const [output] = outputsOf(
      { y: { elementType: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0xc000) } },
      1,
      1,
    );
    expect([...output!.numbers]).toEqual([1, -2]);
  });

  it('counts samples that are not finite', () => {
    const outputs = outputsOf({ y: floats([3, 2], [1, NaN, 2, 3, Infinity, NaN]), z: floats([1], [0]) }, 3, 3);
    expect(samplesNotFinite(outputs, 3)).toBe(2);
    expect(samplesNotFinite(outputsOf({ z: floats([1], [NaN]) }, 3, 3), 3)).toBe(3);
  });
});
