import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SignalError } from '../../../src/tensor/signalError.js';

const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
  minLength: 1,
  maxLength: 40,
});
const pair = numbers.chain((a) =>
  fc.tuple(
    fc.constant(a),
    fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
      minLength: a.length,
      maxLength: a.length,
    }),
  ),
);

function sqnr(...parts: readonly (readonly [readonly number[], readonly number[]])[]): SignalError {
  const error = new SignalError();
  for (const [a, b] of parts) error.add(Float64Array.from(a), Float64Array.from(b));
  return error;
}

describe('the error of a signal', () => {
  it('is none where nothing differs, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.float()), (a) => {
        expect(sqnr([a, a]).sqnrDb).toBe(Infinity);
        expect(sqnr([a, a]).cosine).toBe(1);
      }),
    );
  });

  it('comes from sums over all parts, and not from a mean of decibels', () => {
    fc.assert(
      fc.property(pair, pair, (first, second) => {
        const together = sqnr([
          [...first[0], ...second[0]],
          [...first[1], ...second[1]],
        ]);
        const inParts = sqnr(first, second);
        if (together.sqnrDb === Infinity) expect(inParts.sqnrDb).toBe(Infinity);
        else expect(inParts.sqnrDb).toBeCloseTo(together.sqnrDb, 6);
      }),
    );
    const { sqnrDb } = sqnr([
      [10, 10],
      [10, 9],
    ]);
    expect(sqnrDb).toBeCloseTo(10 * Math.log10(200), 12);
  });

  it('does not depend on the unit', () => {
    fc.assert(
      fc.property(pair, fc.constantFrom(0.25, 2, 1024), ([a, b], unit) => {
        const scaled = sqnr([a.map((value) => value * unit), b.map((value) => value * unit)]);
        const { sqnrDb } = sqnr([a, b]);
        fc.pre(Math.hypot(...a) > 1e-3 && (sqnrDb === Infinity || sqnrDb < 200));
        if (sqnrDb === Infinity) expect(scaled.sqnrDb).toBe(Infinity);
        else expect(scaled.sqnrDb).toBeCloseTo(sqnrDb, 6);
      }),
    );
  });

  it('leaves out what is the same infinity or NaN in both, and is without bounds where one alone is not finite', () => {
    expect(
      sqnr([
        [1, Infinity, NaN, -Infinity],
        [1, Infinity, NaN, -Infinity],
      ]).sqnrDb,
    ).toBe(Infinity);
    for (const other of [NaN, Infinity, -Infinity]) {
      const error = sqnr([
        [1, 2],
        [1, other],
      ]);
      expect([error.sqnrDb, error.cosine]).toEqual([-Infinity, NaN]);
    }
    expect(
      sqnr([
        [1, Infinity],
        [1, -Infinity],
      ]).sqnrDb,
    ).toBe(-Infinity);
  });
});
