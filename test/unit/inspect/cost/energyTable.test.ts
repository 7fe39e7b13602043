import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MacUnit, NumberKind } from '../../../../src/inspect/cost/energyTable.js';
import {
  additionPj,
  dramPjPerByte,
  macAreaUm2,
  macPj,
  sramPjPerByte,
} from '../../../../src/inspect/cost/energyTable.js';

const unit = (kind: NumberKind, weightBits: number, activationBits = weightBits): MacUnit => ({
  kind,
  weightBits,
  activationBits,
});

describe('the table of energies and areas', () => {
  it('gives the published figures for the widths that it has', () => {
    // ISSCC 2014, 45 nm: a product and the sum it goes into, of integers in 32 bits.
    expect(macPj(unit('integer', 8))).toBeCloseTo(0.2 + 0.1, 12);
    expect(macPj(unit('integer', 32))).toBeCloseTo(3.1 + 0.1, 12);
    expect(macPj(unit('float', 16))).toBeCloseTo(1.1 + 0.4, 12);
    expect(macPj(unit('float', 32))).toBeCloseTo(3.7 + 0.9, 12);
    expect(macAreaUm2(unit('integer', 8))).toBeCloseTo(282 + 137, 9);
    expect(macAreaUm2(unit('integer', 32))).toBeCloseTo(3495 + 137, 9);
    expect(macAreaUm2(unit('float', 16))).toBeCloseTo(1640 + 1360, 9);
    expect(macAreaUm2(unit('float', 32))).toBeCloseTo(7700 + 4184, 9);
    expect(additionPj()).toBe(0.1);
  });

  it('takes activations to the smallest memory that holds them, by 32 bits', () => {
    expect(sramPjPerByte(8192)).toBe(5 / 4);
    expect(sramPjPerByte(8193)).toBe(10 / 4);
    expect(sramPjPerByte(32768)).toBe(10 / 4);
    expect(sramPjPerByte(1 << 20)).toBe(50 / 4);
    expect(sramPjPerByte((1 << 20) + 1)).toBeNull();
    expect(dramPjPerByte).toBe(640 / 4);
  });

  it('lies between its rows for widths between them, and grows with either width', () => {
    const bits = fc.integer({ min: 2, max: 63 });
    fc.assert(
      fc.property(fc.constantFrom<NumberKind>('integer', 'float'), bits, bits, (kind, weight, activation) => {
        expect(macPj(unit(kind, weight, activation))).toBeGreaterThan(0);
        expect(macPj(unit(kind, weight + 1, activation))).toBeGreaterThan(macPj(unit(kind, weight, activation)));
        expect(macAreaUm2(unit(kind, weight, activation + 1))).toBeGreaterThan(
          macAreaUm2(unit(kind, weight, activation)),
        );
        expect(macPj(unit(kind, weight, activation))).toBeCloseTo(macPj(unit(kind, activation, weight)), 9);
      }),
    );
    const sixteen = macPj(unit('integer', 16)) - 0.1;
    expect(sixteen).toBeGreaterThan(0.2);
    expect(sixteen).toBeLessThan(3.1);
    // A straight line in logarithms: the middle width of 8 and 32 costs the geometric mean of their costs.
    expect(sixteen).toBeCloseTo(Math.sqrt(0.2 * 3.1), 9);
  });
});
