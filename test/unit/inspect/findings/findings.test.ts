import { describe, expect, it } from 'vitest';
import { layersOf } from '../../../../src/graph/layers.js';
import { findingsBeforeMeasuring } from '../../../../src/inspect/findings/findings.js';
import type { GraphInit } from '../../../../src/graph/graph.js';
import { tensorOfArray } from '../../../../src/tensor/tensor.js';
import { dense, findingsOf, spread, texts } from './findingsOf.js';
import { floats, graph, info, int8s, model, node } from '../../graph/builders.js';

describe('findings on the numbers of a weight', () => {
  it('has none on numbers that are well spread', async () => {
    expect(await findingsOf(dense(floats([50, 40], spread(2000))))).toEqual([]);
  });

  it('has them in the same order, whichever weight was measured first', async () => {
    const values = spread(2000).map((value, i) => value * (i % 40 === 3 ? 100 : 1));
    const init: GraphInit = {
      nodes: ['a', 'b', 'c'].map((name) => node('MatMul', ['x', name], [`y${name}`], {}, { name: `layer-${name}` })),
      inputs: [info('x', ['batch', 50])],
      initializers: ['a', 'b', 'c'].map((name) => ({ name, tensor: floats([50, 40], values) })),
    };
    const found = await findingsOf(init);
    expect(found.filter(({ kind }) => kind === 'channel-ranges').map(({ layer }) => layer)).toEqual([
      'layer-a',
      'layer-b',
      'layer-c',
    ]);
    expect(await findingsOf(init, { reversed: true })).toEqual(found);
  });

  it('names what is not finite, before all else', async () => {
    const values = spread(2000);
    values[7] = NaN;
    values[8] = Infinity;
    values[9] = -Infinity;
    for (let i = 40; i < 2000; i += 40) values[i] = values[i + 1] = 0;
    values[0] = values[1] = 0;
    const found = await findingsOf(dense(floats([50, 40], values)));
    expect(texts(found)).toEqual([
      'not-finite: w of dense holds values that are not finite (NaN: 1, infinite: 2): results that pass through it are lost.',
      'dead-channels: 2 of the 40 channels of dense hold only zeros: removing them would save 400 B.',
    ]);
  });

  it('names weights that are mostly zeros and what a sparse form would save, if anything', async () => {
    const tenth = spread(2000).map((value, i) => (i % 10 === 0 ? value : 0));
    const found = await findingsOf(dense(floats([2000, 1], tenth)));
    expect(texts(found)).toContain(
      'zeros: 90.0 % of w of dense is zero and stored all the same: a sparse form would save 5.60 KB.',
    );
    expect(found.find(({ kind }) => kind === 'zeros')!.savedBytes).toBe(8000 - 200 * 12);

    const fewer = spread(2000).map((value, i) => (i % 5 < 2 ? value : 0));
    expect(texts(await findingsOf(dense(floats([2000, 1], fewer))))).toContain(
      'zeros: 60.0 % of w of dense is zero and stored all the same: only compressing the file would gain from that.',
    );
  });

  it('names weights that are all equal, and says no more of them', async () => {
    expect(texts(await findingsOf(dense(floats([10, 10], new Array<number>(100).fill(0.25)))))).toEqual([
      'constant: Every number of w of dense is 0.25: one number would save 396 B.',
    ]);
    expect(texts(await findingsOf(dense(floats([10, 10], new Array<number>(100).fill(0)))))).toEqual([
      'constant: Every number of w of dense is 0: one number would save 396 B.',
    ]);
  });

  it('names channels whose ranges differ, and leaves out those that are as good as dead', async () => {
    const scaled = (least: number) =>
      floats(
        [100, 4],
        spread(400).map((value, i) => value * [1, 0.5, least, 0.5][i % 4]!),
      );
    const [found] = texts(await findingsOf(dense(scaled(1 / 40))));
    expect(found).toMatch(/^channel-ranges: The widest channel of dense reaches (39|40)\.\d times as far/);
    expect(await findingsOf(dense(scaled(1 / 5)))).toEqual([]);
    expect(await findingsOf(dense(scaled(1e-9)))).toEqual([]);
  });

  it('names tails that would take most of the codes of an integer type', async () => {
    const values = spread(4000);
    values[3] = 4;
    const [found, ...more] = texts(await findingsOf(dense(floats([4000, 1], values))));
    expect(found).toMatch(/^tails: 99\.9 % of w of dense lies within ±(1|0\.99\d*|1\.00\d*), all of it within ±4: /);
    expect(found).toContain('keep 75 % of its codes for the last 0.1 %');
    expect(more).toEqual([]);
    values[3] = -1.5;
    expect(await findingsOf(dense(floats([4000, 1], values)))).toEqual([]);
  });

  it('names weights that are stored twice, each copy once, and not those that are shared', async () => {
    const found = await findingsOf({
      nodes: [
        node('MatMul', ['x', 'a'], ['p'], {}, { name: 'first' }),
        node('MatMul', ['x', 'b'], ['q'], {}, { name: 'second' }),
        node('MatMul', ['x', 'b'], ['r'], {}, { name: 'third' }),
        node('MatMul', ['x', 'c'], ['s'], {}, { name: 'fourth' }),
        node('MatMul', ['x', 'd'], ['t'], {}, { name: 'fifth' }),
      ],
      inputs: [info('x', ['batch', 20])],
      initializers: [
        { name: 'a', tensor: floats([20, 10], spread(200)) },
        { name: 'b', tensor: floats([20, 10], spread(200)) },
        { name: 'c', tensor: floats([20, 10], [...spread(200)].reverse()) },
        { name: 'd', tensor: floats([20, 10], spread(200)) },
      ],
    });
    expect(texts(found)).toEqual([
      'duplicate: b of second holds the same bytes as a of first: sharing one would save 800 B.',
      'duplicate: d of fifth holds the same bytes as a of first: sharing one would save 800 B.',
    ]);
  });

  it('puts first what would save most', async () => {
    const found = await findingsOf({
      nodes: [
        node('MatMul', ['x', 'small'], ['p'], {}, { name: 'a' }),
        node('MatMul', ['x', 'large'], ['q'], {}, { name: 'b' }),
      ],
      inputs: [info('x', ['batch', 20])],
      initializers: [
        { name: 'small', tensor: floats([20, 10], new Array<number>(200).fill(1)) },
        { name: 'large', tensor: floats([20, 100], new Array<number>(2000).fill(2)) },
      ],
    });
    expect(found.map(({ layer, savedBytes }) => ({ layer, savedBytes }))).toEqual([
      { layer: 'b', savedBytes: 7996 },
      { layer: 'a', savedBytes: 796 },
    ]);
  });
});

