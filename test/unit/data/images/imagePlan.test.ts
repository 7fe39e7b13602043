import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageLayout } from '../../../../src/data/images/imageLayout.js';
import { imageTensor, planImages } from '../../../../src/data/images/imagePlan.js';
import { preparedPixels } from '../../../../src/data/images/preparedPixels.js';
import { pictureOf } from '../../../../src/data/images/picture.js';
import type { Pixels } from '../../../../src/data/images/pixels.js';
import { preprocessingSchema, presets, type Preprocessing } from '../../../../src/data/images/preprocessing.js';
import type { ModelInput } from '../../../../src/data/modelInput.js';

const input = (shape: ModelInput['shape'], elementType: ModelInput['elementType'] = 'float32'): ModelInput => ({
  name: 'x',
  elementType,
  shape,
});
const plan = (given: Preprocessing | null, wanted: ModelInput) => planImages(given, wanted).plan;
const failing = (given: Preprocessing | null, wanted: ModelInput) => {
  try {
    planImages(given, wanted);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing failed');
};
/** Each pixel tells where it is: red its column, green its row, blue 9. */
const grid = (width: number, height: number): Pixels => ({
  width,
  height,
  channels: 3,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const at = Math.floor(i / 3);
    return [at % width, Math.floor(at / width), 9][i % 3]!;
  }),
});

