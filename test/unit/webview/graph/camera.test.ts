import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitBox,
  inSight,
  keptInSight,
  leastZoom,
  openingView,
  wholeView,
  windowOf,
} from '../../../../webview/graph/camera.js';

const size = (least: number, greatest: number) =>
  fc.record({ width: fc.integer({ min: least, max: greatest }), height: fc.integer({ min: least, max: greatest }) });
const graph = size(1, 1_000_000);
const screen = size(100, 3000);
const view = fc.record({
  x: fc.double({ min: -1e7, max: 1e7, noNaN: true }),
  y: fc.double({ min: -1e7, max: 1e7, noNaN: true }),
  k: fc.double({ min: 1e-4, max: 4, noNaN: true }),
});

describe('where the graph is looked at from', () => {
  it('fits all of a graph on the screen, in its middle, no larger than life', () => {
    fc.assert(
      fc.property(graph, screen, (whole, shown) => {
        const box = { left: 0, top: 0, ...whole };
        const fitted = fitBox(box, shown);
        const window = windowOf(fitted, shown);
        const near = 1e-6 * (whole.width + whole.height);
        expect(fitted.k).toBeLessThanOrEqual(1);
        expect(window.left + window.width / 2).toBeCloseTo(whole.width / 2, 3);
        expect(window.top + window.height / 2).toBeCloseTo(whole.height / 2, 3);
        expect(window.width + near).toBeGreaterThan(whole.width);
        expect(window.height + near).toBeGreaterThan(whole.height);
        expect(leastZoom(whole, shown)).toBeLessThanOrEqual(fitted.k);
      }),
    );
  });

  it('opens a graph that is too large to be read at its beginning', () => {
    const shown = { width: 800, height: 600 };
    expect(openingView({ width: 400, height: 500 }, shown)).toEqual(
      fitBox({ left: 0, top: 0, width: 400, height: 500 }, shown),
    );
    const chain = openingView({ width: 200, height: 480_000 }, shown);
    expect(chain.k).toBe(1);
    expect(windowOf(chain, shown).top).toBe(-24);
    expect(inSight({ left: 0, top: 0, width: 200, height: 60 }, chain, shown)).toBe(true);
    const wide = openingView({ width: 20_000, height: 20_000 }, shown);
    expect(wide.k).toBe(0.8);
    expect(windowOf(wide, shown).left).toBeCloseTo(10_000 - 500);
  });

  it('shows the whole of a graph unless it would be a mere line', () => {
    const shown = { width: 800, height: 600 };
    const wide = { width: 20_000, height: 20_000 };
    expect(wholeView(wide, shown)).toEqual(fitBox({ left: 0, top: 0, ...wide }, shown));
    const chain = { width: 200, height: 480_000 };
    expect(wholeView(chain, shown)).toEqual(openingView(chain, shown));
  });

  it('never loses the graph from sight, and leaves a view that shows it alone', () => {
    fc.assert(
      fc.property(graph, screen, view, (whole, shown, any) => {
        const kept = keptInSight(any, whole, shown);
        const window = windowOf(kept, shown);
        const overlap = (from: number, extent: number, length: number): number =>
          kept.k * (Math.min(from + extent, length) - Math.max(from, 0));
        expect(overlap(window.left, window.width, whole.width)).toBeGreaterThan(-1e-3);
        expect(overlap(window.top, window.height, whole.height)).toBeGreaterThan(-1e-3);
        const again = keptInSight(kept, whole, shown);
        expect(again.x).toBeCloseTo(kept.x, 3);
        expect(again.y).toBeCloseTo(kept.y, 3);
      }),
    );
    const fitted = fitBox({ left: 0, top: 0, width: 300, height: 300 }, { width: 800, height: 600 });
    expect(keptInSight(fitted, { width: 300, height: 300 }, { width: 800, height: 600 })).toEqual(fitted);
  });
});
