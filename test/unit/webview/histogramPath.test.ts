import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Axis } from '../../../webview/charts/histogramPath.js';
import {
  barHeight,
  histogramPath,
  positionOf,
  rangesPath,
  tickLabels,
  ticks,
  valueAt,
} from '../../../webview/charts/histogramPath.js';

/** The points of a path of M, V, H and Z. */
function points(path: string): [number, number][] {
  let [x, y] = [0, 0];
  const found: [number, number][] = [];
  for (const [, command, rest] of path.matchAll(/([MVHZ])([^MVHZ]*)/g)) {
    if (command === 'Z') continue;
    if (command === 'M') [x, y] = rest!.split(' ').map(Number) as [number, number];
    else if (command === 'V') y = Number(rest);
    else x = Number(rest);
    found.push([x, y]);
  }
  return found;
}

/** The areas of the bars: each is drawn as its height and then its width. */
function area(path: string, height: number): number {
  const outline = points(path);
  let sum = 0;
  for (let i = 1; i < outline.length; i += 1) {
    const [x, y] = outline[i]!;
    const [before] = outline[i - 1]!;
    sum += (x - before) * (height - y);
  }
  return sum;
}

describe('a histogram path', () => {
  it('reaches the top only where its fullest bin holds the most of all', () => {
    const heights = (most?: number): number[] =>
      points(histogramPath([1, 2], 10, 100, 'linear', 0, most)).map(([, y]) => y);
    expect(Math.min(...heights())).toBe(0);
    expect(Math.min(...heights(8))).toBe(75);
  });

  it('draws one bar a bin', () => {
    expect(histogramPath([1, 0, 2], 30, 10)).toBe('M0 10V5H10V10H20V0H30V10Z');
  });

  it('shows thin tails', () => {
    expect(histogramPath([1, 1000], 20, 10, 'linear', 0.75)).toBe('M0 10V9.25H10V0H20V10Z');
  });

  it('is nothing for no bins', () => {
    expect(histogramPath([], 30, 10)).toBe('');
  });

  it('stays in its box and its area is that of the counts', () => {
    const counts = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(counts, fc.constantFrom('linear' as const, 'log' as const), (bins, scale) => {
        const path = histogramPath(bins, 640, 100, scale);
        for (const [x, y] of points(path)) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x).toBeLessThanOrEqual(640);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(100);
        }
        const most = Math.max(...bins);
        const heights = bins.map((bin) => barHeight(bin, most, scale));
        const expected = heights.reduce((sum, part) => sum + part, 0) * (640 / bins.length) * 100;
        expect(Math.abs(area(path, 100) - expected)).toBeLessThanOrEqual(640 * 0.01 + bins.length);
      }),
    );
  });
});

describe('bar heights', () => {
  it('grow with the count on both scales', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), fc.constantFrom('linear' as const, 'log' as const), (a, b, scale) => {
        const most = Math.max(a, b, 1);
        expect(Math.sign(barHeight(a, most, scale) - barHeight(b, most, scale))).toBe(Math.sign(a - b));
      }),
    );
  });
});

const end = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const axes = fc
  .tuple(end, end)
  .filter(([a, b]) => Math.abs(a - b) > 1e-3)
  .map(([a, b]): Axis => ({ min: Math.min(a, b), max: Math.max(a, b), start: 8, end: 392 }));

describe('an axis', () => {
  it('leads from a value to its position and back', () => {
    fc.assert(
      fc.property(axes, fc.double({ min: 0, max: 1, noNaN: true }), (axis, part) => {
        const value = axis.min * (1 - part) + axis.max * part;
        expect(Math.abs(valueAt(positionOf(value, axis), axis) - value)).toBeLessThanOrEqual(
          (axis.max - axis.min) * 1e-6,
        );
      }),
    );
  });

  it('keeps what lies outside at its ends', () => {
    const axis: Axis = { min: -1, max: 1, start: 0, end: 100 };
    expect([positionOf(-5, axis), positionOf(5, axis)]).toEqual([0, 100]);
    expect([valueAt(-20, axis), valueAt(120, axis)]).toEqual([-1, 1]);
  });

  it('holds ranges as wide as numbers go', () => {
    const axis: Axis = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE, start: 0, end: 100 };
    expect(positionOf(0, axis)).toBe(50);
    expect(positionOf(Number.MAX_VALUE, axis)).toBe(100);
  });

  it('has round ticks inside it, evenly spaced', () => {
    fc.assert(
      fc.property(axes, fc.integer({ min: 2, max: 12 }), ({ min, max }, wanted) => {
        const marks = ticks(min, max, wanted);
        expect(marks.length).toBeGreaterThanOrEqual(1);
        expect(marks.length).toBeLessThanOrEqual(wanted * 2 + 2);
        const span = max - min;
        for (const mark of marks) {
          expect(mark).toBeGreaterThanOrEqual(min - span * 1e-9);
          expect(mark).toBeLessThanOrEqual(max + span * 1e-9);
        }
        expect(new Set(tickLabels(marks)).size).toBe(marks.length);
      }),
    );
  });

  it.each([
    [
      [-0.4, -0.2, 0, 0.2],
      ['-0.4', '-0.2', '0.0', '0.2'],
    ],
    [
      [0, 500, 1000],
      ['0', '500', '1000'],
    ],
    [
      [0, 0.00002],
      ['0', '2.0e-5'],
    ],
  ])('labels %j as %j', (marks, labels) => {
    expect(tickLabels(marks)).toEqual(labels);
  });
});

describe('ranges of channels', () => {
  it('are one bar each, in the order given', () => {
    const axis: Axis = { min: -1, max: 1, start: 100, end: 0 };
    expect(rangesPath([-1, 0], [1, 0.5], [1, 0], axis, 20)).toBe('M0 50V25H9V50ZM10 100V0H19V100Z');
  });

  it('leave out channels without a finite value', () => {
    const axis: Axis = { min: -1, max: 1, start: 100, end: 0 };
    expect(rangesPath([NaN], [NaN], [0], axis, 20)).toBe('');
  });
});
