/** Through which operators a positive factor of a channel passes: f(s x) = s f(x), channel by channel. */
import type { Dimension } from '../model.js';
import type { Node } from '../node.js';

/** Where the channels of a value lie: feature f along `axis` belongs to channel floor(f / inner). */
export interface Channels {
  readonly axis: number;
  readonly count: number;
  readonly inner: number;
  /** Of the value; undefined where it is not known. */
  readonly rank: number | undefined;
}

export interface PassingContext {
  /** Undefined where the rank is not known. */
  shapeOf(value: string): readonly Dimension[] | undefined;
  /** The single number that a constant holds; undefined for anything else. */
  numberOf(value: string): number | undefined;
  /** Elements of a small constant of integers. */
  integersOf(value: string): readonly number[] | undefined;
}

/**
 * Where the channels of a node's first input lie in its first output, if the node passes their factors on; undefined for
 * other operators.
 */
export function channelsBehind(node: Node, channels: Channels, context: PassingContext): Channels | undefined {
  return node.domain === '' ? rules[node.opType]?.(node, channels, context) : undefined;
}

/** Is the operator one that clips at bounds which are not the same for a scaled channel? */
export function clipsAtBounds(node: Node, context: PassingContext): boolean {
  return node.is('Clip') && !isHomogeneousClip(node, context);
}

type Rule = (node: Node, channels: Channels, context: PassingContext) => Channels | undefined;

const same: Rule = (_node, channels) => channels;

const pooled: Rule = (_node, channels) => (channels.axis === 1 ? channels : undefined);

const clip: Rule = (node, channels, context) => (isHomogeneousClip(node, context) ? channels : undefined);

function isHomogeneousClip(node: Node, context: PassingContext): boolean {
  return [0, 1].every((i) => {
    const value = node.inputs[i + 1];
    const outermost = i === 0 ? -Infinity : Infinity;
    const bound = value ? context.numberOf(value) : node.float(i === 0 ? 'min' : 'max', outermost);
    return bound === 0 || (bound !== undefined && Math.abs(bound) >= 3.4e38);
  });
}

const transposed: Rule = (node, channels) => {
  const { rank } = channels;
  const order = node.ints('perm') ?? (rank === undefined ? [] : Array.from({ length: rank }, (_, i) => rank - 1 - i));
  const axis = order.indexOf(channels.axis);
  return axis < 0 ? undefined : { ...channels, axis };
};

/** The axis of the output that holds the channels' axis of the input whole, with nothing before it moved in. */
const reshaped: Rule = (node, channels, { shapeOf }) => {
  const from = shapeOf(node.inputs[0] ?? '');
  const to = shapeOf(node.outputs[0] ?? '');
  if (!from || !to || !sameSizes(from, to)) return undefined;
  const features = channels.count * channels.inner;
  const behind = productOf(from.slice(channels.axis + 1));
  if (behind === undefined) return undefined;
  let rest = 1;
  for (let axis = to.length - 1; axis >= 0 && rest <= behind; axis--) {
    const size = to[axis];
    if (typeof size !== 'number') return undefined;
    if (size * rest === features * behind && behind % rest === 0 && size > 1) {
      return { ...channels, axis, inner: channels.inner * (behind / rest), rank: to.length };
    }
    rest *= size;
  }
  return undefined;
};

/** Is the product of all dimensions the same? Symbols are compared as they are. */
function sameSizes(a: readonly Dimension[], b: readonly Dimension[]): boolean {
  const symbols = (shape: readonly Dimension[]) =>
    shape
      .filter((size) => typeof size === 'string')
      .sort()
      .join();
  const known = (shape: readonly Dimension[]) => productOf(shape.filter((size) => typeof size !== 'string'));
  return known(a) !== undefined && known(a) === known(b) && symbols(a) === symbols(b);
}

function productOf(shape: readonly Dimension[]): number | undefined {
  return shape.reduce<number | undefined>(
    (product, size) => (product !== undefined && typeof size === 'number' ? product * size : undefined),
    1,
  );
}

/** Operators that work on other axes alone: the output is as long as the input along the channels' axis. */
const besideAxis: Rule = (node, channels, { shapeOf }) => {
  const from = shapeOf(node.inputs[0] ?? '');
  const to = shapeOf(node.outputs[0] ?? '');
  const kept = from && to && from.length === to.length && to[channels.axis] === channels.count * channels.inner;
  return kept ? channels : undefined;
};

const padded: Rule = (node, channels, context) => {
  const value = node.inputs[2];
  const constant = node.string('mode', 'constant') === 'constant';
  const fill = value ? context.numberOf(value) : node.float('value', 0);
  return constant && fill !== 0 ? undefined : besideAxis(node, channels, context);
};

const resized: Rule = (node, channels, context) =>
  node.string('coordinate_transformation_mode', '') === 'tf_crop_and_resize'
    ? undefined
    : besideAxis(node, channels, context);

const reduced: Rule = (node, channels, { integersOf }) => {
  const { rank } = channels;
  const axes = node.inputs[1] ? integersOf(node.inputs[1]) : node.ints('axes');
  if (rank === undefined || !axes || axes.length === 0) return undefined;
  const gone = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  if (gone.has(channels.axis)) return undefined;
  if (node.int('keepdims', 1) !== 0) return channels;
  const before = [...gone].filter((axis) => axis < channels.axis).length;
  return { ...channels, axis: channels.axis - before, rank: rank - gone.size };
};

const rules: Readonly<Record<string, Rule>> = {
  Relu: same,
  LeakyRelu: same,
  PRelu: same,
  Identity: same,
  Dropout: same,
  Abs: same,
  Neg: same,
  Clip: clip,
  MaxPool: pooled,
  AveragePool: pooled,
  LpPool: pooled,
  GlobalAveragePool: pooled,
  GlobalMaxPool: pooled,
  Transpose: transposed,
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Pad: padded,
  Resize: resized,
  Upsample: besideAxis,
  ReduceMean: reduced,
  ReduceSum: reduced,
  ReduceMax: reduced,
  ReduceMin: reduced,
  ReduceL2: reduced,
};
