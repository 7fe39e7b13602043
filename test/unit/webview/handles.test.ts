import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Handle, Range } from '../../../webview/detail/handles.js';
import { keyTarget, leastReach, limitsOf, moveHandle } from '../../../webview/detail/handles.js';

const end = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const weights = fc
  .tuple(end, end)
  .map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }))
  .filter(({ min, max }) => Math.max(Math.abs(min), Math.abs(max)) > 1e-6);
const moves = fc.array(
  fc.tuple(fc.constantFrom<Handle>('low', 'high'), fc.double({ min: -2e3, max: 2e3, noNaN: true })),
);

describe('limits of a clipping range', () => {
  it('reach over all weights and zero', () => {
    expect(limitsOf(-0.3, 0.5, false)).toEqual([-0.3, 0.5]);
    expect(limitsOf(0.2, 0.5, false)).toEqual([0, 0.5]);
    expect(limitsOf(-0.3, 0.5, true)).toEqual([-0.5, 0.5]);
    expect(limitsOf(-0.5, -0.2, false)).toEqual([-0.5, 0]);
  });
});

describe('moving a handle', () => {
  it('keeps any range within its limits, around zero, and never empty', () => {
    fc.assert(
      fc.property(weights, fc.boolean(), moves, ({ min, max }, symmetric, steps) => {
        const limits = limitsOf(min, max, symmetric);
        let range: Range = limits;
        for (const [handle, value] of steps) range = moveHandle(range, handle, value, limits, symmetric);
        const [low, high] = range;
        const slack = leastReach(limits) * 1.001;
        expect(low).toBeGreaterThanOrEqual(limits[0] - slack);
        expect(high).toBeLessThanOrEqual(limits[1] + slack);
        expect(low).toBeLessThanOrEqual(0);
        expect(high).toBeGreaterThanOrEqual(0);
        expect(high).toBeGreaterThan(low);
        if (symmetric) expect(low).toBe(-high);
      }),
    );
  });

  it('moves only its own end of an asymmetric range', () => {
    expect(moveHandle([-1, 2], 'low', -0.5, [-1, 2], false)).toEqual([-0.5, 2]);
    expect(moveHandle([-1, 2], 'high', 1.5, [-1, 2], false)).toEqual([-1, 1.5]);
    expect(moveHandle([-1, 2], 'high', -3, [-1, 2], false)).toEqual([-1, 0]);
  });

  it('mirrors the other end of a symmetric range', () => {
    expect(moveHandle([-2, 2], 'low', -0.5, [-2, 2], true)).toEqual([-0.5, 0.5]);
    expect(moveHandle([-2, 2], 'high', 5, [-2, 2], true)).toEqual([-2, 2]);
  });
});

describe('keys', () => {
  const limits: Range = [-1, 1];
  it.each([
    ['ArrowRight', false, 0.01],
    ['ArrowLeft', false, -0.01],
    ['ArrowUp', true, 0.1],
    ['ArrowDown', true, -0.1],
    ['PageUp', false, 0.2],
    ['PageDown', false, -0.2],
    ['Home', false, -1],
    ['End', false, 1],
    ['a', false, undefined],
  ])('%s (coarse: %s) leads to %s', (key, coarse, target) => {
    const found = keyTarget(key, coarse, 0, limits);
    if (target === undefined) expect(found).toBeUndefined();
    else expect(found).toBeCloseTo(target, 12);
  });
});
