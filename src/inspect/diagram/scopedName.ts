import type { Node } from '../../graph/node.js';

/** A name and where its parts begin: those before the last are the scopes that the node lies in, outer first. */
export interface ScopedName {
  readonly text: string;
  readonly starts: readonly number[];
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
  return name.split('.').includes(node.opType) ? { text: name, starts: [0] } : split(name, '.');
}

/** The scope at a depth, without those around it. */
export function scopeAt({ text, starts }: ScopedName, depth: number): string {
  return text.slice(starts[depth], starts[depth + 1]! - 1);
}

/** What is left of the name inside `depth` scopes; a lone number keeps the scope before it, which says of what. */
export function nameWithin(name: ScopedName, depth: number): string {
  return name.text.slice(meaningfulStart(name, depth));
}

/** What is left of the scope that ends at `end` inside `depth` scopes. */
export function scopeWithin(name: ScopedName, depth: number, end: number): string {
  return name.text.slice(meaningfulStart(name, depth), name.starts[end]! - 1);
}

function meaningfulStart({ text, starts }: ScopedName, depth: number): number {
  const next = starts[depth + 1];
  const part = text.slice(starts[depth], next === undefined ? undefined : next - 1);
  return depth > 0 && /^\d+$/.test(part) ? starts[depth - 1]! : starts[depth]!;
}

function split(text: string, separator: string): ScopedName {
  const starts: number[] = [];
  for (let start = 0; ;) {
    const end = text.indexOf(separator, start);
    // Empty parts, as before a leading slash, are none.
    if (end !== start && start < text.length) starts.push(start);
    if (end < 0) break;
    start = end + 1;
  }
  return { text, starts: starts.length > 0 ? starts : [0] };
}

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
