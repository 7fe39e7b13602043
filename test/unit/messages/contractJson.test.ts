import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sentence } from '../../../src/messages/catalog.js';
import { toContractJson } from '../../../src/messages/contractJson.js';

describe('toContractJson', () => {
  it('writes numbers that are not finite as strings, and what is unknown as null', () => {
    const values = [1.5, NaN, Infinity, -Infinity, undefined, null, 2n ** 60n + 1n, 7n];
    expect(toContractJson(values)).toEqual([1.5, 'NaN', 'Infinity', '-Infinity', null, null, '1152921504606846977', 7]);
    expect(toContractJson({ known: 1, none: null, left: undefined })).toEqual({ known: 1, none: null });
  });

  it('writes typed arrays as lists, maps as objects, sentences in English', () => {
    expect(toContractJson(Float32Array.of(0.5, NaN))).toEqual([0.5, 'NaN']);
    expect(toContractJson(BigInt64Array.of(3n))).toEqual([3]);
    expect(toContractJson(new Map([['a', new Uint8Array(2)]]))).toEqual({ a: [0, 0] });
    const message = sentence('inspect.no-numbers', { dtype: 'string' });
    expect(toContractJson({ message })).toEqual({
      message: 'Elements of type string are not numbers that can be measured.',
    });
    expect(toContractJson({ id: 'of.something.else', params: {} })).toEqual({ id: 'of.something.else', params: {} });
  });

  it('leaves alone what is JSON already', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(toContractJson(value))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('always gives what JSON.stringify writes without loss', () => {
    fc.assert(
      fc.property(fc.anything({ withTypedArray: true, withMap: true, withBigInt: true }), (value) => {
        const json = toContractJson(value);
        const isPlain = (x: unknown): boolean =>
          x === null ||
          typeof x === 'string' ||
          typeof x === 'boolean' ||
          (typeof x === 'number' && Number.isFinite(x)) ||
          (typeof x === 'object' && Object.values(x).every(isPlain));
        expect(isPlain(json)).toBe(true);
      }),
    );
  });
});
