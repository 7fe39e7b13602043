import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oriented, windowOf } from '../../../../src/data/images/arrange.js';
import { decodeImage, encodePng } from '../../../../src/data/images/decodeImage.js';
import { ImageError, toGray, toRgb, type Pixels } from '../../../../src/data/images/pixels.js';
import { expected, imageBytes, readImage, told } from './imageFixtures.js';

describe('decodeImage', () => {
  it.each(Object.keys(expected.decoded))('reads %s as Pillow does', async (name) => {
    const pixels = await decodeImage(imageBytes(name), false);
    expect(told(toRgb(pixels))).toEqual(expected.decoded[name]!.rgb);
    expect(told(toGray(toRgb(pixels)))).toEqual(expected.decoded[name]!.gray);
  });

  it('turns a photo as its camera was held', async () => {
    const upright = await decodeImage(imageBytes('oriented-3.jpg'), false);
    const { width, height, data } = upright;
    const at = ({ data, width }: Pixels, x: number, y: number) => [
      ...data.subarray(3 * (y * width + x)).subarray(0, 3),
    ];
    const half = await readImage('oriented-3.jpg');
    expect(at(half, 0, 0)).toEqual(at(upright, width - 1, height - 1));
    const clockwise = await readImage('oriented-6.jpg');
    expect([clockwise.width, clockwise.height]).toEqual([height, width]);
    expect(at(clockwise, height - 1, 0)).toEqual(at(upright, 0, 0));
    expect(at(clockwise, 0, 0)).toEqual(at(upright, 0, height - 1));
    const counterclockwise = await readImage('oriented-8.jpg');
    expect(at(counterclockwise, 0, width - 1)).toEqual(at(upright, 0, 0));
    const transposed = await readImage('oriented-5.jpg');
    expect(at(transposed, 5, 2)).toEqual(at(upright, 2, 5));
    expect(data).toHaveLength(width * height * 3);
  });

  it('turns a PNG as its Exif says, and takes damaged Exif for none', async () => {
    const upright = await decodeImage(imageBytes('color.png'), true);
    const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0];
    const exif = Buffer.from([0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0]);
    const turned = withExif(imageBytes('color.png'), exif);
    expect(await decodeImage(turned, true)).toEqual(oriented(upright, 6));
    expect(await decodeImage(turned, false)).toEqual(upright);
    for (const length of [0, 5, 9, 15, 20]) {
      expect(await decodeImage(withExif(imageBytes('color.png'), exif.subarray(0, length)), true)).toEqual(upright);
    }
  });

  it.each([
    ['a text', Buffer.from('not an image')],
    ['nothing', Buffer.alloc(0)],
    ['a JPEG without its end', imageBytes('baseline-420.jpg').subarray(0, 1000)],
    ['a JPEG of a header alone', imageBytes('progressive-420.jpg').subarray(0, 200)],
    ['a PNG that ends early', imageBytes('color.png').subarray(0, 2000)],
    ['a PNG that claims 60000 x 60000 pixels', claiming(60000, 60000)],
    ['a PNG that claims a pixel more than it has', claiming(53, 38)],
    ['a PNG that claims a pixel less', claiming(53, 36)],
    ['a JPEG that claims 60000 x 60000 pixels', largeJpeg()],
  ])('says in one sentence that %s is no image', async (_, bytes) => {
    const error = await decodeImage(bytes, true).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ImageError);
    expect((error as ImageError).message).toMatch(/^it(s|) \w/);
  });

  it('ends with pixels of the claimed size or an ImageError, however a file is damaged', async () => {
    const names = [
      'baseline-420.jpg',
      'progressive-420.jpg',
      'cmyk.jpg',
      'oriented-6.jpg',
      'palette-4.png',
      'interlaced.png',
    ];
    const damage = fc.record({
      name: fc.constantFrom(...names),
      places: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
        minLength: 1,
        maxLength: 8,
      }),
      kept: fc.double({ min: 0.05, max: 1, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ name, places, kept }) => {
        const bytes = Uint8Array.from(imageBytes(name));
        for (const [at, value] of places) bytes[Math.floor(at * (bytes.length - 1))] = value;
        const pixels = await decodeImage(bytes.subarray(0, Math.ceil(kept * bytes.length)), true).catch(
          (error: unknown) => {
            if (error instanceof ImageError) return undefined;
            throw error;
          },
        );
        if (pixels) expect(pixels.data).toHaveLength(pixels.width * pixels.height * pixels.channels);
      }),
      { numRuns: 300 },
    );
  });

  it('writes PNG that it reads', async () => {
    for (const name of ['color.png', 'gray.jpg']) {
      const pixels = await readImage(name);
      expect(told(await decodeImage(encodePng(pixels), false))).toEqual(told(pixels));
    }
  });
});

const image = fc
  .record({ width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 9 }), gray: fc.boolean() })
  .chain(({ width, height, gray }) => {
    const [channels, length] = gray ? ([1, width * height] as const) : ([3, 3 * width * height] as const);
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((data): Pixels => ({ width, height, channels, data }));
  });

describe('oriented', () => {
  /** The orientation that undoes each. */
  const inverse = [0, 1, 2, 3, 4, 5, 8, 7, 6];

  it('is undone by its inverse', () => {
    fc.assert(
      fc.property(image, fc.integer({ min: 1, max: 8 }), (pixels, orientation) => {
        expect(oriented(oriented(pixels, orientation), inverse[orientation]!)).toEqual(pixels);
      }),
    );
  });
});

describe('windowOf', () => {
  it('pads, and crops back to what was padded', () => {
    const margin = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(image, margin, margin, fc.nat(255), (pixels, left, top, fill) => {
        const { width, height, channels } = pixels;
        const size = { width: width + left + 2, height: height + top + 1 };
        const padded = windowOf(pixels, { left: -left, top: -top, ...size }, [fill]);
        expect(windowOf(padded, { left, top, width, height }, [0])).toEqual(pixels);
        const inside = pixels.data.reduce((sum, value) => sum + value, 0);
        const outside = (size.width * size.height - width * height) * channels * fill;
        expect(padded.data.reduce((sum, value) => sum + value, 0)).toBe(inside + outside);
      }),
    );
  });
});

/** A PNG of 53 x 37 pixels whose header says otherwise, with the right checksum. */
function claiming(width: number, height: number): Uint8Array {
  const bytes = Buffer.from(imageBytes('color.png'));
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  return bytes;
}

function largeJpeg(): Uint8Array {
  const bytes = Buffer.from(imageBytes('baseline-444.jpg'));
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(60000, frame + 5);
  bytes.writeUInt16BE(60000, frame + 7);
  return bytes;
}

/** With a chunk eXIf behind the header. */
function withExif(png: Uint8Array, exif: Uint8Array): Uint8Array {
  const content = Buffer.concat([Buffer.from('eXIf'), exif]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(exif.length);
  check.writeUInt32BE(crc32(content));
  return Buffer.concat([png.subarray(0, 33), length, content, check, png.subarray(33)]);
}
