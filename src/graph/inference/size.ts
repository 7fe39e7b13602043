/**
 * The size of a dimension: a number, or a polynomial with integer coefficients in symbols, rounded quotients and maxima,
 * in one canonical form, so that equal sizes have equal keys. Symbols stand for sizes of at least 1.
 */
import type { Dimension } from '../model.js';

export type Size = number | SymbolicSize;

type Atom =
  | { readonly kind: 'symbol'; readonly key: string }
  | { readonly kind: 'floor'; readonly key: string; readonly numerator: SymbolicSize; readonly divisor: number }
  | { readonly kind: 'maximum'; readonly key: string; readonly parts: readonly Size[] };

interface Term {
  /** Sorted by key; empty for the constant term. */
  readonly atoms: readonly Atom[];
  readonly coefficient: number;
}

/** Sums of more terms are not reckoned with. */
const mostTerms = 200;

/** Longer expressions tell nobody anything. */
const longestText = 160;

export class SymbolicSize {
  readonly key: string;
  /** Does it contain a size that has no name? */
  readonly isAnonymous: boolean;

  constructor(readonly terms: readonly Term[]) {
    this.key = text(terms);
    this.isAnonymous = terms.some(({ atoms }) => atoms.some(isAnonymous));
  }

  toString(): string {
    return this.key;
  }
}

/** A named symbol. */
export function symbol(name: string): SymbolicSize {
  return new SymbolicSize([{ atoms: [{ kind: 'symbol', key: name }], coefficient: 1 }]);
}

/** The `index`-th size without a name: equal only to itself, and unknown to everyone outside. */
export function anonymous(index: number): SymbolicSize {
  return symbol(`?${index}`);
}

/** As others see it: anonymous and unreadably long sizes are unknown. */
export function toDimension(size: Size): Dimension {
  if (typeof size === 'number') return size;
  return size.isAnonymous || size.key.length > longestText ? undefined : size.key;
}

export function isTooLong(size: Size): boolean {
  return typeof size !== 'number' && size.key.length > longestText;
}

export function equalSizes(a: Size, b: Size): boolean {
  return typeof a === 'number' || typeof b === 'number' ? a === b : a.key === b.key;
}

export function add(a: Size, b: Size): Size {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  return collect([...termsOf(a), ...termsOf(b)]);
}

export function subtract(a: Size, b: Size): Size {
  return add(a, multiply(b, -1));
}

export function multiply(a: Size, b: Size): Size {
  if (typeof a === 'number' && typeof b === 'number') return a * b + 0; // never -0
  if (termsOf(a).length * termsOf(b).length > mostTerms)
    return opaque(
      [a, b]
        .map((size) => `(${size})`)
        .sort()
        .join('*'),
    );
  const products: Term[] = [];
  for (const left of termsOf(a)) {
    for (const right of termsOf(b)) {
      const atoms = [...left.atoms, ...right.atoms].sort(byKey);
      products.push({ atoms, coefficient: left.coefficient * right.coefficient });
    }
  }
  return collect(products);
}

export function product(sizes: readonly Size[]): Size {
  return sizes.reduce(multiply, 1);
}

/** floor(a / divisor) for an integer divisor other than 0. */
export function floorDivide(a: Size, divisor: number): Size {
  if (divisor < 0) return floorDivide(multiply(a, -1), -divisor);
  if (typeof a === 'number') return Math.floor(a / divisor);
  if (divisor === 1) return a;
  const whole: Term[] = [];
  const rest: Term[] = [];
  for (const { atoms, coefficient } of a.terms) {
    const quotient = Math.floor(coefficient / divisor);
    const remainder = coefficient - quotient * divisor;
    if (atoms.length === 0) {
      whole.push({ atoms, coefficient: quotient });
      rest.push({ atoms, coefficient: remainder });
    } else if (remainder === 0) whole.push({ atoms, coefficient: quotient });
    else rest.push({ atoms, coefficient });
  }
  return add(collect(whole), roundedQuotient(collect(rest), divisor));
}

export function ceilDivide(a: Size, divisor: number): Size {
  return floorDivide(add(a, divisor - 1), divisor);
}

/** a / b where b divides a in every term; undefined where that does not show. */
export function divideExactly(a: Size, b: Size): Size | undefined {
  if (equalSizes(a, b)) return 1;
  if (b === 0) return undefined;
  if (a === 0) return 0;
  if (typeof b !== 'number' && b.terms.length !== 1) return undefined;
  const [divisor] = termsOf(b);
  const quotients: Term[] = [];
  for (const { atoms, coefficient } of termsOf(a)) {
    const left = [...atoms];
    for (const { key } of divisor!.atoms) {
      const at = left.findIndex((atom) => atom.key === key);
      if (at < 0) return undefined;
      left.splice(at, 1);
    }
    const quotient = coefficient / divisor!.coefficient;
    if (!Number.isInteger(quotient)) return undefined;
    quotients.push({ atoms: left, coefficient: quotient });
  }
  return collect(quotients);
}

