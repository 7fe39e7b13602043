import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyModel } from '../../../../src/graph/copy.js';
import { foldConstantFactors } from '../../../../src/graph/passes/foldConstantFactors.js';
import { runPasses } from '../../../../src/graph/passes/pass.js';
import { floats, info, initializer, model, node } from '../builders.js';
import { largestDifference, outputsOf, wave } from './outputsOf.js';

const sines = (shape: readonly number[], from = 0) =>
  floats(
    [...shape],
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + from) + 0.1),
  );

interface Follower {
  readonly opType: string;
  readonly shape: 'number' | 'one' | 'channels';
  readonly constantFirst: boolean;
}

const followers: fc.Arbitrary<Follower[]> = fc.array(
  fc.record({
    opType: fc.constantFrom('Mul', 'Add'),
    shape: fc.constantFrom('number' as const, 'one' as const, 'channels' as const),
    constantFirst: fc.boolean(),
  }),
  { minLength: 1, maxLength: 3 },
);

/** An operator of 4 output channels and what follows it. */
function chain(opType: 'Conv' | 'ConvTranspose' | 'Gemm', withBias: boolean, after: readonly Follower[]) {
  const isGemm = opType === 'Gemm';
  const shapes = { number: [], one: [1], channels: isGemm ? [4] : [4, 1, 1] };
  const constants = after.map(({ shape }, i) => initializer(`k${i}`, sines(shapes[shape], i + 1)));
  const name = (i: number) => (i === after.length - 1 ? 'y' : `v${i}`);
  const weight = isGemm ? [4, 4] : [4, 4, 3, 3];
  return model({
    inputs: [info('x', isGemm ? [3, 4] : [2, 4, 5, 6])],
    outputs: [info('y')],
    initializers: [
      initializer('w', sines(weight)),
      ...(withBias ? [initializer('b', sines([4], 7))] : []),
      ...constants,
    ],
    nodes: [
      node(opType, withBias ? ['x', 'w', 'b'] : ['x', 'w'], ['c']),
      ...after.map(({ opType: own, constantFirst }, i) => {
        const pair = [i === 0 ? 'c' : name(i - 1), `k${i}`];
        return node(own, constantFirst ? pair.reverse() : pair, [name(i)]);
      }),
    ],
  });
}

describe('foldConstantFactors', () => {
  it('computes the same but for rounding, with nothing left behind the operator', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('Conv' as const, 'ConvTranspose' as const, 'Gemm' as const),
        fc.boolean(),
        followers,
        async (opType, withBias, after) => {
          const m = chain(opType, withBias, after);
          const copy = copyModel(m);
          expect(await runPasses(copy, foldConstantFactors)).toBe(true);
          expect(copy.graph.nodes.map((each) => [each.opType, each.outputs])).toEqual([[opType, ['y']]]);
          const feeds = () => ({ x: wave(opType === 'Gemm' ? [3, 4] : [2, 4, 5, 6]) });
          const [before, later] = [await outputsOf(m, feeds()), await outputsOf(copy, feeds())];
          const difference = largestDifference(before['y']!.data as Float32Array, later['y']!.data as Float32Array);
          expect(difference).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([
    ['a constant along the rows', [5, 1], 'c'],
    ['a constant of higher rank', [1, 1, 4, 1, 1], 'c'],
    ['a value that others read', [], 'shared'],
  ])('leaves %s', async (_name, shape, kind) => {
    const m = model({
      inputs: [info('x', [2, 4, 5, 6])],
      outputs: kind === 'shared' ? [info('y'), info('c')] : [info('y')],
      initializers: [initializer('w', sines([4, 4, 3, 3])), initializer('k', sines(shape))],
      nodes: [node('Conv', ['x', 'w'], ['c']), node('Mul', ['c', 'k'], ['y'])],
    });
    expect(await runPasses(m, foldConstantFactors)).toBe(false);
  });
});
