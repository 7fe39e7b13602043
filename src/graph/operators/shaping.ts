/** Operators that arrange the same elements anew: shapes, axes, parts, borders. */
import type { Elements, Shape } from '../inference/fact.js';
import { mostElements } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { add, divideExactly, floorDivide, multiply, product } from '../inference/size.js';
import type { Operator, OperatorTable } from './operator.js';
import {
  broadcastPosition,
  missingAttribute,
  numericShape,
  smallShape,
  sameElements,
  sameShape,
  strides,
  tabulate,
} from './rules.js';
import { slice } from './slice.js';

/** Reshape-14: 0 takes the input's size at its place, -1 what is left over. */
function reshapeShape(c: RuleContext): Shape {
  const target = c.has(1) ? c.knownElements(1) : c.node.ints('shape');
  if (!target) {
    const [rank] = c.shape(1);
    if (typeof rank === 'number') return c.freshShape(rank);
    throw c.dataDependent(1);
  }
  const input = c.inputs[0]?.shape;
  const allowZero = c.node.int('allowzero', 0) !== 0;
  const sizes = target.map((size, i) => (size === 0 && !allowZero ? input?.[i] : size));
  const open = sizes.flatMap((size, i) => (size === -1 || size === undefined ? [i] : []));
  if (open.length === 1 && input) {
    const others = product(sizes.filter((_, i) => i !== open[0]) as Size[]);
    sizes[open[0]!] = quotient(product(input), others);
  }
  const shape = sizes.map((size) => (size === undefined || size === -1 ? c.fresh() : size));
  const [before, after] = [numericShape(input), numericShape(shape)];
  if (before && after && product(before) !== product(after)) throw c.mismatch(before, after);
  return shape;
}

/** The size that makes a reshape come out even. */
function quotient(total: Size, others: Size): Size | undefined {
  return (
    divideExactly(total, others) ?? (typeof others === 'number' && others > 0 ? floorDivide(total, others) : undefined)
  );
}

function flattenShape(c: RuleContext): Shape {
  const x = c.shape(0);
  const attribute = c.node.int('axis', 1);
  const axis = attribute < 0 ? attribute + x.length : attribute;
  return [product(x.slice(0, axis)), product(x.slice(axis))];
}

const permutationOf = (c: RuleContext): number[] => c.node.ints('perm') ?? c.shape(0).map((_, i) => c.rank(0) - 1 - i);

function transposeShape(c: RuleContext): Shape {
  const x = c.shape(0);
  const permutation = permutationOf(c);
  if (permutation.length !== x.length) throw missingAttribute('perm');
  return permutation.map((axis) => x[axis] ?? c.fresh());
}

function transposeElements(c: RuleContext): Elements | undefined {
  const elements = c.knownElements(0);
  const shape = numericShape(c.inputs[0]?.shape);
  const output = smallShape(c.outputs[0]?.shape);
  if (!elements || !shape || !output) return undefined;
  const steps = permutationOf(c).map((axis) => strides(shape)[axis] ?? 0);
  return tabulate(output, (index) => elements[index.reduce((at, place, i) => at + place * steps[i]!, 0)]);
}

function squeezeShape(c: RuleContext): Shape {
  const x = c.shape(0);
  const axes = c.numbersOf('axes', 1);
  if (axes) {
    const gone = c.axes(axes, x.length);
    return x.filter((_, i) => !gone.includes(i));
  }
  if (x.some((size) => typeof size !== 'number')) throw c.dataDependent(0);
  return x.filter((size) => size !== 1);
}

function unsqueezeShape(c: RuleContext): Shape {
  const x = c.shape(0);
  const axes = c.numbersOf('axes', 1) ?? [];
  const rank = x.length + axes.length;
  const added = c.axes(axes, rank);
  const rest = [...x];
  return Array.from({ length: rank }, (_, i) => (added.includes(i) ? 1 : (rest.shift() ?? 1)));
}

/** The elements of an input that is a shape, unknown ones as fresh sizes; where none are known, the rank at least. */
function sizesAt(c: RuleContext, input: number): Size[] {
  const elements = c.knownElements(input);
  if (elements) return elements.map((size) => size ?? c.fresh());
  const [rank] = c.shape(input);
  if (typeof rank === 'number') return c.freshShape(rank);
  throw c.dataDependent(input);
}

function broadcastElements(c: RuleContext): Elements | undefined {
  const elements = c.knownElements(0);
  const shape = numericShape(c.inputs[0]?.shape);
  const output = smallShape(c.outputs[0]?.shape);
  if (!elements || !shape || !output) return undefined;
  return tabulate(output, (index) => elements[broadcastPosition(shape, index)]);
}

function tileShape(c: RuleContext): Shape {
  const x = c.shape(0);
  const repeats = sizesAt(c, 1);
  if (repeats.length !== x.length) throw c.mismatch(x, repeats);
  return x.map((size, i) => multiply(size, repeats[i]!));
}

function concatShape(c: RuleContext): Shape {
  const first = c.shape(0);
  const axis = c.axis(c.node.int('axis', 0), first.length);
  const shapes = c.inputs.map((_, i) => c.shape(i));
  for (const shape of shapes) if (shape.length !== first.length) throw c.mismatch(first, shape);
  return first.map((size, i) =>
    i === axis
      ? shapes.map((shape) => shape[i]!).reduce(add, 0)
      : shapes.reduce<Size>((known, shape) => c.same(known, shape[i]!), size),
  );
}

