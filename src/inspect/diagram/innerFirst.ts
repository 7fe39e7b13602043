import type { TreeItem } from './tree.js';
import { preorder } from './tree.js';

/**
 * All items of some trees, each after what it holds and after the body of the function that it calls; of functions that
 * call themselves, as far as that goes.
 */
export function innerFirst(roots: readonly TreeItem[]): TreeItem[] {
  const byRoot = new Map(roots.map((root) => [root, preorder([root])]));
  const ordered: TreeItem[] = [];
  const seen = new Set<TreeItem>();
  for (const start of roots) {
    if (seen.has(start)) continue;
    seen.add(start);
    const stack = [{ items: byRoot.get(start)!, next: 0 }];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const item = top.items[top.next++];
      if (!item) {
        for (let i = top.items.length - 1; i >= 0; i--) ordered.push(top.items[i]!);
        stack.pop();
      } else if (item.calls && !seen.has(item.calls)) {
        seen.add(item.calls);
        stack.push({ items: byRoot.get(item.calls)!, next: 0 });
      }
    }
  }
  return ordered;
}
