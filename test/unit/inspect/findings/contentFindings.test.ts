import { describe, expect, it } from 'vitest';
import { bytesOfNumbers } from '../../../../src/tensor/numbers.js';
import { codeOf, valuesOfCodes } from '../../../../src/tensor/smallFloat.js';
import { residentBytes, tensorOfArray } from '../../../../src/tensor/tensor.js';
import { floats, info, node } from '../../graph/builders.js';
import { dense, findingsOf, normal, spread, texts } from './findingsOf.js';

const asType = (type: 'float16' | 'bfloat16', values: readonly number[]) =>
  values.map((value) => valuesOfCodes(type)[codeOf(type)(value)]!);

describe('findings on what the numbers of a weight have in common', () => {
  it('names weights that float16 or bfloat16 would hold exactly, together', async () => {
    const found = await findingsOf({
      nodes: ['a', 'b', 'c', 'd'].map((name) =>
        node('MatMul', ['x', name], [`y${name}`], {}, { name: `layer-${name}` }),
      ),
      inputs: [info('x', ['batch', 40])],
      initializers: [
        { name: 'a', tensor: floats([40, 50], asType('float16', spread(2000))) },
        { name: 'b', tensor: floats([40, 100], asType('float16', normal(4000, 1e-5))) },
        { name: 'c', tensor: floats([40, 50], asType('bfloat16', normal(2000, 1e6))) },
        { name: 'd', tensor: floats([40, 50], spread(2000, 4)) },
      ],
    });
    const saved = found.filter(({ savedBytes }) => savedBytes > 0);
    expect(texts(saved)).toEqual([
      'exactly-float16: Stored as float32, but every number is one that float16 holds exactly: 2 of 4 weights. Storing float16 would save 12.0 KB and change nothing.',
      'exactly-bfloat16: Stored as float32, but every number is one that bfloat16 holds exactly: 1 of 4 weights. Storing bfloat16 would save 4.00 KB and change nothing.',
    ]);
    expect(saved[0]).toMatchObject({ savedBytes: 12000, shows: { page: 'layers', layer: 'layer-b', weight: 'b' } });
  });

  it('does not say of what is stored as float16 that float16 would do', async () => {
    const bytes = residentBytes(bytesOfNumbers('float16', normal(2000)));
    const found = await findingsOf(dense({ elementType: 'float16', shape: [40, 50], bytes }));
    expect(texts(found)).toEqual([]);
  });

  it('names weights that lie on a grid of integers, and the step of the heaviest', async () => {
    const scale = Math.fround(0.0173);
    const eight = spread(4000).map((value) => Math.fround(Math.round(value * 127) * scale));
    const four = spread(2000, 2).map((value) => Math.fround(Math.round(value * 7) * scale * 3));
    const found = await findingsOf({
      nodes: ['a', 'b'].map((name) => node('MatMul', ['x', name], [`y${name}`], {}, { name: `layer-${name}` })),
      inputs: [info('x', ['batch', 40])],
      initializers: [
        { name: 'a', tensor: floats([40, 100], eight) },
        { name: 'b', tensor: floats([40, 50], four) },
      ],
    });
    const [grid] = found;
    expect(texts([grid!])).toEqual([
      'on-a-grid: Quantized before, but stored as real numbers: 2 of 2 weights lie on a grid of at most 8 bits (a of layer-a: multiples of 0.0173). Storing the integers would save 19.0 KB and change nothing.',
    ]);
    expect(grid!.savedBytes).toBe(4000 * 3 + 2000 * 3.5);
  });

  it('names weights of few different numbers', async () => {
    const codebook = [-1.2345, -0.4, -0.1017, 0.0313, 0.217, 0.7071, 1.618];
    const values = spread(2000).map((value) => codebook[Math.floor((value + 1) * 3.5)]!);
    const [found] = await findingsOf(dense(floats([40, 50], values)));
    expect(texts([found!])).toEqual([
      'few-values: Of few different numbers: 1 of 1 weights (w of dense has 7). A table of them with an index for each weight would save 6.97 KB and change nothing.',
    ]);
    expect(found!.savedBytes).toBe(8000 - 1000 - 28);
  });

  it('names channels that point the same way as another, whichever axis they lie along', async () => {
    // Channels 30, 31 and 32 are 3, 3 and 7 with a scale and some noise.
    const of = new Map([
      [30, { like: 3, scale: 2 }],
      [31, { like: 3, scale: 0.5 }],
      [32, { like: 7, scale: 1.3 }],
    ]);
    const value = (channel: number, i: number): number => {
      const copy = of.get(channel);
      const noise = 0.02 * numbers[(channel * 61 + i * 17) % numbers.length]!;
      return copy ? copy.scale * (value(copy.like, i) + noise) : numbers[channel * 36 + i]!;
    };
    const numbers = normal(40 * 36);
    const rows = Array.from({ length: 40 * 36 }, (_, at) => value(Math.floor(at / 36), at % 36));
    const columns = Array.from({ length: 40 * 36 }, (_, at) => value(at % 40, Math.floor(at / 40)));
    const convolution = await findingsOf({
      nodes: [node('Conv', ['x', 'w'], ['y'], {}, { name: 'conv' })],
      inputs: [info('x', ['batch', 4, 9, 9])],
      initializers: [{ name: 'w', tensor: floats([40, 4, 3, 3], rows) }],
    });
    const sentence =
      'point the same way as another one, with a cosine of 0.99 or more (30 as 3): merging them would save about 432 B.';
    expect(texts(convolution)).toContain(`near-duplicates: 3 of the 40 channels of conv ${sentence}`);
    expect(texts(await findingsOf(dense(floats([36, 40], columns))))).toContain(
      `near-duplicates: 3 of the 40 channels of dense ${sentence}`,
    );
  });

  it('does not call filters of different inputs duplicates', async () => {
    const filter = spread(25);
    const found = await findingsOf({
      nodes: [node('Conv', ['x', 'w'], ['y'], { group: 40 }, { name: 'conv' })],
      inputs: [info('x', ['batch', 40, 9, 9])],
      initializers: [{ name: 'w', tensor: floats([40, 1, 5, 5], Array.from({ length: 40 }, () => filter).flat()) }],
    });
    expect(found.map(({ kind }) => kind)).not.toContain('near-duplicates');
  });

  it('names matrices that are nearly of low rank, and what two layers would save', async () => {
    const [rows, columns, rank] = [300, 700, 12];
    const [left, right, noise] = [
      normal(rows * rank, 1, 1),
      normal(rank * columns, 1, 2),
      normal(rows * columns, 0.02, 3),
    ];
    const product = noise.map((value, at) => {
      const [r, c] = [Math.floor(at / columns), at % columns];
      let sum = value;
      for (let k = 0; k < rank; k++) sum += left[r * rank + k]! * right[k * columns + c]!;
      return sum;
    });
    const [found] = await findingsOf(dense(floats([rows, columns], product)));
    expect(texts([found!])[0]).toMatch(
      /^low-rank: w of dense is nearly of rank 12 \(99\.9\d % of its energy; 300 is possible\): two layers of that rank would save about 792 KB\.$/,
    );
    expect(found!.savedBytes).toBeCloseTo(4 * (rows * columns - rank * (rows + columns)), 3);
    const [half] = await findingsOf(
      dense(tensorOfArray({ elementType: 'float32', shape: [columns, rows], data: Float32Array.from(product) })),
    );
    expect(half?.kind).not.toBe('low-rank');
  });

  it('leaves a low rank to the finding on dead channels where these are the cause', async () => {
    const values = normal(100 * 200).map((value, at) => (at % 200 < 30 ? value : 0));
    const kinds = (await findingsOf(dense(floats([100, 200], values)))).map(({ kind }) => kind);
    expect(kinds).toContain('dead-channels');
    expect(kinds).not.toContain('low-rank');
  });
});
