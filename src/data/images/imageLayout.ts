import { Failure } from '../../messages/failure.js';
import { shapeText, type ModelInput } from '../modelInput.js';
import type { Preprocessing } from './preprocessing.js';

/** Where an input of a model has rows, columns and channels. */
export interface ImageLayout {
  /** Whether there is an axis of samples. */
  readonly batched: boolean;
  readonly order: 'chw' | 'hwc' | 'hw' | 'flat';
  readonly channels: 1 | 3;
  /** Null where the model takes any. */
  readonly height: number | null;
  readonly width: number | null;
}

type Dimension = number | string | undefined;

/**
 * The layout that the shape of an input tells: an axis of 1 or 3 in front of rows and columns or behind them is that of
 * channels; of both, the front. Fails where no image fits.
 */
export function imageLayout(input: ModelInput, { layout, channels, size }: Preprocessing): ImageLayout {
  const { name, shape } = input;
  const unfit = (detail: string) => new Failure('data.images.fit', { input: name, shape: shapeText(shape), detail });
  const wanted = channels === undefined ? undefined : channels === 'gray' ? 1 : 3;
  const channelsOf = (axis: Dimension): 1 | 3 => {
    const count = typeof axis === 'number' ? axis : (wanted ?? 3);
    if (count !== 1 && count !== 3) throw unfit(`it has ${count} channels, and images have 1 or 3`);
    if (wanted !== undefined && wanted !== count) {
      throw unfit(`it has ${count} ${count === 1 ? 'channel' : 'channels'}, and ${channels} has ${wanted}`);
    }
    return count;
  };
  const sized = (axis: Dimension): number | null => (typeof axis === 'number' ? axis : null);
  const stacked = (batched: boolean, axes: readonly Dimension[]): ImageLayout => {
    const [a, b, c] = axes;
    const last = layout ? layout === 'nhwc' : !isChannels(a) && isChannels(c);
    return last
      ? { batched, order: 'hwc', channels: channelsOf(c), height: sized(a), width: sized(b) }
      : { batched, order: 'chw', channels: channelsOf(a), height: sized(b), width: sized(c) };
  };
  if (!shape)
    return {
      batched: true,
      order: layout === 'nhwc' ? 'hwc' : 'chw',
      channels: wanted ?? 3,
      height: null,
      width: null,
    };
  if (shape.length === 4) return stacked(true, shape.slice(1));
  if (shape.length === 3 && (layout || isChannels(shape[0]) || isChannels(shape[2]))) return stacked(false, shape);
  if (shape.length === 3) {
    return { batched: true, order: 'hw', channels: channelsOf(1), height: sized(shape[1]), width: sized(shape[2]) };
  }
  const [, features] = shape;
  if (shape.length === 2 && typeof features === 'number') return flatLayout(features, wanted, size, unfit);
  throw unfit('images take axes for channels, rows and columns');
}

const isChannels = (axis: Dimension): boolean => axis === 1 || axis === 3;

/** Rows of pixels one after the other; without a size that is named, of a square image. */
function flatLayout(
  features: number,
  wanted: 1 | 3 | undefined,
  size: Preprocessing['size'],
  unfit: (detail: string) => Failure,
): ImageLayout {
  for (const channels of wanted ? [wanted] : ([1, 3] as const)) {
    const [height, width] = Array.isArray(size) ? size : [size, size];
    const side = height ?? Math.sqrt(features / channels);
    if (!Number.isInteger(side) || side * (width ?? side) * channels !== features) continue;
    return { batched: true, order: 'flat', channels, height: side, width: width ?? side };
  }
  throw unfit(`${features} numbers are no square image`);
}
