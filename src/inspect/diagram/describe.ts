import { shortened } from './faces.js';
import type { TreeItem } from './tree.js';

const operatorsNamed = 3;

/** Names blocks by what they begin and end with, and counts what holders hold. */
export function describeHolders(innerFirst: readonly TreeItem[]): void {
  const operators = new Map<TreeItem, Map<string, number>>();
  for (const item of innerFirst) {
    if (item.kind === 'block') item.name = blockName(item);
    const counts = new Map<string, number>(item.layer >= 0 ? [[item.op, 1]] : []);
    for (const child of item.children)
      for (const [op, count] of operators.get(child)!) counts.set(op, (counts.get(op) ?? 0) + count);
    operators.set(item, counts);
    if (item.children.length > 0 && item.layer < 0) item.detail = countsText(counts);
  }
  countNodes(innerFirst);
}

/** `Conv ×12, Relu ×12, Add ×4`: the commonest operators. */
function countsText(counts: ReadonlyMap<string, number>): string {
  const commonest = [...counts].sort((a, b) => b[1] - a[1]).slice(0, operatorsNamed);
  return shortened(commonest.map(([op, count]) => `${op} ×${count}`).join(', '));
}

function blockName(block: TreeItem): string {
  const first = endOf(block, (children) => children);
  const last = endOf(block, (children) => [...children].reverse());
  const longest = 40;
  const short = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
  return `${short(first.name)} … ${short(last.name)}`;
}

/** What a block begins or ends with: where there are such, neither an input nor an output of the model. */
function endOf(block: TreeItem, order: (children: readonly TreeItem[]) => readonly TreeItem[]): TreeItem {
  let item = block;
  while (item.kind === 'block') {
    const children = order(item.children);
    item = children.find(({ kind }) => kind !== 'input' && kind !== 'output') ?? children[0]!;
  }
  return item;
}

/** Nodes inside: those of the bodies of called functions count at each call. */
function countNodes(innerFirst: readonly TreeItem[]): void {
  for (const item of innerFirst) {
    const own = item.layer >= 0 ? 1 : 0;
    const held = item.children.reduce((sum, { nodes }) => sum + nodes, 0);
    item.nodes = own + held + (item.calls?.nodes ?? 0);
  }
}
