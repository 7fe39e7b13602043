import { describe, expect, it } from 'vitest';
import type { GraphInit } from '../../../../src/graph/graph.js';
import { layersOf } from '../../../../src/graph/layers.js';
import type { MeasuredActivations } from '../../../../src/inspect/activations/measureActivations.js';
import { activationFindings } from '../../../../src/inspect/findings/activationFindings.js';
import { inOrder, withMore } from '../../../../src/inspect/findings/findings.js';
import { ActivationAccumulator } from '../../../../src/tensor/activationStatistics.js';
import { plainKernel } from '../../../../src/tensor/measure.js';
import { floats, graph, info, initializer, model, node } from '../../graph/builders.js';
import { normal, spread, texts } from './findingsOf.js';

const channels = 4;
const places = 2000;

const init: GraphInit = {
  nodes: [
    node('Conv', ['x', 'w'], ['c'], {}, { name: 'conv' }),
    node('Relu', ['c'], ['r'], {}, { name: 'relu' }),
    node('MaxPool', ['r'], ['y'], { kernel_shape: [1, 1] }, { name: 'pool' }),
  ],
  inputs: [info('x', ['batch', 3, 1, places])],
  outputs: [info('y')],
  initializers: [initializer('w', floats([channels, 3, 1, 1], spread(12)))],
};
const layers = layersOf(model(graph(init)));

/** Each value as [1, channels, places]. */
function measuredOn(values: Record<string, readonly number[]>): MeasuredActivations {
  const all = Object.entries(values).map(([value, data]) => {
    const accumulator = new ActivationAccumulator({ channelAxis: 1, stackedAxes: 0, parts: 0 }, plainKernel);
    const shape = [1, channels, data.length / channels];
    accumulator.add({ elementType: 'float32', shape, data: Float32Array.from(data) });
    const layer = layers.findIndex(({ node: { outputs } }) => outputs[0] === value);
    return { key: value, value, layer, output: 0, statistics: accumulator.statistics() };
  });
  return { data: 'd.npz', samples: 100, values: all, passes: 1, budgetBytes: 1, seconds: 1, notes: [] };
}

const found = (values: Record<string, readonly number[]>) => inOrder(activationFindings(layers, measuredOn(values)));
const positive = (values: readonly number[]) => values.map((value) => Math.max(0, value));
const withoutChannel = (values: readonly number[], channel: number) =>
  values.map((value, i) => (Math.floor(i / places) === channel ? 0 : value));

describe('findings on activations', () => {
  it('has none on uniform and on normal numbers, with a Relu after them', () => {
    for (const numbers of [spread(channels * places), normal(channels * places)]) {
      expect(found({ x: numbers, c: numbers, r: positive(numbers), y: positive(numbers) })).toEqual([]);
    }
  });

  it('names dead channels where they arise, and what the layer before would save', () => {
    const numbers = spread(channels * places);
    const r = withoutChannel(positive(numbers), 2);
    const all = found({ c: numbers, r, y: r });
    expect(texts(all)).toEqual([
      'activation-dead: 1 of the 4 channels that relu gives were zero in all of 100 samples: if the data is like what will come, the model does as well without them, and saves 12 B.',
    ]);
    expect(all[0]).toMatchObject({ savedBytes: 12, shows: { layer: 'relu', tab: 'activations' } });
  });

  it('calls no channel dead on a few elements', () => {
    const short = spread(channels * 20).map((value, i) => (Math.floor(i / 20) === 2 ? 0 : value));
    expect(found({ r: short })).toEqual([]);
  });

  it('names outliers, and what is no number before all else', () => {
    const numbers = spread(channels * places);
    const far = numbers.map((value, i) => (i === 5 ? 12 : value));
    const lost = numbers.map((value, i) => (i < 3 ? NaN : value));
    const all = found({ c: far, r: lost });
    expect(all.map(({ kind }) => kind)).toEqual(['activation-not-finite', 'activation-outliers']);
    expect(texts(all)).toEqual([
      expect.stringContaining('The output r of relu was no number (NaN) 3 times'),
      expect.stringMatching(
        /The output c of conv reaches 12, but 99\.9 % .* within ±1(\.00\d+)?: an integer type would keep 92 %/,
      ),
    ]);
    expect(all[0]!.broken).toBe(true);
  });

  it('take their place among the findings that are there', () => {
    const message = { id: 'inspect.finding.dominant', params: {} };
    const finding = (kind: string, savedBytes: number, broken?: boolean) => ({
      layer: 'l',
      kind,
      message,
      savedBytes,
      ...(broken && { broken }),
    });
    const more = [
      { ...finding('c', 5), concernedBytes: 0 },
      { ...finding('d', 0, true), concernedBytes: 0 },
      { ...finding('e', 0), concernedBytes: 9 },
    ];
    const merged = withMore([finding('a', 0, true), finding('b', 9), finding('f', 0)], more);
    expect(merged.map(({ kind }) => kind)).toEqual(['a', 'd', 'b', 'c', 'f', 'e']);
  });
});
