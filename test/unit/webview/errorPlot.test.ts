import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decibelRange,
  dotsPath,
  linePath,
  pointAt,
  xOf,
  yOf,
  type PlotBox,
} from '../../../webview/compare/errorPlot.js';

const box: PlotBox = { left: 40, right: 400, top: 26, bottom: 160, infinite: 8 };
const decibels = fc.oneof(fc.double({ min: -200, max: 200, noNaN: true }), fc.constantFrom(Infinity, -Infinity, NaN));

describe('the plot of errors along the graph', () => {
  it('has a range of round decibels that holds all finite values', () => {
    expect(decibelRange([Infinity, NaN])).toEqual({ min: 0, max: 60 });
    expect(decibelRange([31.2, 47.8, Infinity])).toEqual({ min: 30, max: 50 });
    fc.assert(
      fc.property(fc.array(decibels), (values) => {
        const { min, max } = decibelRange(values);
        expect([min % 10, max % 10].map(Math.abs)).toEqual([0, 0]);
        expect(max - min).toBeGreaterThanOrEqual(10);
        for (const value of values) if (Number.isFinite(value)) expect(value >= min && value <= max).toBe(true);
      }),
    );
  });

  it('puts a larger ratio higher, no error above all and what is not finite at the bottom', () => {
    fc.assert(
      fc.property(decibels, decibels, (a, b) => {
        fc.pre(!Number.isNaN(a) && !Number.isNaN(b) && a <= b);
        const range = decibelRange([a, b]);
        const [low, high] = [yOf(a, range, box), yOf(b, range, box)];
        expect(low).toBeGreaterThanOrEqual(high);
        for (const y of [low, high]) expect(y >= box.infinite && y <= box.bottom).toBe(true);
        if (Number.isFinite(b)) expect(high).toBeGreaterThanOrEqual(box.top);
      }),
    );
  });

  it('finds the point that a position lies at', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9000 }), fc.nat(), (points, any) => {
        const point = any % points;
        expect(pointAt(xOf(point, points, box), points, box)).toBe(point);
      }),
    );
    expect(pointAt(-5, 10, box)).toBe(0);
    expect(pointAt(1000, 10, box)).toBe(9);
  });

  it('breaks the line where a value is not known, and draws no dot there', () => {
    const range = { min: 0, max: 60 };
    const values = [10, 20, NaN, 30];
    expect(linePath(values, range, box).match(/[ML]/g)).toEqual(['M', 'L', 'M']);
    expect(dotsPath(values, range, box).match(/h0/g)).toHaveLength(3);
  });
});
