import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { decodeImage } from '../../../../src/data/images/decodeImage.js';
import type { Pixels } from '../../../../src/data/images/pixels.js';
import { dataPath } from '../datasetFixtures.js';

export const imagePath = (name: string) => dataPath(`images/${name}`);
export const imageBytes = (name: string): Uint8Array => readFileSync(imagePath(name));
export const readImage = (name: string): Promise<Pixels> => decodeImage(imageBytes(name), true);

/** What Pillow read: shape, sum and checksum of its bytes. */
export interface Told {
  readonly shape: readonly number[];
  readonly sum: number;
  readonly crc32: number;
}

export const expected = JSON.parse(readFileSync(imagePath('expected.json'), 'utf8')) as {
  readonly pillow: string;
  readonly decoded: Readonly<Record<string, { readonly rgb: Told; readonly gray: Told }>>;
  readonly resized: readonly (Told & {
    readonly file: string;
    readonly size: readonly [number, number];
    readonly interpolation: 'nearest' | 'bilinear' | 'bicubic';
  })[];
};

export function told({ width, height, channels, data }: Pixels): Told {
  return {
    shape: channels === 1 ? [height, width] : [height, width, 3],
    sum: data.reduce((sum, value) => sum + value, 0),
    crc32: crc32(data),
  };
}
