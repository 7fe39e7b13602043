import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgreementMeter } from '../../../src/evaluate/agreement.js';
import type { Output } from '../../../src/evaluate/outputs.js';

const output = (name: string, shape: number[], values: number[], isFloat = true): Output => ({
  name,
  shape,
  isFloat,
  numbers: Float64Array.from(values),
});

function agreementOf(a: Output[], b: Output[], samples = 1) {
  const meter = new AgreementMeter();
  expect(meter.add(a, b, samples)).toBe(true);
  return meter.result();
}

const norm = (values: number[]) => Math.hypot(...values);
const vectors = fc
  .integer({ min: 1, max: 20 })
  .chain((length) =>
    fc.tuple(
      ...[0, 1].map(() =>
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: length, maxLength: length }),
      ),
    ),
  ) as fc.Arbitrary<[number[], number[]]>;

describe('AgreementMeter', () => {
  it('SQNR and cosine are their definitions, over all float outputs together', () => {
    fc.assert(
      fc.property(vectors, vectors, ([a1, b1], [a2, b2]) => {
        const [a, b] = [
          [...a1, ...a2],
          [...b1, ...b2],
        ];
        const noise = norm(a.map((x, i) => x - b[i]!));
        fc.pre(norm(a) > 1e-3 && norm(b) > 1e-3 && noise > 1e-3);
        const { sqnrDb, cosine } = agreementOf(
          [output('x', [a1.length], a1), output('y', [a2.length], a2), output('n', [1], [5], false)],
          [output('x', [a1.length], b1), output('y', [a2.length], b2), output('n', [1], [9], false)],
        );
        expect(sqnrDb).toBeCloseTo(20 * Math.log10(norm(a) / noise), 6);
        const product = a.reduce((sum, x, i) => sum + x * b[i]!, 0);
        expect(cosine).toBeCloseTo(product / norm(a) / norm(b), 9);
      }),
    );
  });

  it('does not depend on how the samples were batched', () => {
    const meter = new AgreementMeter();
    meter.add([output('y', [1, 2], [1, 2])], [output('y', [1, 2], [2, 1])], 1);
    meter.add([output('y', [2, 2], [3, 4, 5, 6])], [output('y', [2, 2], [3, 5, 5, 7])], 2);
    const whole = agreementOf([output('y', [3, 2], [1, 2, 3, 4, 5, 6])], [output('y', [3, 2], [2, 1, 3, 5, 5, 7])], 3);
    expect(meter.result()).toEqual(whole);
    expect(whole.top1).toBeCloseTo(2 / 3);
    expect(whole.samples).toBe(3);
  });

  it('equal outputs agree wholly, also where they are NaN or infinite', () => {
    const values = [1, NaN, Infinity, -Infinity, 0];
    const equal = agreementOf([output('y', [5], values)], [output('y', [5], values)]);
    expect(equal).toEqual({ top1: null, sqnrDb: Infinity, cosine: 1, samples: 1 });
  });

  it('one that is not finite where the other is spoils all', () => {
    const spoilt = agreementOf([output('y', [1, 2], [1, 2])], [output('y', [1, 2], [NaN, 2])]);
    expect(spoilt).toEqual({ top1: 0, sqnrDb: -Infinity, cosine: NaN, samples: 1 });
  });

  it('pairs outputs by name, or by place where the names differ', () => {
    const a = [output('x', [1], [1]), output('y', [1], [2])];
    expect(agreementOf(a, [output('y', [1], [2]), output('x', [1], [1])]).sqnrDb).toBe(Infinity);
    expect(agreementOf(a, [output('p', [1], [1]), output('q', [1], [2])]).sqnrDb).toBe(Infinity);
  });

  it('tells where outputs cannot be compared', () => {
    const meter = new AgreementMeter();
    expect(meter.add([output('y', [2], [1, 2])], [output('y', [1, 2], [1, 2])], 1)).toBe(false);
    expect(meter.add([output('y', [1], [1])], [], 1)).toBe(false);
  });

  it('compares integers where there are no floats', () => {
    const { sqnrDb } = agreementOf([output('n', [1], [10], false)], [output('n', [1], [9], false)]);
    expect(sqnrDb).toBeCloseTo(20);
  });

  it('tells the SQNR of each output by itself where there are several', () => {
    const a = [output('near', [1, 2], [3, 4]), output('far', [1, 2], [3, 4]), output('ids', [1, 1], [7], false)];
    const b = [output('far', [1, 2], [3, 5]), output('near', [1, 2], [3, 4]), output('ids', [1, 1], [7], false)];
    const { outputs } = agreementOf(a, b);
    expect(outputs).toEqual([
      { name: 'near', sqnrDb: Infinity },
      { name: 'far', sqnrDb: expect.closeTo(10 * Math.log10(25), 9) as number },
    ]);
    expect(agreementOf(a.slice(0, 1), a.slice(0, 1)).outputs).toBeUndefined();
  });
});
