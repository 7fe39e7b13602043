import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLayers, mainWeight, sortIndices } from '../../../src/engine/layerTable.js';
import type { LayerCard, WeightCard } from '../../../src/inspect/inspection.js';
import type { LayerQuery, WeightSummary } from '../../../src/protocol/engineService.js';
import { freeCost } from '../inspect/cost/freeCost.js';

const weight = (bytes: number, dtype: WeightCard['dtype'] = 'float32'): WeightCard => ({
  name: 'w',
  dtype,
  shape: [],
  bytes,
  input: 1,
  storage: 'initializer',
});
const layer = (name: string, op: string, weights: WeightCard[] = [], macs: number | null = null): LayerCard => ({
  name,
  op,
  domain: '',
  inputs: [],
  outputs: [],
  parameters: weights.length,
  bytes: weights.reduce((sum, { bytes }) => sum + bytes, 0),
  macs,
  cost: freeCost,
  weights,
  outputShape: null,
});
const layers = [
  layer('/conv1/Conv', 'Conv', [weight(80), weight(20, 'float16')], 500),
  layer('/relu', 'Relu'),
  layer('/conv10/Conv', 'Conv', [weight(40, 'int8')], 900),
  layer('/conv2/Conv', 'Conv', [weight(400)], null),
  layer('/fc/MatMul', 'MatMul', [weight(4000)], 100),
];
const all: LayerQuery = { search: '', sortBy: 'order', descending: false, weightsOnly: false };
const names = (query: Partial<LayerQuery>, summaries: Record<number, Partial<WeightSummary>> = {}) =>
  findLayers(layers, { ...all, ...query }, (index) => ({ summary: summaries[index] as WeightSummary | undefined })).map(
    (index) => layers[index]!.name,
  );

describe('the layer table', () => {
  it('finds by every word, in name, operator and type, whatever the case', () => {
    expect(names({ search: 'CONV int8' })).toEqual(['/conv10/Conv']);
    expect(names({ search: 'fc float32' })).toEqual(['/fc/MatMul']);
    expect(names({ search: 'fc int8' })).toEqual([]);
    expect(names({ search: '  ' })).toHaveLength(5);
  });

  it('leaves out layers without weights where asked', () => {
    expect(names({ weightsOnly: true })).not.toContain('/relu');
  });

  it('sorts names as people count', () => {
    expect(names({ sortBy: 'name', search: 'conv' })).toEqual(['/conv1/Conv', '/conv2/Conv', '/conv10/Conv']);
  });

  it('puts what is not known last in both directions', () => {
    expect(names({ sortBy: 'macs' })).toEqual(['/fc/MatMul', '/conv1/Conv', '/conv10/Conv', '/relu', '/conv2/Conv']);
    expect(names({ sortBy: 'macs', descending: true }).slice(-2)).toEqual(['/relu', '/conv2/Conv']);
    const measured = { 2: { min: -1 }, 0: { min: NaN }, 4: { min: -3 } };
    expect(names({ sortBy: 'min' }, measured).slice(0, 2)).toEqual(['/fc/MatMul', '/conv10/Conv']);
  });

  it('names the type of a layer by its largest weight', () => {
    expect(mainWeight(layers[0]!)).toBe(0);
    expect(mainWeight(layers[1]!)).toBe(-1);
    expect(names({ sortBy: 'dtype', weightsOnly: true })[3]).toBe('/conv10/Conv');
  });

  it('keeps every index once, in order, and file order among equals', () => {
    const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(undefined), fc.constant(NaN)));
    fc.assert(
      fc.property(values, fc.boolean(), (of, descending) => {
        const sorted = sortIndices([...of.keys()], descending, (index) => of[index]);
        expect([...sorted].sort((a, b) => a - b)).toEqual([...of.keys()]);
        const known = (index: number) => of[index] !== undefined && !Number.isNaN(of[index]);
        for (let i = 1; i < sorted.length; i++) {
          const [a, b] = [sorted[i - 1]!, sorted[i]!];
          if (known(b)) expect(known(a)).toBe(true);
          if (!known(a)) expect(a < b).toBe(true);
          else if (known(b)) {
            const [low, high] = descending ? [of[b]!, of[a]!] : [of[a]!, of[b]!];
            expect(low).toBeLessThanOrEqual(high);
            if (low === high) expect(a).toBeLessThan(b);
          }
        }
      }),
    );
  });
});
