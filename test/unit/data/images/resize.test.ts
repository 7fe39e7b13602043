import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resize, type Interpolation } from '../../../../src/data/images/resize.js';
import { expected, readImage, told } from './imageFixtures.js';

const interpolations: readonly Interpolation[] = ['nearest', 'bilinear', 'bicubic'];

describe('resize', () => {
  it.each(
    expected.resized.map((each) => [`${each.file} to ${each.size.join(' x ')}, ${each.interpolation}`, each] as const),
  )('makes of %s what Pillow makes', async (_, { file, size, interpolation, shape, sum, crc32 }) => {
    const pixels = resize(await readImage(file), ...size, interpolation, true);
    expect(told(pixels)).toEqual({ shape, sum, crc32 });
  });

  it('keeps one color, whatever the size', () => {
    const side = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), fc.constantFrom(...interpolations), fc.boolean(), (...drawn) => {
        const [width, height, toWidth, toHeight, value, interpolation, antialias] = drawn;
        const pixels = { width, height, channels: 1 as const, data: new Uint8Array(width * height).fill(value) };
        const { data } = resize(pixels, toWidth, toHeight, interpolation, antialias);
        expect(data).toEqual(new Uint8Array(toWidth * toHeight).fill(value));
      }),
    );
  });

  it('interpolates between the two nearest pixels where it does not smooth', () => {
    const row = { width: 8, height: 1, channels: 1 as const, data: Uint8Array.from([0, 10, 20, 30, 40, 50, 60, 70]) };
    expect([...resize(row, 4, 1, 'bilinear', false).data]).toEqual([5, 25, 45, 65]);
    expect([...resize(row, 2, 1, 'bilinear', false).data]).toEqual([15, 55]);
    const spike = { ...row, data: Uint8Array.from([0, 0, 0, 0, 0, 255, 0, 0]) };
    expect([...resize(spike, 2, 1, 'bilinear', false).data]).toEqual([0, 128]);
    expect(resize(spike, 2, 1, 'bilinear', true).data[0]).toBeGreaterThan(0);
  });
});
