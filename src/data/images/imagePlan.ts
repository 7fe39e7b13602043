import { setImmediate } from 'node:timers/promises';
import { sentence } from '../../messages/catalog.js';
import { Failure } from '../../messages/failure.js';
import type { Message } from '../../messages/message.js';
import type { ElementType } from '../../tensor/elementType.js';
import { elementTypes } from '../../tensor/elementType.js';
import { emptyNumericArray, hasNumericArray } from '../../tensor/numericArray.js';
import { codeOf, isSmallFloat } from '../../tensor/smallFloat.js';
import type { NumericArray, TensorArray } from '../../tensor/tensor.js';
import { fedType } from '../feedSource.js';
import { shapeText, type ModelInput } from '../modelInput.js';
import { imageLayout, type ImageLayout } from './imageLayout.js';
import type { Pixels } from './pixels.js';
import type { PixelPlan } from './preparedPixels.js';
import { factorOf, withPreset, type Preprocessing } from './preprocessing.js';

/** How the images of one input are made, all that was left open decided. */
export interface ImagePlan extends PixelPlan {
  readonly elementType: ElementType;
  readonly layout: ImageLayout;
  readonly reversed: boolean;
  /** The value of each pixel 0 to 255, by channel of the image (red first). */
  readonly values: readonly NumericArray[];
  /** The least and greatest value that an image can get. */
  readonly range: readonly [number, number];
}

/**
 * Decides what a preprocessing leaves open by the input of the model, and says what was decided. Fails where it does not
 * fit the input.
 *
 * @param given null where none was given
 */
export function planImages(given: Preprocessing | null, input: ModelInput): { plan: ImagePlan; notes: Message[] } {
  const spec = withPreset(given ?? {});
  const elementType = fedType(input);
  if (!hasNumericArray(elementType) || elementType === 'bool') {
    throw new Failure('data.input-kind', { input: input.name, kind: elementType });
  }
  const layout = imageLayout(input, spec);
  const [height, width] = sizes(input, layout, spec);
  const fixed = height !== null && width !== null;
  const mode = spec.resize ?? (height === null && width === null ? 'none' : 'exact');
  if (!fixed && (mode === 'shorter' || mode === 'letterbox')) {
    throw new Failure('data.images.needs-size', { resize: mode, input: input.name });
  }
  const { values, range } = valuesOf(input.name, elementType, layout.channels, spec);
  const plan: ImagePlan = {
    elementType,
    layout,
    channels: layout.channels,
    reversed: spec.channels === 'bgr',
    height,
    width,
    resize: mode,
    shorter:
      fixed && mode === 'shorter' ? (spec.shorter ?? Math.floor(Math.min(height, width) / (spec.crop ?? 1))) : null,
    multipleOf: spec.multipleOf ?? 1,
    interpolation: spec.interpolation ?? 'bilinear',
    antialias: spec.antialias ?? true,
    fill: typeof spec.fill === 'number' ? [spec.fill] : (spec.fill ?? [0]),
    orient: spec.orient ?? true,
    values,
    range,
  };
  return { plan, notes: notesOf(plan, input, given === null) };
}

/** The size of the input, or that which is asked for where the model takes any. */
function sizes(
  { name, shape }: ModelInput,
  layout: ImageLayout,
  { size }: Preprocessing,
): [height: number | null, width: number | null] {
  if (size === undefined) return [layout.height, layout.width];
  const [height, width] = Array.isArray(size) ? size : [size, size];
  if ((layout.height ?? height) !== height || (layout.width ?? width) !== width) {
    const expected = `${layout.height ?? 'any'} x ${layout.width ?? 'any'}`;
    throw new Failure('data.images.size', {
      size: `${height} x ${width}`,
      input: name,
      shape: shapeText(shape),
      expected,
    });
  }
  return [height, width];
}

