import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridOfValues } from '../../../../src/inspect/findings/gridOfValues.js';
import { ValueScan } from '../../../../src/inspect/findings/valueScan.js';
import { codeOf, valuesOfCodes } from '../../../../src/tensor/smallFloat.js';

function scan(...chunks: (Float32Array | Float64Array)[]) {
  const scan = new ValueScan(32);
  for (const chunk of chunks) scan.add(chunk);
  return scan.result();
}

const isHeld = (type: 'float16' | 'bfloat16', value: number) =>
  Object.is(valuesOfCodes(type)[codeOf(type)(value)]!, value);

describe('ValueScan', () => {
  it('agrees with rounding to the type and back', () => {
    const bits = new Uint32Array(1);
    const one = new Float32Array(bits.buffer);
    // Patterns with few low bits, so that both answers are common.
    const pattern = fc
      .tuple(fc.nat(0xffff_ffff), fc.integer({ min: 0, max: 23 }))
      .map(([word, low]) => (word >>> low) << low);
    fc.assert(
      fc.property(pattern, (word) => {
        bits[0] = word;
        fc.pre(!Number.isNaN(one[0]!));
        const { float16, bfloat16 } = scan(one.slice());
        expect({ float16, bfloat16 }).toEqual({
          float16: isHeld('float16', one[0]!),
          bfloat16: isHeld('bfloat16', one[0]!),
        });
      }),
      { numRuns: 2000 },
    );
    for (const type of ['float16', 'bfloat16'] as const) {
      const all = valuesOfCodes(type).filter((value) => !Number.isNaN(value));
      expect(scan(all)[type]).toBe(true);
      expect(
        scan(all.filter((value) => Number.isFinite(value) && value !== 0).map((value) => value * (1 + 2 ** -12)))[type],
      ).toBe(false);
    }
  });

  it('needs no more of fresh numbers than a few', () => {
    const scan = new ValueScan(32);
    scan.add(Float32Array.from({ length: 300 }, (_, i) => 1 / (i + 1)));
    expect(scan.isDecided).toBe(true);
    const halves = new ValueScan(16);
    halves.add(valuesOfCodes('float16').slice(0, 300));
    expect(halves.isDecided).toBe(true);
    expect(halves.result()).toEqual({ float16: false, bfloat16: false, values: null });
  });

  it('lists the different numbers of many, zeros among them, in whichever order', () => {
    const values = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, fc.nat(), (few, turn) => {
        const many = Float32Array.from({ length: 3000 }, (_, i) => few[(i * 7 + turn) % few.length]!);
        const distinct = [...new Set(many)].sort((a, b) => a - b);
        expect(scan(many.subarray(0, 1000), many.subarray(1000)).values).toEqual(
          distinct.length > 256 ? null : distinct,
        );
      }),
    );
  });

  it('lists the different numbers, as long as they are few and finite', () => {
    expect(scan(new Float32Array([3, -0, 1, 3]), new Float32Array([0, -2])).values).toEqual([-2, 0, 1, 3]);
    const many = Float64Array.from({ length: 256 }, (_, i) => i / 7);
    expect(scan(many, many).values).toEqual([...many]);
    expect(scan(many, new Float64Array([-1])).values).toBeNull();
    expect(scan(new Float32Array([1, NaN])).values).toBeNull();
    expect(scan(new Float32Array([1, Infinity])).values).toBeNull();
  });
});

describe('gridOfValues', () => {
  it('finds the step of numbers that were integers times a scale', () => {
    const codes = fc.uniqueArray(fc.integer({ min: -128, max: 127 }), { minLength: 8, maxLength: 200 });
    const scale = fc.double({ min: 1e-6, max: 1e3, noNaN: true }).map(Math.fround);
    fc.assert(
      fc.property(codes, scale, (integers, step) => {
        const values = integers.map((code) => Math.fround(code * step)).sort((a, b) => a - b);
        const grid = gridOfValues(values)!;
        const divisor = integers.reduce((a, b) => greatestCommonDivisor(a, Math.abs(b)), 0);
        expect(grid.step / (divisor * step)).toBeCloseTo(1, 5);
        const codesUsed = (Math.max(0, ...integers) - Math.min(0, ...integers)) / divisor + 1;
        expect(2 ** grid.bits).toBeGreaterThanOrEqual(codesUsed);
      }),
    );
  });

  it('finds none where there is none', () => {
    expect(gridOfValues([-1.2345, -0.4, -0.1017, 0.0313, 0.217, 0.7071, 1.618])).toBeUndefined();
    expect(gridOfValues([0, 1])).toBeUndefined();
    // A grid of 9 bits.
    expect(gridOfValues(Array.from({ length: 256 }, (_, i) => (i < 255 ? i : 511)))).toBeUndefined();
  });
});

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
