import fc from 'fast-check';
import { expect, it } from 'vitest';
import { channelBars } from '../../../src/engine/weightFigures.js';

it('covers every channel by a bar that is as wide as its widest', () => {
  const range = fc.oneof(
    fc.tuple(fc.float({ noNaN: true }), fc.float({ noNaN: true })).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]),
    fc.constant([NaN, NaN]),
  );
  fc.assert(
    fc.property(fc.array(range, { minLength: 1 }), fc.integer({ min: 1, max: 20 }), (ranges, bars) => {
      const min = ranges.map(([low]) => low!);
      const max = ranges.map(([, high]) => high!);
      const plot = channelBars({ axis: 0, min, max }, bars);
      expect(plot.count).toBe(ranges.length);
      expect(plot.min.length).toBe(plot.max.length);
      expect(plot.min.length).toBeLessThanOrEqual(bars);
      expect(plot.min.length * plot.perBar).toBeGreaterThanOrEqual(ranges.length);
      for (let bar = 0; bar < plot.min.length; bar++) {
        const own = ranges.slice(bar * plot.perBar, (bar + 1) * plot.perBar).filter(([low]) => !Number.isNaN(low));
        const lows = own.map(([low]) => low!);
        const highs = own.map(([, high]) => high!);
        expect(plot.min[bar]).toBe(own.length > 0 ? Math.min(...lows) : NaN);
        expect(plot.max[bar]).toBe(own.length > 0 ? Math.max(...highs) : NaN);
      }
    }),
  );
});