function valuesOf(
  input: string,
  elementType: ElementType,
  channels: number,
  { scale, mean = 0, std = 1, channels: order }: Preprocessing,
): { values: NumericArray[]; range: [number, number] } {
  const { kind, range: limits } = elementTypes[elementType];
  const isFloat = kind === 'float';
  const by = scale === undefined ? (isFloat ? 1 / 255 : 1) : factorOf(scale);
  const of = (value: number | readonly number[], channel: number) =>
    typeof value === 'number' ? value : (value[channel] ?? value[0]!);
  const code = isSmallFloat(elementType) ? codeOf(elementType) : undefined;
  let [least, greatest] = [Infinity, -Infinity];
  const values = Array.from({ length: channels }, (_, channel) => {
    // Means and deviations stand in the order of the channels as the model sees them.
    const position = order === 'bgr' ? channels - 1 - channel : channel;
    const [shift, spread] = [of(mean, position), of(std, position)];
    if (spread === 0) throw new Failure('data.images.values', { input, detail: 'std is 0' });
    const table = emptyNumericArray(elementType, 256);
    for (let pixel = 0; pixel < 256; pixel++) {
      const real = (pixel * by - shift) / spread;
      const value = isFloat ? real : Math.round(real);
      if (limits && !isFloat && (value < Number(limits[0]) || value > Number(limits[1]))) {
        const detail = `a pixel of ${pixel} becomes ${value}, which ${elementType} does not hold`;
        throw new Failure('data.images.values', { input, detail });
      }
      [least, greatest] = [Math.min(least, value), Math.max(greatest, value)];
      table[pixel] =
        table instanceof BigInt64Array || table instanceof BigUint64Array ? BigInt(value) : (code?.(value) ?? value);
    }
    return table;
  });
  return { values, range: [least, greatest] };
}

function notesOf(
  { layout, reversed, height, width, range, resize: mode }: ImagePlan,
  input: ModelInput,
  inferred: boolean,
): Message[] {
  const size =
    height === null && width === null ? 'of their own size' : `${height ?? 'any'} x ${width ?? 'any'} (${mode})`;
  const told = {
    input: input.name,
    size,
    channels: layout.channels === 1 ? 'gray' : reversed ? 'BGR' : 'RGB',
    order: layout.order,
    least: number(range[0]),
    greatest: number(range[1]),
  };
  return [sentence(inferred ? 'data.images.inferred' : 'data.images.made', told)];
}

const number = (value: number): string => String(Number(value.toPrecision(4)));

/** The shape of one image as the model takes it, without an axis of samples. */
export function imageShape({ layout: { order, channels } }: ImagePlan, height: number, width: number): number[] {
  switch (order) {
    case 'chw':
      return [channels, height, width];
    case 'hwc':
      return [height, width, channels];
    case 'hw':
      return [height, width];
    case 'flat':
      return [channels * height * width];
  }
}

/** Numbers that are made before others get their turn. */
const numbersAtOnce = 1 << 20;

/** Images of equal size as the input takes them: along an axis of samples, where it has one. */
export async function imageTensor(images: readonly Pixels[], plan: ImagePlan): Promise<TensorArray> {
  const { elementType, layout, reversed, values } = plan;
  const [{ height, width, channels }] = images as [Pixels];
  const pixels = height * width;
  const data = emptyNumericArray(elementType, images.length * pixels * channels);
  const planar = layout.order === 'chw' || layout.order === 'flat';
  const [step, next] = planar ? [1, pixels] : [channels, 1];
  const pixelsAtOnce = Math.floor(numbersAtOnce / channels);
  let made = 0;
  for (const [i, image] of images.entries()) {
    const place = i * pixels * channels;
    for (let start = 0; start < pixels; start += pixelsAtOnce) {
      const end = Math.min(pixels, start + pixelsAtOnce);
      for (let channel = 0; channel < channels; channel++) {
        const table = values[channel]!;
        const from = image.data;
        let to = place + (reversed ? channels - 1 - channel : channel) * next + start * step;
        for (let pixel = start; pixel < end; pixel++, to += step) data[to] = table[from[pixel * channels + channel]!]!;
      }
      made += (end - start) * channels;
      if (made < numbersAtOnce) continue;
      made = 0;
      await setImmediate();
    }
  }
  const shape = imageShape(plan, height, width);
  return { elementType, shape: layout.batched ? [images.length, ...shape] : shape, data };
}
