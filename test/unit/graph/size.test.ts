import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Size } from '../../../src/graph/inference/size.js';
import {
  add,
  anonymous,
  broadcastSizes,
  ceilDivide,
  compareSizes,
  divideExactly,
  equalSizes,
  floorDivide,
  isAtLeast,
  lowerBound,
  multiply,
  subtract,
  symbol,
  toDimension,
} from '../../../src/graph/inference/size.js';
import { evaluateDimension } from './evaluateDimension.js';

const names = ['H', 'W', 'batch'];

type Sizes = ReadonlyMap<string, number>;

/** A size together with the plain computation that it stands for. */
interface Pair {
  readonly size: Size;
  readonly value: (sizes: Sizes) => number;
}

const leaf: fc.Arbitrary<Pair> = fc.oneof(
  fc.integer({ min: -9, max: 9 }).map((n) => ({ size: n, value: () => n })),
  fc.constantFrom(...names).map((name) => ({ size: symbol(name), value: (sizes: Sizes) => sizes.get(name)! })),
);

const { pair } = fc.letrec<{ pair: Pair }>((tie) => ({
  pair: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc
      .tuple(tie('pair'), tie('pair'))
      .map(([a, b]) => ({ size: add(a.size, b.size), value: (s: Sizes) => a.value(s) + b.value(s) })),
    fc
      .tuple(tie('pair'), tie('pair'))
      .map(([a, b]) => ({ size: subtract(a.size, b.size), value: (s: Sizes) => a.value(s) - b.value(s) })),
    fc
      .tuple(tie('pair'), tie('pair'))
      .map(([a, b]) => ({ size: multiply(a.size, b.size), value: (s: Sizes) => a.value(s) * b.value(s) })),
    fc.tuple(tie('pair'), fc.integer({ min: 1, max: 5 })).map(([a, n]) => ({
      size: floorDivide(a.size, n),
      value: (s: Sizes) => Math.floor(a.value(s) / n),
    })),
    fc.tuple(tie('pair'), fc.integer({ min: 1, max: 5 })).map(([a, n]) => ({
      size: ceilDivide(a.size, n),
      value: (s: Sizes) => Math.ceil(a.value(s) / n),
    })),
  ),
}));

const sizesOf = fc.record({
  H: fc.integer({ min: 1, max: 50 }),
  W: fc.integer({ min: 1, max: 50 }),
  batch: fc.integer({ min: 1, max: 8 }),
});
const bound = (sizes: Record<string, number>) => new Map(Object.entries(sizes));

/** The value of a size's text, which is ordinary arithmetic. */
function evaluate(size: Size, sizes: ReadonlyMap<string, number>): number {
  return typeof size === 'number' ? size : evaluateDimension(size.key, sizes)!;
}

describe('sizes', () => {
  it('stand for what the same arithmetic gives on numbers', () => {
    fc.assert(
      fc.property(pair, sizesOf, ({ size, value }, sizes) => {
        expect(evaluate(size, bound(sizes))).toBe(value(bound(sizes)) + 0);
      }),
    );
  });

  it('have one form whatever the order of the operations', () => {
    fc.assert(
      fc.property(pair, pair, pair, (a, b, c) => {
        expect(equalSizes(add(a.size, b.size), add(b.size, a.size))).toBe(true);
        expect(equalSizes(multiply(a.size, b.size), multiply(b.size, a.size))).toBe(true);
        const left = multiply(a.size, add(b.size, c.size));
        expect(equalSizes(left, add(multiply(a.size, b.size), multiply(a.size, c.size)))).toBe(true);
        expect(subtract(a.size, a.size)).toBe(0);
      }),
    );
  });

  it('divide back exactly what was multiplied by a product of symbols', () => {
    fc.assert(
      fc.property(pair, fc.subarray(names), fc.integer({ min: 1, max: 7 }), (a, chosen, n) => {
        const factor = chosen.map(symbol).reduce<Size>(multiply, n);
        const quotient = divideExactly(multiply(a.size, factor), factor);
        expect(quotient !== undefined && equalSizes(quotient, a.size)).toBe(true);
      }),
    );
  });

  it('are never below their lower bound, and compare as their values do', () => {
    fc.assert(
      fc.property(pair, pair, sizesOf, (a, b, sizes) => {
        const [x, y] = [a.value(bound(sizes)), b.value(bound(sizes))];
        expect(x).toBeGreaterThanOrEqual(lowerBound(a.size));
        const order = compareSizes(a.size, b.size);
        if (order !== undefined) expect(Math.sign(x - y) + 0).toBe(order);
        if (isAtLeast(a.size, b.size)) expect(x).toBeGreaterThanOrEqual(y);
      }),
    );
  });

  it('broadcast as numbers do', () => {
    fc.assert(
      fc.property(pair, pair, sizesOf, (a, b, sizes) => {
        const [x, y] = [a.value(bound(sizes)), b.value(bound(sizes))];
        fc.pre(x >= 1 && y >= 1 && (x === y || x === 1 || y === 1));
        const both = broadcastSizes(a.size, b.size);
        expect(both === undefined ? undefined : evaluate(both, bound(sizes))).toBe(Math.max(x, y));
      }),
    );
    expect(broadcastSizes(2, 3)).toBeUndefined();
  });

  it('fold repeated strides into one quotient', () => {
    const halve = (size: Size) => add(floorDivide(subtract(size, 1), 2), 1);
    expect(String(halve(halve(halve(symbol('H')))))).toBe('floor((H + 7)/8)');
    expect(String(floorDivide(multiply(symbol('H'), 4), 2))).toBe('2*H');
  });

  it('without a name, or too long to read, are unknown to others', () => {
    expect(toDimension(add(anonymous(3), 1))).toBeUndefined();
    expect(equalSizes(anonymous(3), anonymous(3))).toBe(true);
    expect(toDimension(add(symbol('batch'), 1))).toBe('batch + 1');
    expect(toDimension(Array.from({ length: 60 }, (_, i) => symbol(`s${i}`)).reduce<Size>(add, 0))).toBeUndefined();
  });
});
