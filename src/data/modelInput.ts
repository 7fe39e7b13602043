import type { Model } from '../graph/model.js';
import type { ElementType } from '../tensor/elementType.js';

/** What a model asks for: an input as a session or a graph tells it. */
export interface ModelInput {
  readonly name: string;
  readonly elementType: ElementType | 'other';
  /** Sizes, symbols, or undefined where unknown; absent where even the rank is. */
  readonly shape?: readonly (number | string | undefined)[];
}

/** The inputs of a model that must be fed: those that no initializer gives a value. */
export function modelInputs(model: Model): ModelInput[] {
  return model.graph.inputs
    .filter(({ name }) => !model.graph.initializers.has(name))
    .map(({ name, type }) =>
      type?.kind === 'tensor'
        ? { name, elementType: type.elementType, shape: type.shape }
        : { name, elementType: 'other' },
    );
}

/** `batch,1,28,28` */
export function shapeText(shape: readonly (number | string | undefined)[] | undefined): string {
  return shape?.map((dimension) => (dimension === undefined || dimension === '' ? '?' : dimension)).join(',') ?? '?';
}

/** `image float32[batch,1,28,28], mask int64[batch]` */
export function inputTexts(inputs: readonly ModelInput[]): string {
  return inputs.map(({ name, elementType, shape }) => `${name} ${elementType}[${shapeText(shape)}]`).join(', ');
}

/** `image, mask` */
export function inputNames(inputs: readonly ModelInput[]): string {
  return inputs.map(({ name }) => name).join(', ');
}
