import { expect, it } from 'vitest';
import { likelyPresets } from '../../../../src/data/images/likelyPresets.js';
import type { Dimension } from '../../../../src/graph/model.js';
import type { ElementType } from '../../../../src/tensor/elementType.js';
import { info, model } from '../../graph/builders.js';

const likeliest = (image: Dimension[], scores: Dimension[], elementType: ElementType = 'float32') =>
  likelyPresets(
    model({ inputs: [info('n', [], 'int64'), info('x', image, elementType)], outputs: [info('y', scores)] }),
  )[0];

it.each<[string, string, Parameters<typeof likeliest>]>([
  [
    'color images and the classes of ImageNet',
    'imagenet',
    [
      ['n', 3, 224, 224],
      ['n', 1000],
    ],
  ],
  [
    'the same with a class for the background',
    'imagenet',
    [
      ['n', 224, 224, 3],
      ['n', 1001],
    ],
  ],
  [
    'color images and other classes',
    '0-1',
    [
      ['n', 3, 224, 224],
      ['n', 10],
    ],
  ],
  [
    'gray images',
    '0-1',
    [
      ['n', 1, 28, 28],
      ['n', 1000],
    ],
  ],
  ['integers', '0-255', [['n', 3, 224, 224], ['n', 1000], 'uint8']],
  [
    'no image',
    '0-1',
    [
      ['n', 7, 9],
      ['n', 1000],
    ],
  ],
])('%s: %s', (_, preset, of) => {
  expect(likeliest(...of)).toBe(preset);
});

it('offers every preset once', () => {
  const presets = likelyPresets(
    model({ inputs: [info('x', ['n', 3, 8, 8], 'uint8')], outputs: [info('y', ['n', 2])] }),
  );
  expect([...presets].sort()).toEqual(['-1-1', '0-1', '0-255', 'imagenet']);
});
