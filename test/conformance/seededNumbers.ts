/** The same arrays of float32 numbers as seeded_numbers.py makes, to the bit. */

export interface NumbersSpec {
  readonly seed: number;
  readonly shape: readonly number[];
  readonly kind: 'uniform' | 'bell' | 'heavy' | 'relu';
  readonly scale: number;
  readonly offset: number;
}

/** 24 bits at a time of x -> 1664525 x + 1013904223 mod 2^32. */
function bitStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state >>> 8;
  };
}

export function numbersOf({ seed, shape, kind, scale, offset }: NumbersSpec): Float32Array {
  const next = bitStream(seed);
  const numbers = new Float32Array(shape.reduce((product, side) => product * side, 1));
  for (let i = 0; i < numbers.length; i++) {
    const base = baseOf(kind, next);
    // float32 twice: a product with a fraction of 53 bits would not be exact.
    numbers[i] = Math.fround(base) * scale + offset;
  }
  return numbers;
}

function baseOf(kind: NumbersSpec['kind'], next: () => number): number {
  if (kind === 'uniform') return next() / 2 ** 23 - 1;
  const bell = ((next() + next() + next() + next()) / 2 ** 23 - 4) / 2;
  if (kind === 'relu') return Math.max(bell, 0);
  if (kind === 'bell') return bell;
  const rounded = Math.fround(bell);
  return Math.fround(rounded * rounded) * rounded;
}
