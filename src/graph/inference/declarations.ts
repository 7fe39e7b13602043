import type { Dimension, Model, ValueInfo } from '../model.js';
import type { Fact, Shape } from './fact.js';
import type { Size } from './size.js';
import { equalSizes, symbol } from './size.js';

/** What the file says of its values, seen through the shapes and sizes that the caller gives instead. */
export class Declarations {
  readonly #bindings = new Map<string, Size>();
  readonly #inputShapes: ReadonlyMap<string, readonly Dimension[]>;
  /** False where the caller's shapes contradict the file's: then none of its other numbers is to be believed. */
  #numbersHold = true;

  constructor(
    model: Model,
    inputShapes: ReadonlyMap<string, readonly Dimension[]>,
    symbols: ReadonlyMap<string, number>,
    private readonly fresh: () => Size,
  ) {
    this.#inputShapes = inputShapes;
    for (const [name, size] of symbols) this.#bindings.set(name, size);
    for (const info of model.graph.inputs) this.#bind(info);
  }

  /** A graph input, in the shape that the caller gives where he does. */
  input(info: ValueInfo): Fact {
    const given = this.#inputShapes.get(info.name);
    const fact = this.of(info);
    return given ? { ...fact, shape: given.map((dimension) => this.#size(dimension)) } : fact;
  }

  of(info: ValueInfo | undefined): Fact {
    const type = info?.type;
    if (type?.kind !== 'tensor') return {};
    const shape = type.shape?.map((dimension) =>
      typeof dimension === 'number' && !this.#numbersHold ? this.fresh() : this.#size(dimension),
    );
    return { elementType: type.elementType, shape };
  }

  /** An inferred fact, completed by what is declared where it says less. */
  complete(inferred: Fact, info: ValueInfo | undefined): Fact {
    if (!info?.type) return inferred;
    const declared = this.of(info);
    const elementType = inferred.elementType ?? declared.elementType;
    if (!inferred.shape) return { elementType, shape: declared.shape };
    if (!declared.shape || declared.shape.length !== inferred.shape.length) return { ...inferred, elementType };
    return { elementType, shape: betterShape(inferred.shape, declared.shape), elements: inferred.elements };
  }

  #bind(info: ValueInfo): void {
    const given = this.#inputShapes.get(info.name);
    const declared = info.type?.kind === 'tensor' ? info.type.shape : undefined;
    if (!given || !declared) return;
    if (given.length !== declared.length) this.#numbersHold = false;
    for (const [i, dimension] of declared.entries()) {
      const size = given[i];
      if (typeof dimension === 'string' && size !== undefined && size !== dimension) {
        this.#bindings.set(dimension, typeof size === 'number' ? size : symbol(size));
      }
      if (typeof dimension === 'number' && dimension !== size) this.#numbersHold = false;
    }
  }

  #size(dimension: Dimension): Size {
    if (typeof dimension === 'string') return this.#bindings.get(dimension) ?? symbol(dimension);
    return dimension ?? this.fresh();
  }
}

function betterShape(inferred: Shape, declared: Shape): Shape {
  return inferred.map((size, i) => {
    const other = declared[i]!;
    return typeof size !== 'number' && size.isAnonymous && !equalSizes(size, other) ? known(other, size) : size;
  });
}

const known = (declared: Size, inferred: Size): Size =>
  typeof declared === 'number' || !declared.isAnonymous ? declared : inferred;
