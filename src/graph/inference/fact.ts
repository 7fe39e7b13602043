import type { ElementType } from '../../tensor/elementType.js';
import type { Size } from './size.js';
import { equalSizes, isTooLong } from './size.js';

export type Shape = readonly Size[];

/** Elements of a small tensor, row-major, as far as they are known: numbers, or sizes that the tensor carries. */
export type Elements = readonly (Size | undefined)[];

/** What is known of a tensor. */
export interface Fact {
  readonly elementType?: ElementType;
  readonly shape?: Shape;
  /** Known for small tensors of numbers only; as many as the shape says. */
  readonly elements?: Elements;
}

/** Elements beyond this many are not followed. */
export const mostElements = 1024;

/** What holds of a value that is one of two. `fresh` gives the size of a dimension in which they differ. */
export function mergeFacts(a: Fact, b: Fact, fresh: () => Size): Fact {
  const elementType = a.elementType === b.elementType ? a.elementType : undefined;
  if (!a.shape || !b.shape || a.shape.length !== b.shape.length) return { elementType };
  const shape = a.shape.map((size, i) => (equalSizes(size, b.shape![i]!) ? size : fresh()));
  if (!a.elements || a.elements.length !== b.elements?.length) return { elementType, shape };
  return { elementType, shape, elements: a.elements.map((each, i) => sameElement(each, b.elements![i])) };
}

export function equalFacts(a: Fact, b: Fact): boolean {
  return (
    a.elementType === b.elementType &&
    a.shape?.length === b.shape?.length &&
    (a.shape ?? []).every((size, i) => equalSizes(size, b.shape![i]!)) &&
    a.elements?.length === b.elements?.length &&
    (a.elements ?? []).every((each, i) => each === b.elements![i] || sameElement(each, b.elements![i]) !== undefined)
  );
}

/** The fact with sizes that have grown unreadable made anonymous, and elements that do not fit the shape dropped. */
export function tidyFact(fact: Fact, fresh: () => Size): Fact {
  const shape = fact.shape?.map((size) => (isTooLong(size) ? fresh() : size));
  const elements = fact.elements?.map((each) => (each !== undefined && isTooLong(each) ? undefined : each));
  if (!elements || !shape || !fitsShape(elements, shape)) return { elementType: fact.elementType, shape };
  return { elementType: fact.elementType, shape, elements };
}

function fitsShape(elements: Elements, shape: Shape): boolean {
  if (elements.length > mostElements || elements.every((each) => each === undefined)) return false;
  return elements.length === shape.reduce<number>((count, size) => (typeof size === 'number' ? count * size : NaN), 1);
}

function sameElement(a: Size | undefined, b: Size | undefined): Size | undefined {
  return a !== undefined && b !== undefined && equalSizes(a, b) ? a : undefined;
}
