/** Einsum-12: what an equation says of shapes. */
import type { Shape } from '../inference/fact.js';
import type { RuleContext } from '../inference/rule.js';
import type { Size } from '../inference/size.js';
import { product } from '../inference/size.js';
import { missingAttribute } from './rules.js';

interface Labels {
  readonly sizes: ReadonlyMap<string, Size>;
  readonly ellipsis: readonly Size[];
  readonly output: readonly string[];
}

export function einsumShape(c: RuleContext): Shape[] {
  const { sizes, ellipsis, output } = labelsOf(c);
  return [output.flatMap((label) => (label === '...' ? ellipsis : [sizes.get(label) ?? c.fresh()]))];
}

/** A product of two tensors visits every combination of labels once; of one tensor there is nothing to multiply. */
export function einsumMacs(c: RuleContext): Size {
  if (c.inputs.length < 2) return 0;
  if (c.inputs.length > 2) return c.fresh();
  const { sizes, ellipsis } = labelsOf(c);
  return product([...sizes.values(), ...ellipsis]);
}

function labelsOf(c: RuleContext): Labels {
  const equation = c.node.string('equation', '').replace(/\s+/g, '');
  const [left = '', right] = equation.split('->');
  const terms = left.split(',').map(split);
  if (terms.length !== c.inputs.length) throw missingAttribute('equation');
  const sizes = new Map<string, Size>();
  let ellipsis: Size[] = [];
  for (const [input, term] of terms.entries()) {
    const shape = c.shape(input);
    const named = term.filter((label) => label !== '...').length;
    if (named > shape.length || (named < shape.length && !term.includes('...'))) throw missingAttribute('equation');
    let axis = 0;
    for (const label of term) {
      if (label === '...') {
        const width = shape.length - named;
        ellipsis = c.broadcast(ellipsis, shape.slice(axis, axis + width));
        axis += width;
      } else {
        const [size] = c.broadcast([sizes.get(label) ?? 1], [shape[axis]!]);
        sizes.set(label, size!);
        axis++;
      }
    }
  }
  return { sizes, ellipsis, output: right === undefined ? implicitOutput(terms) : split(right) };
}

/** Without an arrow: the ellipsis, and the labels that occur once, by alphabet. */
function implicitOutput(terms: readonly string[][]): string[] {
  const all = terms.flat();
  const once = all.filter((label) => label !== '...' && all.indexOf(label) === all.lastIndexOf(label)).sort();
  return all.includes('...') ? ['...', ...once] : once;
}

function split(term: string): string[] {
  return term.match(/\.\.\.|[A-Za-z]/g) ?? [];
}
