import { sentence } from '../messages/catalog.js';
import { Failure } from '../messages/failure.js';
import { elementCount, elementTypes } from '../tensor/elementType.js';
import type { ElementType } from '../tensor/elementType.js';
import type { NumericArray, TensorArray } from '../tensor/tensor.js';
import type { Dataset } from './dataset.js';
import type { ModelInput } from './modelInput.js';
import { emptyNumericArray, hasNumericArray } from '../tensor/numericArray.js';
import { codeOf, isSmallFloat } from '../tensor/smallFloat.js';
import { seededRandom } from './random.js';

export interface RandomOptions {
  readonly sampleCount: number;
  readonly seed: number;
  /** Shapes of inputs whose dimensions are free, by input name. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
}

/** The most elements of a random input. */
const mostElements = 2 ** 28;

/** The size of free dimensions at the end of a shape: sides of an image, the length of a text or a sound. */
const FREE_LENGTH = 256;

/**
 * Inputs of the shapes that a model takes. Free dimensions at the end of a shape are 256 long, all others (batches, states)
 * 1; a symbol has one size everywhere. Floats are uniform in 0..1, integers and truth values 0 or 1, which as a mask, a
 * segment or a token is harmless. The same seed gives the same sample i.
 */
export function randomDataset(inputs: readonly ModelInput[], { sampleCount, seed, shapes }: RandomOptions): Dataset {
  const lengths = longSymbols(inputs);
  const fed = inputs.map((input) => ({
    name: input.name,
    elementType: feedableType(input),
    sampleShape: shapes?.[input.name] ?? sampleShape(input, lengths),
  }));
  for (const { name, sampleShape } of fed) {
    const elements = elementCount(sampleShape);
    if (elements > mostElements)
      throw new Failure('data.random-size', { input: name, shape: sampleShape.join(','), elements });
  }
  const shapesText = fed.map((input) => `${input.name} [${input.sampleShape.join(',')}]`).join(', ');
  return {
    name: 'random',
    sampleCount,
    inputs: fed,
    stackable: false,
    warnings: [sentence('data.random', { shapes: shapesText })],
    async read(samples) {
      if (samples.length !== 1) throw new RangeError('random samples are read one at a time');
      const random = seededRandom(Math.imul(seed, 0x9e3779b1) + samples[0]!);
      const feeds: Record<string, TensorArray> = {};
      for (const { name, elementType, sampleShape } of fed) {
        const data = emptyNumericArray(elementType, elementCount(sampleShape));
        fillRandomly(data, elementType, random);
        feeds[name] = { elementType, shape: sampleShape, data };
      }
      return { samples, feeds };
    },
  };
}

function sampleShape({ shape = [] }: ModelInput, lengths: ReadonlySet<string>): number[] {
  const end = freeEnd(shape);
  return shape.map((size, axis) => {
    if (typeof size === 'number') return size;
    return size ? (lengths.has(size) ? FREE_LENGTH : 1) : axis >= end ? FREE_LENGTH : 1;
  });
}

/** Symbols that stand at the free end of some shape, and so mean lengths. */
function longSymbols(inputs: readonly ModelInput[]): Set<string> {
  const ends = inputs.flatMap(({ shape = [] }) => shape.slice(freeEnd(shape)));
  return new Set(ends.filter((size) => typeof size === 'string'));
}

/** Where the dimensions at the end begin that are free; the first axis is a batch. */
function freeEnd(shape: readonly unknown[]): number {
  let end = shape.length;
  while (end > 1 && typeof shape[end - 1] !== 'number') end--;
  return end;
}

function feedableType({ name, elementType }: ModelInput): ElementType {
  if (elementType !== 'other' && hasNumericArray(elementType)) return elementType;
  const kind = elementType === 'other' ? 'no tensor' : elementType === 'string' ? 'text' : elementType;
  throw new Failure('data.input-kind', { input: name, kind });
}

function fillRandomly(data: NumericArray, elementType: ElementType, random: () => number): void {
  const wide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  const isFloat = elementTypes[elementType].kind === 'float';
  const code = isSmallFloat(elementType) ? codeOf(elementType) : undefined;
  for (let i = 0; i < data.length; i++) {
    const value = isFloat ? random() : Math.floor(random() * 2);
    data[i] = wide ? BigInt(value) : (code?.(value) ?? value);
  }
}
