/** Operators that pick, place and rank elements by index. */
import type { Elements, Shape } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { product } from '../inference/size.js';
import type { Operator, OperatorTable } from './operator.js';
import { always, numericShape, sameShape, typeOfInput } from './rules.js';

function gatherShape(c: RuleContext): Shape {
  const data = c.shape(0);
  const axis = c.axis(c.node.int('axis', 0), data.length);
  return [...data.slice(0, axis), ...c.shape(1), ...data.slice(axis + 1)];
}

/** Of a list only: what shape arithmetic does. */
function gatherElements(c: RuleContext): Elements | undefined {
  const data = c.knownElements(0);
  const indices = c.knownElements(1);
  if (!data || !indices || c.rank(0) !== 1) return undefined;
  return indices.map((index) => (typeof index === 'number' ? data.at(index) : undefined));
}

/** GatherND-13: the last axis of the indices counts the axes they go through. */
function gatherNDShape(c: RuleContext): Shape {
  const [data, indices] = [c.shape(0), c.shape(1)];
  const batch = c.node.int('batch_dims', 0);
  const depth = indices.at(-1);
  if (typeof depth !== 'number') throw c.dataDependent(1);
  return [...indices.slice(0, -1), ...data.slice(batch + depth)];
}

function oneHotShape(c: RuleContext): Shape {
  const indices = c.shape(0);
  const axis = c.axis(c.node.int('axis', -1), indices.length + 1);
  const depth = c.knownElements(1)?.[0] ?? c.fresh();
  return [...indices.slice(0, axis), depth, ...indices.slice(axis)];
}

function topKShape(c: RuleContext): Shape {
  const x = c.shape(0);
  const axis = c.axis(c.node.int('axis', -1), x.length);
  const k = c.has(1) ? c.knownElements(1)?.[0] : c.node.int('k');
  return x.map((size, i) => (i === axis ? (k ?? c.fresh()) : size));
}

/** Unique-11: values, first indices, inverse indices, counts. */
function uniqueShapes(c: RuleContext): Shape[] {
  const x = c.shape(0);
  const count = c.fresh();
  const attribute = c.node.int('axis');
  if (attribute === undefined) return [[count], [count], [product(x)], [count]];
  const axis = c.axis(attribute, x.length);
  return [x.map((size, i) => (i === axis ? count : size)), [count], [x[axis]!], [count]];
}

function compressShape(c: RuleContext): Shape {
  const x = c.shape(0);
  const attribute = c.node.int('axis');
  if (attribute === undefined) return [c.fresh()];
  const axis = c.axis(attribute, x.length);
  return x.map((size, i) => (i === axis ? c.fresh() : size));
}

/** ScatterND into a list, for shape arithmetic: indices [n, 1], updates [n]. */
function scatterElements(c: RuleContext): Elements | undefined {
  const [data, indices, updates] = [c.knownElements(0), c.knownElements(1), c.knownElements(2)];
  if (!data || !indices || !updates || c.rank(0) !== 1 || c.node.string('reduction', 'none') !== 'none')
    return undefined;
  const shape = numericShape(c.inputs[1]?.shape);
  if (shape?.length !== 2 || shape[1] !== 1) return undefined;
  const result: (Size | undefined)[] = [...data];
  for (const [i, index] of indices.entries()) {
    if (typeof index !== 'number') return undefined;
    result[index < 0 ? index + data.length : index] = updates[i];
  }
  return result;
}

const scatter: Operator = { inputs: ['data', 'argument', 'data'], shapes: sameShape };

export const indexing: OperatorTable = {
  /** The data may be the table of an embedding. */
  Gather: { inputs: ['weight', 'argument'], shapes: (c) => [gatherShape(c)], elements: gatherElements },
  GatherElements: { inputs: ['weight', 'argument'], shapes: (c) => [c.shape(1)] },
  GatherND: { inputs: ['weight', 'argument'], shapes: (c) => [gatherNDShape(c)] },
  Scatter: scatter,
  ScatterElements: scatter,
  ScatterND: { ...scatter, elements: scatterElements },
  TensorScatter: { inputs: ['data', 'data', 'argument'], shapes: sameShape },
  Compress: { inputs: ['data', 'argument'], shapes: (c) => [compressShape(c)] },
  NonZero: { inputs: ['data'], types: always('int64'), shapes: (c) => [[c.rank(0), c.fresh()]] },
  OneHot: { inputs: ['argument'], types: typeOfInput(2), shapes: (c) => [oneHotShape(c)] },
  TopK: {
    inputs: ['data', 'argument'],
    types: (c) => [c.type(0), 'int64'],
    shapes: (c) => {
      const shape = topKShape(c);
      return [shape, shape];
    },
  },
  Unique: { inputs: ['data'], types: (c) => [c.type(0), 'int64'], shapes: uniqueShapes },
  NonMaxSuppression: {
    inputs: ['data', 'data', 'argument'],
    types: always('int64'),
    shapes: (c) => [[c.fresh(), 3]],
  },
  /** X [N, C, spatial…], grid [N, output spatial…, axes]. */
  GridSample: {
    inputs: ['data', 'data'],
    shapes: (c) => [[...c.shape(0).slice(0, 2), ...c.shape(1).slice(1, -1)]],
  },
};

export const contribIndexing: OperatorTable = {
  GatherBlockQuantized: {
    inputs: ['weight', 'argument', 'scale', 'zeroPoint'],
    integerWeights: [{ input: 0, scale: 2, zeroPoint: 3 }],
    types: typeOfInput(2),
    shapes: (c) => {
      const data = c.shape(0);
      const axis = c.axis(c.node.int('gather_axis', 0), data.length);
      return [[...data.slice(0, axis), ...c.shape(1), ...data.slice(axis + 1)]];
    },
  },
};