/** The size of two broadcast dimensions; undefined where numbers contradict. Equal sizes, or one of them 1. */
export function broadcastSizes(a: Size, b: Size): Size | undefined {
  if (equalSizes(a, b) || b === 1) return a;
  if (a === 1) return b;
  if (typeof a === 'number') return typeof b === 'number' ? undefined : a;
  if (typeof b === 'number') return b;
  const parts = new Map([...partsOf(a), ...partsOf(b)].map((part) => [String(part), part]));
  const sorted = [...parts.values()].sort((x, y) => compare(String(x), String(y)));
  const key = `max(${sorted.map(String).join(', ')})`;
  return new SymbolicSize([{ atoms: [{ kind: 'maximum', key, parts: sorted }], coefficient: 1 }]);
}

/** The least value that a size can have, with named symbols at least 1 and anonymous ones at least 0. */
export function lowerBound(size: Size): number {
  if (typeof size === 'number') return size;
  return size.terms.reduce((bound, term) => bound + termBound(term), 0);
}

function termBound({ atoms, coefficient }: Term): number {
  if (atoms.length === 0) return coefficient;
  const bounds = atoms.map(atomBound);
  if (coefficient < 0 || (bounds.length > 1 && bounds.some((bound) => bound < 0))) return -Infinity;
  return bounds.reduce((product, bound) => product * bound, coefficient);
}

/** The sign of a - b, where it is the same for all symbols. */
export function compareSizes(a: Size, b: Size): -1 | 0 | 1 | undefined {
  if (equalSizes(a, b)) return 0;
  if (typeof a === 'number' && typeof b === 'number') return a > b ? 1 : -1;
  if (lowerBound(subtract(a, b)) > 0) return 1;
  return lowerBound(subtract(b, a)) > 0 ? -1 : undefined;
}

/** Is a at least b, whatever the symbols? */
export function isAtLeast(a: Size, b: Size): boolean {
  return lowerBound(subtract(a, b)) >= 0;
}

function atomBound(atom: Atom): number {
  if (atom.kind === 'symbol') return atom.key.startsWith('?(') ? -Infinity : isAnonymous(atom) ? 0 : 1;
  if (atom.kind === 'floor') return Math.floor(lowerBound(atom.numerator) / atom.divisor);
  return Math.max(...atom.parts.map(lowerBound));
}

function partsOf(size: SymbolicSize): readonly Size[] {
  const atom = soleAtom(size);
  return atom?.kind === 'maximum' ? atom.parts : [size];
}

/** floor(a / divisor), its whole part taken out already; a quotient of a quotient becomes one. */
function roundedQuotient(a: Size, divisor: number): Size {
  if (typeof a === 'number') return Math.floor(a / divisor);
  const offset = a.terms.find(({ atoms }) => atoms.length === 0)?.coefficient ?? 0;
  const inner = soleAtom(subtract(a, offset));
  if (inner?.kind === 'floor') {
    return floorDivide(add(inner.numerator, offset * inner.divisor), inner.divisor * divisor);
  }
  const numerator = a.terms.length > 1 || (a.terms[0]?.coefficient ?? 1) !== 1 ? `(${a.key})` : a.key;
  const atom: Atom = { kind: 'floor', key: `floor(${numerator}/${divisor})`, numerator: a, divisor };
  return new SymbolicSize([{ atoms: [atom], coefficient: 1 }]);
}

function soleAtom(size: Size): Atom | undefined {
  if (typeof size === 'number' || size.terms.length !== 1) return undefined;
  const [term] = size.terms;
  return term!.coefficient === 1 && term!.atoms.length === 1 ? term!.atoms[0] : undefined;
}

function termsOf(size: Size): readonly Term[] {
  return typeof size === 'number' ? [{ atoms: [], coefficient: size }] : size.terms;
}

function collect(terms: readonly Term[]): Size {
  const byMonomial = new Map<string, Term>();
  for (const { atoms, coefficient } of terms) {
    const key = atoms.map((atom) => atom.key).join('*');
    byMonomial.set(key, { atoms, coefficient: coefficient + (byMonomial.get(key)?.coefficient ?? 0) });
  }
  const kept = [...byMonomial].filter(([, { coefficient }]) => coefficient !== 0);
  if (kept.length === 0) return 0;
  if (kept.length === 1 && kept[0]![0] === '') return kept[0]![1].coefficient;
  const sorted = kept.sort(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : compare(a, b)));
  const all = sorted.map(([, term]) => term);
  return all.length > mostTerms ? opaque(text(all)) : new SymbolicSize(all);
}

/** An expression that has grown too large to reckon with: equal to the same expression, and otherwise unknown. */
function opaque(expression: string): SymbolicSize {
  return symbol(`?(${expression})`);
}

function text(terms: readonly Term[]): string {
  let result = '';
  for (const { atoms, coefficient } of terms) {
    const factors = atoms.map((atom) => atom.key);
    const magnitude = Math.abs(coefficient);
    if (magnitude !== 1 || factors.length === 0) factors.unshift(String(magnitude));
    const sign = coefficient < 0 ? '-' : '+';
    if (result === '') result = (sign === '-' ? '-' : '') + factors.join('*');
    else result += ` ${sign} ${factors.join('*')}`;
  }
  return result;
}

function isAnonymous(atom: Atom): boolean {
  if (atom.kind === 'symbol') return atom.key.startsWith('?');
  if (atom.kind === 'floor') return atom.numerator.isAnonymous;
  return atom.parts.some((part) => typeof part !== 'number' && part.isAnonymous);
}

const byKey = (a: Atom, b: Atom) => compare(a.key, b.key);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
