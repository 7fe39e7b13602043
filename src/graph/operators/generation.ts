/** Operators that make tensors out of sizes. */
import { elementTypeOfCode } from '../../tensor/elementType.js';
import { residentNumbers } from '../../tensor/numbers.js';
import type { Elements, Shape } from '../inference/fact.js';
import { mostElements } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { add, ceilDivide, multiply, subtract } from '../inference/size.js';
import type { Operator, OperatorTable } from './operator.js';
import { missingAttribute, sameShape, smallShape } from './rules.js';

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function constantOfShape(c: RuleContext): Shape {
  const elements = c.knownElements(0);
  if (elements) return elements.map((size) => size ?? c.fresh());
  const [rank] = c.shape(0);
  if (typeof rank === 'number') return c.freshShape(rank);
  throw c.dataDependent(0);
}

function filledElements(c: RuleContext): Elements | undefined {
  const shape = smallShape(c.outputs[0]?.shape);
  const value = c.node.tensor('value');
  const fill = value ? residentNumbers(value)?.[0] : 0;
  if (!shape || fill === undefined) return undefined;
  return new Array<number>(count(shape)).fill(fill);
}

/** max(ceil((limit - start) / delta), 0) */
function rangeLength(c: RuleContext): Size {
  const [start, limit, delta] = [0, 1, 2].map((input) => c.knownElements(input)?.[0]);
  if (start === undefined || limit === undefined || typeof delta !== 'number' || delta === 0) return c.fresh();
  if (typeof start === 'number' && typeof limit === 'number') return Math.max(0, Math.ceil((limit - start) / delta));
  if (!Number.isInteger(delta)) return c.fresh();
  return delta > 0 ? ceilDivide(subtract(limit, start), delta) : ceilDivide(subtract(start, limit), -delta);
}

function rangeElements(c: RuleContext): Elements | undefined {
  const [length] = c.outputs[0]?.shape ?? [];
  const [start] = c.knownElements(0) ?? [];
  const [delta] = c.knownElements(2) ?? [];
  if (typeof length !== 'number' || length > mostElements || start === undefined || typeof delta !== 'number')
    return undefined;
  return Array.from({ length }, (_, i) => add(start, multiply(i, delta)));
}

const random: Operator = {
  inputs: ['argument'],
  types: (c) => [elementTypeOfCode(c.node.int('dtype', 1))],
  shapes: (c) => {
    const shape = c.node.ints('shape');
    if (!shape) throw missingAttribute('shape');
    return [shape];
  },
};

/** The type is the attribute's, else the input's. */
const like: Operator = {
  inputs: ['data'],
  types: (c) => [elementTypeOfCode(c.node.int('dtype', 0)) ?? c.type(0)],
  shapes: sameShape,
};

export const generation: OperatorTable = {
  ConstantOfShape: {
    inputs: ['argument'],
    types: (c) => [c.node.tensor('value')?.elementType ?? 'float32'],
    shapes: (c) => [constantOfShape(c)],
    elements: filledElements,
  },
  Range: { inputs: ['argument'], shapes: (c) => [[rangeLength(c)]], elements: rangeElements },
  EyeLike: like,
  Bernoulli: like,
  RandomNormal: random,
  RandomUniform: random,
  RandomNormalLike: like,
  RandomUniformLike: like,
  Multinomial: {
    inputs: ['data'],
    types: (c) => [elementTypeOfCode(c.node.int('dtype', 6))],
    shapes: (c) => [[c.size(0, 0), c.node.int('sample_size', 1)]],
  },
};
