import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelOf, levelsOf, opacityOf, scaleOf } from '../../../../webview/graph/heat.js';
import type { DiagramMetric } from '../../../../src/protocol/diagramCalls.js';

const metric = fc.constantFrom<DiagramMetric>('parameters', 'macs', 'range', 'zeros', 'error', 'sensitivity');
const value = fc.oneof(
  fc.constant(NaN),
  fc.constant(0),
  fc.double({ min: 0, max: 1e15, noNaN: true }),
  fc.constant(Infinity),
);

describe('the heat of items', () => {
  it('is between nothing and all, grows with the value, and is unknown where the value is', () => {
    fc.assert(
      fc.property(metric, fc.array(value, { minLength: 1, maxLength: 40 }), (name, list) => {
        const values = Float64Array.from(list);
        const scale = scaleOf(name, values);
        const levels = levelsOf(values, scale);
        if (scale === null) {
          expect(Array.from(levels).every(Number.isNaN)).toBe(true);
          return;
        }
        list.forEach((one, i) => {
          expect(Number.isNaN(levels[i]!)).toBe(Number.isNaN(one));
          if (Number.isNaN(one)) return;
          expect(levels[i]).toBeGreaterThanOrEqual(0);
          expect(levels[i]).toBeLessThanOrEqual(1);
          const steps = list.map((other) => (name === 'error' ? one - other : other - one));
          steps.forEach((step, j) => {
            if (step > 0) expect(levels[j]).toBeGreaterThanOrEqual(levels[i]!);
          });
        });
      }),
    );
  });

  it('spans magnitudes for counts, at most six of them', () => {
    const scale = scaleOf('parameters', Float64Array.of(0, 1, 1e3, 1e6))!;
    expect(scale).toEqual({ kind: 'logarithmic', from: 1, to: 1e6 });
    expect(levelOf(1e3, scale)).toBeCloseTo(0.55);
    expect([levelOf(0, scale), levelOf(1, scale), levelOf(1e6, scale)]).toEqual([0, 0.1, 1]);
    expect(scaleOf('bytes', Float64Array.of(1, 1e12))!.from).toBe(1e6);
  });

  it('is strongest for the worst error and for weights that are all zero', () => {
    const errors = scaleOf('error', Float64Array.of(50, 10, NaN))!;
    expect([levelOf(50, errors), levelOf(10, errors)]).toEqual([0, 1]);
    const zeros = scaleOf('zeros', Float64Array.of(0.25, 0.5))!;
    expect(levelOf(0.5, zeros)).toBe(0.5);
  });

  it('fills nothing where nothing is known', () => {
    expect(scaleOf('time', Float64Array.of(NaN, NaN))).toBeNull();
    expect(opacityOf(NaN)).toBe(0);
    expect(opacityOf(1)).toBeLessThanOrEqual(0.5);
  });
});
