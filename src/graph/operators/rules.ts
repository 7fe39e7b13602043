/** Rules that several families share. */
import { elementTypes } from '../../tensor/elementType.js';
import type { ElementType } from '../../tensor/elementType.js';
import type { Elements, Fact, Shape } from '../inference/fact.js';
import { mostElements } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import { Unresolved } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { sentence } from '../../messages/catalog.js';

/** The first output has the shape of the first input. */
export const sameShape = (c: RuleContext): Shape[] => [c.shape(0)];

/** All inputs are broadcast (ONNX, Multidirectional Broadcasting). */
export const broadcastShape = (c: RuleContext): Shape[] => [c.broadcast(...c.inputs.map((_, i) => c.shape(i)))];

export const always =
  (...types: ElementType[]) =>
  (): ElementType[] =>
    types;

export const typeOfInput =
  (input: number) =>
  (c: RuleContext): (ElementType | undefined)[] => [c.type(input)];

/** The same elements in the same order, under another shape. */
export const sameElements = (c: RuleContext): Elements | undefined => c.knownElements(0);

/** The sizes of a shape that are all numbers; undefined where one is symbolic. */
export function numericShape(shape: Shape | undefined): number[] | undefined {
  return shape?.every((size) => typeof size === 'number') ? (shape as number[]) : undefined;
}

/** The sizes of a shape whose elements are few enough to be followed. */
export function smallShape(shape: Shape | undefined): number[] | undefined {
  const sizes = numericShape(shape);
  return sizes && sizes.reduce((count, size) => count * size, 1) <= mostElements ? sizes : undefined;
}

/** Steps between neighbours along each axis of a row-major tensor. */
export function strides(shape: readonly number[]): number[] {
  const steps = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    steps[axis] = step;
    step *= shape[axis]!;
  }
  return steps;
}

/** Builds elements row-major from the index of each place of `shape`. */
export function tabulate(
  shape: readonly number[],
  at: (index: readonly number[]) => Size | undefined,
): (Size | undefined)[] {
  const count = shape.reduce((a, b) => a * b, 1);
  const index = new Array<number>(shape.length).fill(0);
  return Array.from({ length: count }, () => {
    const element = at(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
    return element;
  });
}

/** Position in a row-major tensor of `shape` that broadcasting reads for a place of the output. */
export function broadcastPosition(shape: readonly number[], index: readonly number[]): number {
  const steps = strides(shape);
  const offset = index.length - shape.length;
  return shape.reduce((position, size, axis) => position + (size === 1 ? 0 : index[offset + axis]! * steps[axis]!), 0);
}

/** Elements of the output of an elementwise operator; undefined where any input is not known at all. */
export function mapElements(
  c: RuleContext,
  apply: (...operands: Size[]) => Size | undefined,
  inputs: readonly Fact[] = c.inputs,
): Elements | undefined {
  const shape = smallShape(c.outputs[0]?.shape);
  const operands = inputs.map(({ elements, shape: own }) => ({ elements, shape: numericShape(own) }));
  if (!shape || operands.some((operand) => !operand.elements || !operand.shape)) return undefined;
  const round = c.outputs[0]?.elementType === 'float32' ? Math.fround : (value: number) => value;
  return tabulate(shape, (index) => {
    const values = operands.map((operand) => operand.elements![broadcastPosition(operand.shape!, index)]);
    if (values.some((value) => value === undefined)) return undefined;
    const result = apply(...(values as Size[]));
    return typeof result === 'number' ? round(result) : result;
  });
}

export function isInteger(type: ElementType | undefined): boolean {
  return type !== undefined && elementTypes[type].kind === 'integer';
}

export function missingAttribute(attribute: string): Unresolved {
  return new Unresolved(sentence('graph.unresolved.attribute', { attribute }));
}
