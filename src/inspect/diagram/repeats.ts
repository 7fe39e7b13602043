import type { Layer } from '../../graph/layers.js';
import type { TreeItem } from './tree.js';

/**
 * Finds blocks of the same structure, operators, shapes of weights and connections, that feed one another: each is told
 * how many there are in its chain. `items` are in preorder.
 */
export function countRepeats(items: readonly TreeItem[], layers: readonly Layer[]): void {
  const structures = new Map<TreeItem, number>();
  const known = new Map<string, number>();
  for (const item of [...items].reverse()) {
    const text = structureText(item, layers[item.layer], structures);
    let structure = known.get(text);
    if (structure === undefined) known.set(text, (structure = known.size));
    structures.set(item, structure);
  }
  for (const { frame } of items) if (frame) countChains(frame, structures);
}

function structureText(item: TreeItem, layer: Layer | undefined, structures: ReadonlyMap<TreeItem, number>): string {
  const shapes = (layer?.weights ?? []).map(({ shape }) => shape.join('x'));
  const inside = item.frame ? [item.frame.shape, ...item.children.map((child) => structures.get(child))] : [];
  return [item.kind, layer?.node.domain, item.op, item.calls?.number, shapes.join(','), ...inside].join(';');
}

function countChains({ children, links }: NonNullable<TreeItem['frame']>, structures: ReadonlyMap<TreeItem, number>) {
  const chain = new Map<TreeItem, TreeItem[]>();
  for (const child of children) if (child.frame) chain.set(child, [child]);
  for (const { from, to } of links) {
    const [a, b] = [children[from.child]!, children[to.child]!];
    const [left, right] = [chain.get(a), chain.get(b)];
    if (!left || !right || left === right || structures.get(a) !== structures.get(b)) continue;
    const [kept, joined] = left.length < right.length ? [right, left] : [left, right];
    kept.push(...joined);
    for (const item of joined) chain.set(item, kept);
  }
  for (const [item, { length }] of chain) item.repeats = length;
}
