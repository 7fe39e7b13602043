/** From the pixels of a file to those that a model sees. */
import { windowOf } from './arrange.js';
import { ImageError, toGray, toRgb, type Pixels } from './pixels.js';
import { resize, type Interpolation } from './resize.js';

/** What of a preprocessing concerns pixels, all that was left open decided. */
export interface PixelPlan {
  readonly channels: 1 | 3;
  /** Height and width, where all images get the same; null for a side that is free. */
  readonly height: number | null;
  readonly width: number | null;
  readonly resize: 'exact' | 'shorter' | 'letterbox' | 'none';
  readonly shorter: number | null;
  readonly multipleOf: number;
  readonly interpolation: Interpolation;
  readonly antialias: boolean;
  readonly fill: readonly number[];
  readonly orient: boolean;
}

/** The pixels that the model sees: of the right channels, resized, cut or filled. Throws an ImageError. */
export function preparedPixels(decoded: Pixels, plan: PixelPlan): Pixels {
  const pixels = plan.channels === 1 ? toGray(decoded) : toRgb(decoded);
  const [height, width] = targetSize(pixels, plan);
  const scaled = (toWidth: number, toHeight: number) =>
    resize(pixels, toWidth, toHeight, plan.interpolation, plan.antialias);
  switch (plan.resize) {
    case 'exact':
      return scaled(width, height);
    case 'none':
      if (plan.multipleOf > 1) return scaled(width, height);
      if (pixels.width !== width || pixels.height !== height) {
        throw new ImageError(`it is ${pixels.height} x ${pixels.width}, and the model takes ${height} x ${width}`);
      }
      return pixels;
    case 'shorter': {
      // torchvision.transforms.Resize of one number, then CenterCrop.
      const [short, long] = [Math.min(pixels.width, pixels.height), Math.max(pixels.width, pixels.height)];
      const longer = Math.max(1, Math.trunc((plan.shorter! * long) / short));
      const [toWidth, toHeight] = pixels.width <= pixels.height ? [plan.shorter!, longer] : [longer, plan.shorter!];
      const middle = { left: roundHalfToEven((toWidth - width) / 2), top: roundHalfToEven((toHeight - height) / 2) };
      return windowOf(scaled(toWidth, toHeight), { ...middle, width, height }, plan.fill);
    }
    case 'letterbox': {
      const ratio = Math.min(width / pixels.width, height / pixels.height);
      const toWidth = Math.min(width, Math.max(1, Math.round(pixels.width * ratio)));
      const toHeight = Math.min(height, Math.max(1, Math.round(pixels.height * ratio)));
      const corner = { left: -((width - toWidth) >> 1), top: -((height - toHeight) >> 1) };
      return windowOf(scaled(toWidth, toHeight), { ...corner, width, height }, plan.fill);
    }
  }
}

function targetSize(pixels: Pixels, { height, width, multipleOf, resize: mode }: PixelPlan): [number, number] {
  const free = (value: number) => Math.max(multipleOf, Math.round(value / multipleOf) * multipleOf);
  if (height !== null && width !== null) return [height, width];
  if (mode === 'none') return [height ?? free(pixels.height), width ?? free(pixels.width)];
  if (height !== null) return [height, free((pixels.width * height) / pixels.height)];
  if (width !== null) return [free((pixels.height * width) / pixels.width), width];
  return [free(pixels.height), free(pixels.width)];
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
