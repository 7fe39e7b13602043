import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { convertTypes } from '../../../../../src/compress/quantize/half/convertTypes.js';
import { assignTypes } from '../../../../../src/compress/quantize/half/assignTypes.js';
import type { TypeGroup } from '../../../../../src/compress/quantize/half/typeGroups.js';
import { typeGroups } from '../../../../../src/compress/quantize/half/typeGroups.js';
import { copyModel } from '../../../../../src/graph/copy.js';
import type { Model } from '../../../../../src/graph/model.js';
import { nodesOf } from '../../../../../src/graph/scope.js';
import { validate } from '../../../../../src/graph/validate.js';
import { loadModel } from '../../../../../src/runtime/loadModel.js';
import { createRuntime } from '../../../../../src/runtime/runtime.js';
import type { Feeds } from '../../../../../src/runtime/session.js';
import { numbersOfArray } from '../../../../../src/tensor/numbers.js';
import { rawBytesOf, tensorArrayOf } from '../../../../../src/tensor/numericArray.js';
import { bytesOfNumbers } from '../../../../../src/tensor/numbers.js';
import { seededRandom } from '../../../../fixtures/random.js';
import { runnerPath } from '../../../runnerPath.js';
import { randomModel } from './randomModel.js';

const runtime = createRuntime({ runnerPath });
afterAll(() => runtime.close());

const numbers = Float32Array.of(0.5, -1.25, 2, 0.75, -0.125, 1.5);

async function outputs(model: Model, type: 'float32' | 'float16'): Promise<number[][]> {
  const bytes = type === 'float32' ? rawBytesOf('float32', numbers) : bytesOfNumbers('float16', numbers);
  const fed = tensorArrayOf(type, [2, 3], bytes);
  const feeds: Feeds = { x: fed, y: fed };
  const session = await loadModel(runtime, model);
  try {
    const found = await session.run(feeds);
    return model.graph.outputs.map(({ name }) => {
      const { elementType, data } = found[name]!;
      expect(elementType).toBe(type);
      return [...numbersOfArray(elementType, data)];
    });
  } finally {
    await session.release();
  }
}

const casts = (model: Model) => [...nodesOf(model)].filter(({ node }) => node.is('Cast'));

/** Some groups that are told to stay in float32, beyond those that must. */
function inFloat(groups: readonly TypeGroup[], seed: number, share: number, keepIo: boolean) {
  const random = seededRandom(seed);
  const kept = new Set(groups.filter(({ node }) => node !== undefined && random() < share));
  return (group: TypeGroup) => group.kind === 'float32' || kept.has(group) || (group.kind === 'boundary' && keepIo);
}

const cases = fc.record({
  seed: fc.nat(),
  nodes: fc.integer({ min: 1, max: 14 }),
  share: fc.constantFrom(0, 0.2, 0.5, 0.9),
  keepIo: fc.boolean(),
});

describe('a random model with float32 islands', () => {
  it('runs in float16, and nearly as before', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, nodes, share, keepIo }) => {
        const original = randomModel({ nodes, seed });
        const model = copyModel(original);
        const groups = typeGroups(model);
        const halves = assignTypes(groups, inFloat(groups, seed, share, keepIo));
        const count = await convertTypes(model, groups, halves);
        validate(model);
        expect(casts(model)).toHaveLength(count);
        const expected = await outputs(original, 'float32');
        const found = await outputs(model, keepIo ? 'float32' : 'float16');
        for (const [i, output] of expected.entries()) {
          for (const [k, value] of output.entries()) {
            expect(Math.abs(found[i]![k]! - value)).toBeLessThan(0.02 * Math.max(1, Math.abs(value)));
          }
        }
        const isDoubled = casts(model).some(({ node, scope }) =>
          scope.definingScope(node.inputs[0]!)?.graph.producer(node.inputs[0]!)?.is('Cast'),
        );
        expect(isDoubled).toBe(false);
      }),
      { numRuns: 120 },
    );
  });

  it('has as few Casts as any assignment of types', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, nodes, share, keepIo }) => {
        const original = randomModel({ nodes: Math.min(nodes, 8), seed });
        const known = typeGroups(original);
        const isFloat = inFloat(known, seed, share, keepIo);
        const free = known.filter((group) => group.kind === 'any' && !isFloat(group));
        fc.pre(free.length <= 12);
        const must = known.filter((group) => !isFloat(group) && group.kind !== 'any');
        const best = castsOf(known, assignTypes(known, isFloat));
        for (let subset = 0; subset < 1 << free.length; subset++) {
          const other = new Set([...must, ...free.filter((_, i) => (subset >> i) & 1)]);
          expect(castsOf(known, other)).toBeGreaterThanOrEqual(best);
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** Values that a reader wants in the other type; constants do not count. */
function castsOf(groups: readonly TypeGroup[], halves: ReadonlySet<TypeGroup>): number {
  let count = 0;
  for (const maker of groups) {
    for (const { graph, value } of maker.makes) {
      const readers = groups.filter(({ reads }) =>
        reads.some(({ source }) => source.graph === graph && source.value === value),
      );
      if (readers.some((reader) => halves.has(reader) !== halves.has(maker))) count++;
    }
  }
  return count;
}