/** Where not all parts are known, the unknown elements keep their places. */
function concatElements(c: RuleContext): Elements | undefined {
  if (c.outputs[0]?.shape?.length !== 1) return undefined;
  const parts: (Size | undefined)[] = [];
  for (const { elements, shape } of c.inputs) {
    const length = shape?.[0];
    if (elements) parts.push(...elements);
    else if (typeof length === 'number' && length <= mostElements)
      parts.push(...new Array<undefined>(length).fill(undefined));
    else return undefined;
    if (parts.length > mostElements) return undefined;
  }
  return parts;
}

function splitShapes(c: RuleContext): Shape[] {
  const x = c.shape(0);
  const axis = c.axis(c.node.int('axis', 0), x.length);
  const count = c.node.outputs.length;
  const given = c.has(1) ? c.elements(1) : c.node.ints('split');
  const size = x[axis]!;
  const parts = given ?? equalParts(size, count);
  return c.node.outputs.map((_, output) => x.map((each, i) => (i === axis ? (parts[output] ?? c.fresh()) : each)));
}

/** Split-18: equal parts, the last one smaller where the size does not divide. */
function equalParts(size: Size, count: number): (Size | undefined)[] {
  if (typeof size !== 'number') return new Array<Size | undefined>(count).fill(divideExactly(size, count));
  const part = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(part, size - i * part)));
}

function splitElements(c: RuleContext): Elements | undefined {
  const length = c.outputs[0]?.shape?.[0];
  return c.inputs[0]?.shape?.length === 1 && typeof length === 'number'
    ? c.knownElements(0)?.slice(0, length)
    : undefined;
}

function padShape(c: RuleContext): Shape {
  const x = c.shape(0);
  const pads = c.has(1) ? c.elements(1) : (c.node.ints('pads') ?? c.node.ints('paddings') ?? []);
  const axes = c.has(3) ? c.axes(c.numbers(3), x.length) : x.map((_, i) => i);
  const shape = [...x];
  for (const [i, axis] of axes.entries()) {
    const [before, after] = [pads[i], pads[i + axes.length]];
    shape[axis] = before === undefined || after === undefined ? c.fresh() : add(add(x[axis]!, before), after);
  }
  return shape;
}

/** ONNX DepthToSpace and SpaceToDepth: [N, C, H, W] by blocks. */
const depth = (toSpace: boolean): Operator => ({
  inputs: ['data'],
  shapes: (c) => {
    const [n, channels, ...space] = c.shapeOfRank(0, 4);
    const block = c.node.int('blocksize', 1);
    const [grow, shrink] = [(size: Size) => multiply(size, block), (size: Size) => floorDivide(size, block)];
    if (toSpace) return [[n!, floorDivide(channels!, block * block), ...space.map(grow)]];
    return [[n!, multiply(channels!, block * block), ...space.map(shrink)]];
  },
});

export const shaping: OperatorTable = {
  Reshape: { inputs: ['data', 'argument'], shapes: (c) => [reshapeShape(c)], elements: sameElements },
  Flatten: { inputs: ['data'], shapes: (c) => [flattenShape(c)], elements: sameElements },
  Transpose: { inputs: ['data'], shapes: (c) => [transposeShape(c)], elements: transposeElements },
  Squeeze: { inputs: ['data', 'argument'], shapes: (c) => [squeezeShape(c)], elements: sameElements },
  Unsqueeze: { inputs: ['data', 'argument'], shapes: (c) => [unsqueezeShape(c)], elements: sameElements },
  Expand: {
    inputs: ['data', 'argument'],
    shapes: (c) => [c.broadcast(c.shape(0), sizesAt(c, 1))],
    elements: broadcastElements,
  },
  Tile: { inputs: ['data', 'argument', 'argument'], shapes: (c) => [tileShape(c)] },
  Concat: { inputs: ['data'], shapes: (c) => [concatShape(c)], elements: concatElements },
  Split: { inputs: ['data', 'argument'], shapes: splitShapes, elements: splitElements },
  Slice: slice,
  Pad: { inputs: ['data', 'argument'], shapes: (c) => [padShape(c)] },
  DepthToSpace: depth(true),
  SpaceToDepth: depth(false),
  ReverseSequence: { inputs: ['data', 'argument'], shapes: sameShape },
  Trilu: { inputs: ['data', 'argument'], shapes: sameShape },
  CenterCropPad: {
    inputs: ['data', 'argument'],
    shapes: (c) => {
      const x = [...c.shape(0)];
      const axes = c.axes(c.node.ints('axes') ?? x.map((_, i) => i), x.length);
      const sizes = sizesAt(c, 1);
      for (const [i, axis] of axes.entries()) x[axis] = sizes[i] ?? c.fresh();
      return [x];
    },
  },
  Shape: {
    inputs: ['data'],
    types: () => ['int64'],
    shapes: (c) => [[shapePart(c).length]],
    elements: shapePart,
  },
  Size: {
    inputs: ['data'],
    types: () => ['int64'],
    shapes: () => [[]],
    elements: (c) => [product(c.shape(0))],
  },
};

/** Shape-15 can take a part, from `start` to `end`. */
function shapePart(c: RuleContext): Shape {
  return c.shape(0).slice(c.node.int('start', 0), c.node.int('end'));
}
