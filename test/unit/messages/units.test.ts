import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDecibels,
  formatInteger,
  formatNumber,
  formatPercent,
  formatRatio,
  formatSeconds,
  withSign,
} from '../../../src/messages/units.js';

describe('units', () => {
  it('keeps three digits of bytes and counts', () => {
    expect([0, 999, 1000, 1_725_737, 999_600, -1_260_000, 1.5e9].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.00 KB',
      '1.73 MB',
      '1.00 MB',
      '-1.26 MB',
      '1.50 GB',
    ]);
    expect([520, 25_100, 431_080, 2_293_000].map(formatCount)).toEqual(['520', '25.1 K', '431 K', '2.29 M']);
  });

  it('never prints four digits before the unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (bytes) => {
        expect(parseFloat(formatBytes(bytes))).toBeLessThan(1000);
      }),
    );
  });

  it('is right to half a unit of the last digit', () => {
    const factors: Record<string, number> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e11 }), (bytes) => {
        const [number, unit] = formatBytes(bytes).split(' ');
        expect(Math.abs(Number(number) * factors[unit!]! - bytes) / bytes).toBeLessThanOrEqual(0.00502);
      }),
    );
  });

  it('groups thousands', () => {
    expect([0, 999, 1000, 1234567, -2000].map(formatInteger)).toEqual(['0', '999', '1,000', '1,234,567', '-2,000']);
  });

  it('shows shares, ratios and differences', () => {
    expect(formatPercent(0.989)).toBe('98.90 %');
    expect(formatRatio(1725737, 465949)).toBe('0.27x');
    expect(formatRatio(0, 1)).toBe('–');
    expect(withSign(0.15, (v) => v.toFixed(2))).toBe('+0.15');
    expect(withSign(-1_260_000, formatBytes)).toBe('-1.26 MB');
  });

  it('shows times, decibels and any number', () => {
    expect([0.0000021, 0.0123, 1.5, 75].map(formatSeconds)).toEqual(['2.10 µs', '12.3 ms', '1.50 s', '1 min 15 s']);
    expect([Infinity, 31.234].map(formatDecibels)).toEqual(['∞ dB', '31.2 dB']);
    expect([0, -0.61234, 1.234e-7, 123456, NaN].map(formatNumber)).toEqual([
      '0',
      '-0.6123',
      '1.23e-7',
      '1.23e+5',
      'NaN',
    ]);
  });
});
