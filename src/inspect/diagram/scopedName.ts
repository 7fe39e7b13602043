import type { Node } from '../../graph/node.js';

/** A name and where its parts begin and end: those before the last are the scopes that the node lies in, outer first. */
export interface ScopedName {
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Where PyTorch's exporter for torch.export keeps the modules around a node: a Python list of dotted names. */
const moduleScopes = 'pkg.torch.onnx.name_scopes';

/**
 * The scopes of a node, as exporters write them: `/encoder/layer.0/MatMul` (PyTorch), `encoder/dense/MatMul` (TensorFlow),
 * `encoder.dense.MatMul`, or modules in the node's metadata. Where a name has slashes its dots separate nothing.
 */
export function scopedName(node: Node): ScopedName {
  const name = node.name || (node.outputs.find((output) => output !== '') ?? node.opType);
  const modules = modulesOf(node.metadata?.get(moduleScopes));
  if (modules.length > 0) return split(`${modules.join('/')}/${name}`, '/');
  if (name.includes('/')) return split(name, '/');
  // `p2o.Conv.3` numbers the nodes of a kind.
  return name.split('.').includes(node.opType) ? whole(name) : split(name, '.');
}

/** The scope at a depth, without those around it. */
export function scopeAt({ text, starts, ends }: ScopedName, depth: number): string {
  return text.slice(starts[depth], ends[depth]);
}

/** What is left of the name inside `depth` scopes; a lone number keeps the scope before it, which says of what. */
export function nameWithin(name: ScopedName, depth: number): string {
  return name.text.slice(meaningfulStart(name, depth));
}

/** What is left of the scope that ends at `end` inside `depth` scopes. */
export function scopeWithin(name: ScopedName, depth: number, end: number): string {
  return name.text.slice(meaningfulStart(name, depth), name.ends[end - 1]);
}

function meaningfulStart(name: ScopedName, depth: number): number {
  return name.starts[depth > 0 && /^\d+$/.test(scopeAt(name, depth)) ? depth - 1 : depth]!;
}

function split(text: string, separator: string): ScopedName {
  const [starts, ends]: [number[], number[]] = [[], []];
  for (let start = 0; start < text.length;) {
    const next = text.indexOf(separator, start);
    const end = next < 0 ? text.length : next;
    // Empty parts, as before a leading slash, are none.
    if (end > start) {
      starts.push(start);
      ends.push(end);
    }
    start = end + 1;
  }
  return starts.length > 0 ? { text, starts, ends } : whole(text);
}

const whole = (text: string): ScopedName => ({ text, starts: [0], ends: [text.length] });

/** `['', 'encoder', 'encoder.layer.0', 'add']` to ['encoder', 'layer.0']: each module without the one around it. */
function modulesOf(list: string | undefined): string[] {
  const scopes = [...(list ?? '').matchAll(/'([^']*)'|"([^"]*)"/g)].map((match) => match[1] ?? match[2] ?? '');
  const modules: string[] = [];
  let around = '';
  for (const scope of scopes.slice(0, -1)) {
    if (scope === '') continue;
    modules.push(scope.startsWith(`${around}.`) ? scope.slice(around.length + 1) : scope);
    around = scope;
  }
  return modules;
}
