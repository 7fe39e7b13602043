import { describe, expect, it } from 'vitest';
import { convert, isConvertible } from '../../../src/data/convert.js';

describe('floats', () => {
  // float16 as numpy 2.4.6 has them; bfloat16 by hand: the upper half of the float32, rounded half to even.
  const numbers = Float32Array.of(1, 0.1, -2.5, 1e6, Infinity, NaN, 0);

  it('round to float16, and to infinity beyond it', () => {
    const codes = [...convert(numbers, 'float32', 'float16')];
    expect(codes).toEqual([0x3c00, 0x2e66, 0xc100, 0x7c00, 0x7c00, 0x7e00, 0]);
  });

  it('round to bfloat16', () => {
    expect([...convert(numbers, 'float32', 'bfloat16')]).toEqual([0x3f80, 0x3dcd, 0xc020, 0x4974, 0x7f80, 0x7fc0, 0]);
  });

  it('widen without a loss', () => {
    const codes = Uint16Array.of(0x3c00, 0x2e66, 0xc100, 0x7c00);
    expect([...convert(codes, 'float16', 'float32')]).toEqual([1, 0.0999755859375, -2.5, Infinity]);
    expect([...convert(codes, 'float16', 'float64')]).toEqual([1, 0.0999755859375, -2.5, Infinity]);
  });

  it('do not come from integers, nor become them', () => {
    for (const float of ['float16', 'float32', 'float64'] as const) {
      expect(isConvertible('uint8', float)).toBe(false);
      expect(isConvertible(float, 'int64')).toBe(false);
    }
  });
});
