import type { Names } from '../../graph/names.js';

/** How a wished name becomes one that may be used. */
export interface Naming {
  value(wished: string): string;
  node(wished: string): string;
}

/** onnxruntime's quantizer takes every name as it is. */
export const plainNaming: Naming = { value: (wished) => wished, node: (wished) => wished };

/** Another name where the wished one is taken. */
export function freshNaming(names: Names): Naming {
  return { value: (wished) => names.value(wished), node: (wished) => names.node(wished) };
}