describe('findings before any weight is read', () => {
  const before = (init: GraphInit) => texts(findingsBeforeMeasuring(layersOf(model(graph(init)))));

  it('has none on a plain layer', () => {
    expect(before(dense(floats([4, 5])))).toEqual([]);
  });

  it('names weights in Constant nodes, in double precision, quantized ones, and nodes without a name', () => {
    const wide = tensorOfArray({ elementType: 'float64', shape: [2, 3], data: new Float64Array(6) });
    const found = before({
      nodes: [
        node('Constant', [], ['c'], { value: floats([3, 4]) }, { name: 'constant' }),
        node('MatMul', ['x', 'c'], ['p'], {}, { name: 'first' }),
        node('MatMul', ['x', 'wide'], ['q'], {}, { name: 'second' }),
        node('DequantizeLinear', ['integers', 'scale'], ['real']),
        node('MatMul', ['x', 'real'], ['r'], {}, { name: 'third' }),
      ],
      inputs: [info('x', ['batch', 3])],
      initializers: [
        { name: 'wide', tensor: wide },
        { name: 'integers', tensor: int8s([3, 7]) },
        { name: 'scale', tensor: floats([], [0.1]) },
      ],
    });
    expect(found).toEqual([
      'float64: wide of second is stored as float64: float32 would save 24 B.',
      'constant-nodes: In Constant nodes: 1 of 3 weights (48 B). Tools that look only at initializers miss them.',
      'quantized: Already quantized: 1 of 3 weights (int8). They are quantized anew only after they have been dequantized.',
      'unnamed: Without a name: 1 of 4 nodes. They go by their operator and first output.',
    ]);
  });

  it('names the layer that holds most of the bytes, where there are several', () => {
    const initializers = [100, 10, 10].map((size, i) => ({ name: `w${i}`, tensor: floats([size, size]) }));
    const nodes = initializers.map(({ name }, i) => node('MatMul', ['x', name], [`y${i}`], {}, { name: `layer${i}` }));
    const found = before({ nodes, inputs: [info('x', ['batch', 'k'])], initializers });
    expect(found).toEqual([
      'dominant: layer0 holds 98.0 % of the bytes of all weights: what is gained there counts most.',
    ]);
    expect(before({ nodes: nodes.slice(0, 2), inputs: [info('x', ['batch', 'k'])], initializers })).toEqual([]);
  });
});
