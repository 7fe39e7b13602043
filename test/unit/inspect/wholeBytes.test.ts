import { expect, it } from 'vitest';
import { wholeBytes } from '../../../src/inspect/wholeBytes.js';

it('is what the files hold, or what the weights take where their data file is missing', () => {
  expect(wholeBytes({ bytes: 1000, bytesByType: { float32: 600, int64: 100 } })).toBe(1000);
  expect(wholeBytes({ bytes: 100, bytesByType: { float32: 600, int64: 100 } })).toBe(700);
});
