/** How images become inputs of a model. */
import { z } from 'zod';

const side = z.int().min(1).max(16384);
const channelValues = z.union([z.number(), z.tuple([z.number(), z.number(), z.number()]), z.tuple([z.number()])]);
/** A number, or a fraction of two: `"1/255"`. */
const factor = z.union([
  z.number(),
  z.string().regex(/^\s*\d+(\.\d+)?\s*\/\s*\d+(\.\d+)?\s*$/, 'a number, or a fraction such as "1/255"'),
]);

export const presetNames = ['imagenet', '0-1', '-1-1', '0-255'] as const;

export type PresetName = (typeof presetNames)[number];

export const preprocessingSchema = z.strictObject({
  preset: z.enum(presetNames).optional(),
  /** Height and width of what the model sees, or both at once; else those of the model's input. */
  size: z.union([side, z.tuple([side, side])]).optional(),
  /**
   * exact: to the size, whatever the shape. shorter: the shorter side to the size divided by `crop`, then the middle is cut
   * out. letterbox: whole into the size, the rest filled. none: as it is.
   */
  resize: z.enum(['exact', 'shorter', 'letterbox', 'none']).optional(),
  /** With shorter: the share of the shorter side that the crop keeps. */
  crop: z.number().gt(0).max(1).optional(),
  /** With shorter: the length of the shorter side before the crop, instead of `crop`. */
  shorter: side.optional(),
  /** Free sides become the nearest multiple of this. */
  multipleOf: side.optional(),
  interpolation: z.enum(['nearest', 'bilinear', 'bicubic']).optional(),
  antialias: z.boolean().optional(),
  /** Values 0 to 255 of what letterbox and crop leave empty. */
  fill: channelValues.optional(),
  channels: z.enum(['rgb', 'bgr', 'gray']).optional(),
  /** (pixel * scale - mean) / std, of pixels 0 to 255. */
  scale: factor.optional(),
  mean: channelValues.optional(),
  std: channelValues.optional(),
  layout: z.enum(['nchw', 'nhwc']).optional(),
  /** Turn photos as their cameras were held (Exif). */
  orient: z.boolean().optional(),
});

/** As a person writes it; what is absent has defaults, or comes from the input of the model. */
export type Preprocessing = z.input<typeof preprocessingSchema>;

/** What stands under each preset's name; keys beside `preset` go before it. */
export const presets: Readonly<Record<PresetName, Preprocessing>> = {
  imagenet: {
    resize: 'shorter',
    crop: 0.875,
    scale: '1/255',
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  '0-1': { scale: '1/255' },
  '-1-1': { scale: '1/127.5', mean: 1, std: 1 },
  '0-255': { scale: 1 },
};

/** With the preset that it names put underneath. */
export function withPreset({ preset, ...own }: Preprocessing): Preprocessing {
  return preset === undefined ? own : { ...presets[preset], ...own };
}

export function isPreset(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}

export function factorOf(value: number | string): number {
  if (typeof value === 'number') return value;
  const [numerator, denominator] = value.split('/').map(Number);
  return numerator! / denominator!;
}
