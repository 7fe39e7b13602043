import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  bytes,
  count,
  decibels,
  difference,
  inColumn,
  milliseconds,
  points,
  ratio,
  real,
  shape,
  share,
  timeLeft,
  valueType,
} from '../../../webview/format/figures.js';

describe('figures', () => {
  it.each([
    [count(520), '520', '520'],
    [count(431080), '431 K', '431,080'],
    [bytes(1_730_123), '1.73 MB', '1,730,123 bytes'],
    [bytes(520), '520 B', '520 bytes'],
    [real(-0.61324), '-0.6132', '-0.61324'],
    [real(Infinity), '∞', 'Infinity'],
    [real(-Infinity), '-∞', '-Infinity'],
    [share(0.928), '92.8 %', '92.8 %'],
    [share(0.0001), '<0.1 %', '0.01 %'],
    [share(0), '0.0 %', '0 %'],
    [accuracy(0.989), '98.90 %', '98.9 %'],
    [points(-0.0015), '-0.15 points', '-0.15 points'],
    [points(0.001), '+0.10 points', '+0.1 points'],
    [ratio(0.2649), '0.26x', '0.2649x'],
    [decibels(27.43), '27.4 dB', '27.43 dB'],
    [decibels(Infinity), '∞', 'Infinity'],
    [milliseconds(0.41), '410 µs', '0.41 ms'],
    [milliseconds(1234), '1.23 s', '1234 ms'],
    [difference(1_730_000, 470_000, bytes), '-1.26 MB', '-1,260,000 bytes'],
    [difference(10, 30, count), '+20', '+20'],
    [difference(3, 3, count), '0', '0'],
  ])('%o reads %s and is %s', (figure, text, exact) => {
    expect(figure).toEqual({ text, exact });
  });

  it('says so where a value is not known', () => {
    for (const unknown of [NaN, null, undefined]) {
      expect(bytes(unknown)).toEqual({ text: '–', exact: 'Unknown' });
    }
  });

  it('keeps the order of numbers in a column', () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(Number(inColumn(low).text)).toBeLessThanOrEqual(Number(inColumn(high).text));
      }),
    );
  });

  it('is right to three digits in a column', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-30, max: 1e30, noNaN: true }), (value) => {
        const shown = Number(inColumn(value).text);
        expect(Math.abs(shown - value)).toBeLessThanOrEqual(Math.abs(value) * 0.00501);
      }),
    );
  });

  it('never shows a share that is not zero as zero', () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: 1, noNaN: true }), (value) => {
        expect(share(value).text).not.toBe('0.0 %');
      }),
    );
  });

  it.each([
    [0.2, '1 s'],
    [8.4, '8 s'],
    [59.4, '59 s'],
    [119, '2 min'],
    [3600, '1 h 0 min'],
    [4230, '1 h 11 min'],
  ])('%d seconds left read %s', (seconds, text) => {
    expect(timeLeft(seconds)).toBe(text);
  });

  it('writes shapes and types', () => {
    expect(shape([50, 20, 5, 5])).toBe('50×20×5×5');
    expect(shape(['batch', null, 3])).toBe('batch×?×3');
    expect(shape([])).toBe('scalar');
    expect(shape(null)).toBe('–');
    expect(valueType('float32', ['batch', 1, 28, 28])).toBe('float32[batch,1,28,28]');
    expect(valueType(null, null)).toBe('?');
  });
});