describe('imageLayout', () => {
  it.each<[ModelInput['shape'], object]>([
    [['n', 3, 224, 224], { batched: true, order: 'chw', channels: 3, height: 224, width: 224 }],
    [['n', 224, 200, 3], { batched: true, order: 'hwc', channels: 3, height: 224, width: 200 }],
    [['n', 1, 28, 28], { batched: true, order: 'chw', channels: 1, height: 28, width: 28 }],
    [['n', 'c', 'h', 'w'], { batched: true, order: 'chw', channels: 3, height: null, width: null }],
    [[1, undefined, undefined, 3], { batched: true, order: 'hwc', channels: 3, height: null, width: null }],
    [[3, 32, 32], { batched: false, order: 'chw', channels: 3, height: 32, width: 32 }],
    [['n', 28, 28], { batched: true, order: 'hw', channels: 1, height: 28, width: 28 }],
    [['n', 784], { batched: true, order: 'flat', channels: 1, height: 28, width: 28 }],
    [['n', 3072], { batched: true, order: 'flat', channels: 3, height: 32, width: 32 }],
    [undefined, { batched: true, order: 'chw', channels: 3, height: null, width: null }],
  ])('of [%s]', (shape, layout) => {
    expect(imageLayout(input(shape), {})).toEqual(layout);
  });

  it('takes what a person says of axes that tell nothing', () => {
    const free = input(['n', 'a', 'b', 'c']);
    expect(imageLayout(free, { layout: 'nhwc', channels: 'gray' })).toMatchObject({ order: 'hwc', channels: 1 });
    expect(imageLayout(input(['n', 600]), { size: [20, 30] })).toMatchObject({ height: 20, width: 30, channels: 1 });
  });

  it.each<[Preprocessing | null, ModelInput, string, RegExp]>([
    [null, input(['n', 4, 8, 8]), 'data.images.fit', /4 channels, and images have 1 or 3/],
    [{ channels: 'gray' }, input(['n', 3, 8, 8]), 'data.images.fit', /3 channels, and gray has 1/],
    [null, input(['n', 7]), 'data.images.fit', /7 numbers are no square image/],
    [null, input([]), 'data.images.fit', /axes/],
    [{ size: 64 }, input(['n', 3, 32, 'w']), 'data.images.size', /64 x 64.*32 x any/],
    [{ resize: 'letterbox' }, input(['n', 3, 'h', 'w']), 'data.images.needs-size', /letterbox/],
    [{ scale: 1 }, input(['n', 3, 8, 8], 'int8'), 'data.images.values', /pixel of 128 becomes 128, which int8/],
    [{ std: [1, 0, 1] }, input(['n', 3, 8, 8]), 'data.images.values', /std is 0/],
    [null, input(['n', 3, 8, 8], 'string'), 'data.input-kind', /text/],
    [null, input(['n', 3, 8, 8], 'bool'), 'data.input-kind', /bool/],
  ])('says in one sentence why %j does not fit %j', (given, wanted, code, message) => {
    expect(failing(given, wanted)).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('preparedPixels', () => {
  const sizeOf = (given: Preprocessing | null, shape: ModelInput['shape'], image: Pixels) => {
    const { width, height } = preparedPixels(image, plan(given, input(shape)));
    return [height, width];
  };

  it('makes the size that the model takes, and keeps the shape where that is free', () => {
    expect(sizeOf(null, ['n', 3, 8, 6], grid(31, 17))).toEqual([8, 6]);
    expect(sizeOf(null, ['n', 3, 'h', 'w'], grid(31, 17))).toEqual([17, 31]);
    expect(sizeOf({ multipleOf: 8 }, ['n', 3, 'h', 'w'], grid(31, 18))).toEqual([16, 32]);
    expect(sizeOf(null, ['n', 3, 48, 'w'], grid(100, 24))).toEqual([48, 200]);
    expect(sizeOf({ multipleOf: 32 }, ['n', 3, 48, 'w'], grid(10, 20))).toEqual([48, 32]);
    expect(sizeOf({ size: [5, 7] }, ['n', 3, 'h', 'w'], grid(31, 17))).toEqual([5, 7]);
  });

  it('cuts the middle out, as torchvision does', () => {
    const given: Preprocessing = { resize: 'shorter', shorter: 10 };
    const cut = preparedPixels(grid(20, 10), plan(given, input(['n', 3, 6, 6])));
    expect([...cut.data.subarray(0, 3)]).toEqual([7, 2, 9]);
    // 224 / 0.875 = 256, the usual pair.
    expect(plan({ preset: 'imagenet' }, input(['n', 3, 224, 224])).shorter).toBe(256);
  });

  it('fills what a letterbox leaves', () => {
    const boxed = preparedPixels(grid(4, 2), plan({ resize: 'letterbox', fill: [1, 2, 3] }, input(['n', 3, 4, 4])));
    expect([...boxed.data.subarray(0, 3)]).toEqual([1, 2, 3]);
    expect([...boxed.data.subarray(12, 18)]).toEqual([0, 0, 9, 1, 0, 9]);
    expect([...boxed.data.subarray(45)]).toEqual([1, 2, 3]);
  });

  it('refuses another size where it is not to resize', () => {
    const given = plan({ resize: 'none' }, input(['n', 3, 4, 4]));
    expect(() => preparedPixels(grid(5, 4), given)).toThrow('it is 4 x 5, and the model takes 4 x 4');
  });
});

describe('imageTensor', () => {
  const spec = fc.record(
    {
      scale: fc.constantFrom(1, 1 / 255, '1/127.5'),
      mean: fc.tuple(fc.double({ min: -1, max: 1 }), fc.double({ min: -1, max: 1 }), fc.double({ min: -1, max: 1 })),
      std: fc.tuple(fc.double({ min: 0.1, max: 4 }), fc.double({ min: 0.1, max: 4 }), fc.double({ min: 0.1, max: 4 })),
      channels: fc.constantFrom('rgb', 'bgr'),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Preprocessing>;

  it('puts (pixel * scale - mean) / std where the layout has the channel', async () => {
    await fc.assert(
      fc.asyncProperty(
        spec,
        fc.boolean(),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        async (...drawn) => {
          const [given, last, width, height] = drawn;
          const own = plan({ ...given, layout: last ? 'nhwc' : 'nchw' }, input(['n', 'a', 'b', 'c']));
          const image = grid(width, height);
          const { shape, data } = await imageTensor([image, image], own);
          expect(shape).toEqual(last ? [2, height, width, 3] : [2, 3, height, width]);
          const factor = given.scale === '1/127.5' ? 1 / 127.5 : ((given.scale as number | undefined) ?? 1 / 255);
          const at = (channel: number, y: number, x: number) => {
            const place = last ? (y * width + x) * 3 + channel : (channel * height + y) * width + x;
            return data[height * width * 3 + place] as number;
          };
          for (let seen = 0; seen < 3; seen++) {
            const channel = given.channels === 'bgr' ? 2 - seen : seen;
            const [mean, std] = [(given.mean as number[])?.[seen] ?? 0, (given.std as number[])?.[seen] ?? 1];
            const pixel = [width - 1, height - 1, 9][channel]!;
            expect(at(seen, height - 1, width - 1)).toBe(Math.fround((pixel * factor - mean) / std));
          }
        },
      ),
    );
  });

  it('makes whole numbers for integers, codes for halves, and no batch where the input has none', async () => {
    const image = grid(2, 1);
    expect([...(await imageTensor([image], plan({ layout: 'nhwc' }, input(['n', 1, 2, 3], 'uint8')))).data]).toEqual([
      0, 0, 9, 1, 0, 9,
    ]);
    const int8 = plan({ scale: 1, mean: 128 }, input(['n', 3, 1, 2], 'int8'));
    expect([...(await imageTensor([image], int8)).data]).toEqual([-128, -127, -128, -128, -119, -119]);
    const half = await imageTensor([image], plan({ scale: 1 }, input(['n', 3, 1, 2], 'float16')));
    expect([...half.data]).toEqual([0, 0x3c00, 0, 0, 0x4880, 0x4880]);
    expect((await imageTensor([image], plan(null, input([3, 1, 2])))).shape).toEqual([3, 1, 2]);
  });

  it('is the same where it is made in several turns', async () => {
    const large = grid(700, 900);
    for (const layout of ['nchw', 'nhwc'] as const) {
      const own = plan({ layout, scale: 1, channels: 'bgr' }, input(['n', 'a', 'b', 'c'], 'uint8'));
      const { data } = await imageTensor([large, large], own);
      const pixels = 700 * 900;
      const place = (pixel: number, channel: number) =>
        layout === 'nchw' ? (2 - channel) * pixels + pixel : pixel * 3 + 2 - channel;
      const wanted = new Uint8Array(3 * pixels);
      large.data.forEach((value, i) => (wanted[place(Math.floor(i / 3), i % 3)] = value));
      expect(Buffer.from(data.buffer).equals(Buffer.concat([wanted, wanted]))).toBe(true);
    }
  });

  it('shows as a picture what it was made of', async () => {
    for (const shape of [
      ['n', 3, 4, 5],
      ['n', 4, 5, 3],
    ] as const) {
      const image = { ...grid(5, 4), data: grid(5, 4).data.map((value) => value * 28) };
      const picture = pictureOf(
        await imageTensor([image], plan({ preset: 'imagenet', resize: 'exact', mean: 0, std: 1 }, input([...shape]))),
      )!;
      expect([picture.width, picture.height, picture.channels]).toEqual([5, 4, 3]);
      const greatest = Math.max(...image.data);
      expect([...picture.data]).toEqual([...image.data].map((value) => Math.round((value * 255) / greatest)));
    }
    expect(pictureOf({ elementType: 'float32', shape: [1, 512], data: new Float32Array(512) })).toBeUndefined();
  });
});

describe('preprocessing', () => {
  it('has presets that are what may stand in a file', () => {
    for (const preset of Object.values(presets)) expect(preprocessingSchema.parse(preset)).toEqual(preset);
  });
});
