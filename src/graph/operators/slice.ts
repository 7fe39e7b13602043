/** Slice-13: along each axis from `start` to `end` by `step`, both clamped to the tensor. */
import type { Elements, Shape } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { add, ceilDivide, isAtLeast, subtract } from '../inference/size.js';
import type { Operator } from './operator.js';
import { numericShape, smallShape, strides, tabulate } from './rules.js';

interface Cut {
  readonly axis: number;
  readonly start: Size | undefined;
  readonly end: Size | undefined;
  readonly step: number;
}

function cutsOf(c: RuleContext): Cut[] {
  const inputs = c.has(1);
  const starts = inputs ? c.elements(1) : (c.node.ints('starts') ?? []);
  const ends = inputs ? c.elements(2) : (c.node.ints('ends') ?? []);
  const axes = c.numbersOf('axes', 3) ?? starts.map((_, i) => i);
  const steps = c.has(4) ? c.numbers(4) : [];
  return c.axes(axes, c.rank(0)).map((axis, i) => ({ axis, start: starts[i], end: ends[i], step: steps[i] || 1 }));
}

/** Where the bounds are computed at run time, only the axes that they cut are unknown. */
function sliceShape(c: RuleContext): Shape {
  const shape = [...c.shape(0)];
  if (c.has(1) && !(c.knownElements(1) && c.knownElements(2))) {
    const axes = c.has(3) ? c.knownElements(3) : undefined;
    if (!axes) return c.freshShape(shape.length);
    for (const axis of axes) if (typeof axis === 'number') shape[c.axis(axis, shape.length)] = c.fresh();
    return shape;
  }
  for (const cut of cutsOf(c)) shape[cut.axis] = lengthOf(cut, shape[cut.axis]!) ?? c.fresh();
  return shape;
}

function lengthOf({ start, end, step }: Cut, size: Size): Size | undefined {
  if (start === undefined || end === undefined) return undefined;
  const [from, to] = [bound(start, size, step, 'start'), bound(end, size, step, 'end')];
  if (from === undefined || to === undefined) return undefined;
  const length = step > 0 ? ceilDivide(subtract(to, from), step) : ceilDivide(subtract(from, to), -step);
  return typeof length === 'number' ? Math.max(0, length) : length;
}

/** A bound as a place in 0..size (in -1..size-1 for steps backward); undefined where clamping cannot be decided. */
function bound(value: Size, size: Size, step: number, side: 'start' | 'end'): Size | undefined {
  const low = step > 0 ? 0 : side === 'start' ? 0 : -1;
  const high = step > 0 ? size : subtract(size, 1);
  if (typeof value === 'number' && typeof size === 'number') {
    const place = value < 0 ? value + size : value;
    return Math.min(Math.max(place, low), high as number);
  }
  if (typeof value === 'number' && Math.abs(value) >= 2 ** 31 - 1) return value > 0 ? high : low;
  const fromEnd = typeof value === 'number' ? value < 0 : isAtLeast(-1, value);
  const place = fromEnd ? add(value, size) : value;
  if (isAtLeast(place, high)) return high;
  if (isAtLeast(low, place)) return low;
  /** A start inside a tensor of unknown size is taken to be inside; an end is not, for it may well lie beyond. */
  if (fromEnd || side === 'start') return place;
  return isAtLeast(high, place) ? place : undefined;
}

function sliceElements(c: RuleContext): Elements | undefined {
  const elements = c.knownElements(0);
  const shape = numericShape(c.inputs[0]?.shape);
  const output = smallShape(c.outputs[0]?.shape);
  if (!elements || !shape || !output) return undefined;
  const steps = strides(shape);
  const first = new Array<number>(shape.length).fill(0);
  const stride = new Array<number>(shape.length).fill(1);
  for (const { axis, start, step } of cutsOf(c)) {
    const from = start === undefined ? undefined : bound(start, shape[axis]!, step, 'start');
    if (typeof from !== 'number') return undefined;
    first[axis] = from;
    stride[axis] = step;
  }
  return tabulate(
    output,
    (index) => elements[index.reduce((at, place, i) => at + (first[i]! + place * stride[i]!) * steps[i]!, 0)],
  );
}

export const slice: Operator = {
  inputs: ['data', 'argument'],
  shapes: (c) => [sliceShape(c)],
  elements: sliceElements,
};
