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

/**
 * Inputs of the shapes that a model takes, a free dimension as 1. Floats are uniform in 0..1, integers and truth values
 * 0 or 1, which as a mask, a segment or a token is harmless. The same seed gives the same sample i.
 */
export function randomDataset(inputs: readonly ModelInput[], { sampleCount, seed, shapes }: RandomOptions): Dataset {
  const fed = inputs.map((input) => {
    const elementType = feedableType(input);
    const shape = shapes?.[input.name] ?? (input.shape ?? []).map((size) => (typeof size === 'number' ? size : 1));
    return { name: input.name, elementType, sampleShape: shape };
  });
  return {
    name: 'random',
    sampleCount,
    inputs: fed,
    stackable: false,
    warnings: [sentence('data.random')],
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
