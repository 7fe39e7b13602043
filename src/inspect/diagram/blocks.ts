import type { Crossing } from './cuts.js';
import { cutIntoBlocks } from './cuts.js';
import type { Flow } from './flows.js';
import { meeting } from './frames.js';
import type { TreeItem } from './tree.js';
import { newItem, preorder } from './tree.js';

/** Children that one item holds at most: a frame of so many is laid out in about a tenth of a second. */
export const mostChildren = 150;
/** Nodes of a block that is cut where names have no scopes. */
const blockLength = 50;
/** Blocks that stand in one block, or at the top, without another level between. */
const mostBlocks = 60;

/** Cuts what holds more than `mostChildren` into blocks, and those into blocks again, at places where few values cross. */
export function cutLargeHolders(roots: readonly TreeItem[], flows: readonly Flow[]): void {
  const items = preorder(roots);
  const large = items.filter(({ children }) => children.length > mostChildren);
  if (large.length === 0) return;
  const crossings = crossingsWithin(items, new Set(large), flows);
  for (const holder of large) {
    let children = intoBlocks(holder.children, crossings.get(holder) ?? [], blockLength);
    for (let level = children; level.items.length > mostBlocks; level = children) {
      const length = Math.ceil(Math.sqrt(level.items.length));
      children = intoBlocks(level.items, level.crossings, length);
    }
    holder.children = children.items;
    for (const child of holder.children) child.parent = holder;
  }
}

function intoBlocks(items: readonly TreeItem[], crossings: readonly Crossing[], length: number) {
  const blocks: TreeItem[] = [];
  const blockOf = new Int32Array(items.length);
  let start = 0;
  for (const end of cutIntoBlocks(items.length, crossings, length)) {
    blockOf.fill(blocks.length, start, end);
    blocks.push(blockOfItems(items.slice(start, end)));
    start = end;
  }
  const outer = crossings.map(({ value, from, to }) => ({ value, from: blockOf[from]!, to: blockOf[to]! }));
  return { items: blocks, crossings: outer.filter(({ from, to }) => from !== to) };
}

function blockOfItems(children: TreeItem[]): TreeItem {
  if (children.length === 1) return children[0]!;
  const block = newItem({ kind: 'block', children });
  for (const child of children) child.parent = block;
  return block;
}

/** The ways of values among the children of each holder, by positions among them. */
function crossingsWithin(
  items: readonly TreeItem[],
  holders: ReadonlySet<TreeItem>,
  flows: readonly Flow[],
): Map<TreeItem, Crossing[]> {
  const depths = new Map<TreeItem, number>();
  const positions = new Map<TreeItem, number>();
  for (const item of items) {
    depths.set(item, item.parent ? depths.get(item.parent)! + 1 : 0);
    if (holders.has(item)) for (const [index, child] of item.children.entries()) positions.set(child, index);
  }
  const found = new Map<TreeItem, Crossing[]>();
  for (const { source, target, value } of flows) {
    if (!source || !target) continue;
    const { a, b } = meeting(source, target, (item) => depths.get(item)!);
    const holder = a.parent!;
    if (a === b || !holders.has(holder)) continue;
    const crossing = { value, from: positions.get(a)!, to: positions.get(b)! };
    const known = found.get(holder);
    if (known) known.push(crossing);
    else found.set(holder, [crossing]);
  }
  return found;
}
