import type { Dimension } from '../../../src/graph/model.js';

/** The number that an expression in symbols stands for, computed the plain way: its text is arithmetic. */
export function evaluateDimension(dimension: Dimension, sizes: ReadonlyMap<string, number>): number | undefined {
  if (typeof dimension !== 'string') return dimension;
  const names = [...sizes.keys()];
  const compute = new Function('floor', 'max', ...names, `return ${dimension}`) as (...values: unknown[]) => number;
  return compute(Math.floor, Math.max, ...names.map((name) => sizes.get(name))) + 0; // never -0
}
