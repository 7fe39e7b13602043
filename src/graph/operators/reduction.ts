import type { Elements, Shape } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { add, product } from '../inference/size.js';
import type { Operator, OperatorTable } from './operator.js';
import { always, numericShape, sameShape, smallShape, strides, tabulate } from './rules.js';

function reducedAxes(c: RuleContext): number[] {
  const rank = c.rank(0);
  const axes = c.numbersOf('axes', 1) ?? [];
  if (axes.length > 0) return c.axes(axes, rank);
  return c.node.int('noop_with_empty_axes', 0) ? [] : Array.from({ length: rank }, (_, i) => i);
}

function reduceShape(c: RuleContext, axes: readonly number[]): Size[] {
  const keep = c.node.int('keepdims', 1) !== 0;
  return c.shape(0).flatMap((size, i) => (!axes.includes(i) ? [size] : keep ? [1] : []));
}

/** Where the axes are not known, the rank is if they are kept. */
function reduceShapes(c: RuleContext): Shape[] {
  if (c.has(1) && !c.knownElements(1) && c.node.int('keepdims', 1)) return [c.freshShape(c.rank(0))];
  return [reduceShape(c, reducedAxes(c))];
}

const reduce = (combine?: (elements: readonly Size[]) => Size | undefined): Operator => ({
  inputs: ['data', 'argument'],
  shapes: reduceShapes,
  elements: combine && ((c) => reduceElements(c, combine)),
});

function reduceElements(
  c: RuleContext,
  combine: (elements: readonly Size[]) => Size | undefined,
): Elements | undefined {
  const elements = c.knownElements(0);
  const shape = numericShape(c.inputs[0]?.shape);
  const output = smallShape(c.outputs[0]?.shape);
  if (!elements || !shape || !output) return undefined;
  const axes = reducedAxes(c);
  const steps = strides(shape);
  const kept = shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const keptSteps = kept.map((i) => steps[i]!);
  const groups = tabulate(
    axes.map((i) => shape[i]!),
    (index) => index.reduce((offset, place, i) => offset + place * steps[axes[i]!]!, 0),
  ) as number[];
  return tabulate(
    kept.map((i) => shape[i]!),
    (index) => {
      const start = index.reduce((offset, place, i) => offset + place * keptSteps[i]!, 0);
      const group = groups.map((offset) => elements[start + offset]);
      return group.some((each) => each === undefined) ? undefined : combine(group as Size[]);
    },
  );
}

const ofNumbers = (combine: (numbers: readonly number[]) => number) => (elements: readonly Size[]) =>
  elements.every((each) => typeof each === 'number') ? combine(elements as number[]) : undefined;

const whole = (combine: (sizes: readonly Size[]) => Size) => (elements: readonly Size[]) =>
  elements.every((each) => typeof each === 'number') ||
  elements.every((each) => typeof each !== 'number' || Number.isInteger(each))
    ? combine(elements)
    : undefined;

const arg: Operator = {
  inputs: ['data'],
  types: always('int64'),
  shapes: (c) => [reduceShape(c, c.axes([c.node.int('axis', 0)], c.rank(0)))],
};

export const reduction: OperatorTable = {
  ReduceL1: reduce(),
  ReduceL2: reduce(),
  ReduceLogSum: reduce(),
  ReduceLogSumExp: reduce(),
  ReduceMax: reduce(ofNumbers((numbers) => Math.max(...numbers))),
  ReduceMean: reduce(),
  ReduceMin: reduce(ofNumbers((numbers) => Math.min(...numbers))),
  ReduceProd: reduce(whole(product)),
  ReduceSum: reduce(whole((sizes) => sizes.reduce(add, 0))),
  ReduceSumSquare: reduce(),
  ArgMax: arg,
  ArgMin: arg,
  CumSum: { inputs: ['data', 'argument'], shapes: sameShape },
  CumProd: { inputs: ['data', 'argument'], shapes: sameShape },
};

export const contribReduction: OperatorTable = {
  QLinearReduceMean: {
    inputs: ['data', 'scale', 'zeroPoint', 'scale', 'zeroPoint'],
    shapes: (c) => [reduceShape(c, c.axes(c.node.ints('axes') ?? c.shape(0).map((_, i) => i), c.rank(0)))],
  },
};
