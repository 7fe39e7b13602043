import type { DiagramTree, TreeItem } from './tree.js';
import { bodyOf } from './tree.js';

/** An item where it shows: a function's item shows once in each expanded call. */
export interface Shown {
  readonly item: TreeItem;
  readonly id: string;
  /** Positions in the list of what is shown; the root is at 0, and its own holder is -1. */
  readonly holder: number;
  readonly children: readonly number[];
  readonly expandable: boolean;
  readonly expanded: boolean;
}

/** Where something would show, before it is known what does. */
interface Place {
  readonly item: TreeItem;
  readonly id: string;
  /** The id of the innermost call around it and a dot; '' outside functions. */
  readonly prefix: string;
  readonly expandable: boolean;
  /** Functions whose bodies lie around it: one inside itself does not open. */
  readonly around: ReadonlySet<TreeItem>;
}

export const rootId = '0';

/** Nodes up to which a model is shown whole, and items that show at once, as far as it depends on the engine. */
const smallModel = 500;
const mostAtFirst = 150;
/** Below this many items it is better to expand some holders of a level than none. */
const tooFew = 12;
/** Items that are shown where all are asked for; functions inside functions could be more than memory holds. */
export const mostShown = 40_000;

/** What shows when exactly these ids are expanded, holders before what they hold. */
export function shownItems(tree: DiagramTree, expanded: ReadonlySet<string>): Shown[] {
  type Open = { -readonly [K in keyof Shown]: Shown[K] } & { children: number[] };
  const shown: Open[] = [];
  const stack: { place: Place; holder: number }[] = [{ place: rootPlace(tree), holder: -1 }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { place, holder } = top;
    const isExpanded = place.expandable && (holder < 0 || expanded.has(place.id)) && shown.length < mostShown;
    const position = shown.length;
    const { item, id, expandable } = place;
    shown.push({ item, id, holder, children: [], expandable, expanded: isExpanded });
    if (holder >= 0) shown[holder]!.children.push(position);
    if (!isExpanded) continue;
    const inside = placesInside(place);
    for (let i = inside.length - 1; i >= 0; i--) stack.push({ place: inside[i]!, holder: position });
  }
  return shown;
}

/**
 * What the engine expands: all of a small model; of a large one level by level what fits on a screen, and so of one whose
 * branches and rounds stand side by side, where what lies deep would draw everything apart.
 */
export function chosenExpansion(tree: DiagramTree): string[] {
  const inBodies = tree.items.filter(({ kind }) => kind === 'body').reduce((sum, { nodes }) => sum + nodes, 0);
  const isSmall = tree.nodes <= smallModel && inBodies <= mostAtFirst;
  return expandLevels(tree, isSmall ? smallModel * 2 : mostAtFirst);
}

export function wholeExpansion(tree: DiagramTree): string[] {
  return expandLevels(tree, mostShown);
}

function expandLevels(tree: DiagramTree, most: number): string[] {
  const expanded: string[] = [];
  let level = placesInside(rootPlace(tree));
  let count = level.length;
  for (;;) {
    const holders = level.filter(({ expandable }) => expandable);
    const sizes = new Map(holders.map((place) => [place, bodyOf(place.item).children.length]));
    const ascending = [...holders].sort((a, b) => sizes.get(a)! - sizes.get(b)!);
    const all = ascending.reduce((sum, place) => sum + sizes.get(place)!, count) <= most;
    if (holders.length === 0 || (!all && count >= tooFew)) return expanded;
    const opened: Place[] = [];
    for (const place of ascending) {
      if (count + sizes.get(place)! > most) break;
      count += sizes.get(place)!;
      expanded.push(place.id);
      opened.push(place);
    }
    if (!all) return expanded;
    level = opened.flatMap(placesInside);
  }
}

/** Does an id stand for something that can be expanded? */
export function isExpandable(tree: DiagramTree, id: string): boolean {
  return placeOf(tree, id)?.expandable ?? false;
}

/** What must be expanded for a layer to show, outer first, and its own id; null where it lies nowhere. */
export function wayTo(tree: DiagramTree, layer: number): { holders: string[]; id: string } | null {
  const target = tree.layers[layer];
  if (!target) return null;
  const callOf = new Map<TreeItem, TreeItem>();
  for (const item of tree.items) if (item.calls && !callOf.has(item.calls)) callOf.set(item.calls, item);
  const chain: TreeItem[] = [];
  const seen = new Set<TreeItem>();
  for (let item: TreeItem = target; item !== tree.root;) {
    chain.push(item);
    // A body's root stands where it is called; functions that only call one another show nowhere.
    const holder = item.parent?.kind === 'root' && item.parent !== tree.root ? callOf.get(item.parent) : item.parent;
    if (!holder || seen.has(item)) return null;
    seen.add(item);
    item = holder;
  }
  let place = rootPlace(tree);
  const holders: string[] = [];
  for (const item of chain.reverse()) {
    place = placeInside(place, item);
    holders.push(place.id);
  }
  return { holders: holders.slice(0, -1), id: place.id };
}

/** Of an id: its numbers, each but the last of a call, the last of an item in the body of the one before. */
function placeOf(tree: DiagramTree, id: string): Place | null {
  let place = rootPlace(tree);
  for (const part of id.split('.')) {
    const item = /^\d+$/.test(part) ? tree.items[Number(part)] : undefined;
    const body = bodyOf(place.item);
    if (!item || !place.expandable || rootOf(item) !== body || item === body) return null;
    place = placeInside(place, item);
    if (place.id !== id && !item.calls) return null;
  }
  return place.id === id ? place : null;
}

function rootOf(item: TreeItem): TreeItem {
  let root = item;
  while (root.parent) root = root.parent;
  return root;
}

function rootPlace(tree: DiagramTree): Place {
  const expandable = tree.root.children.length > 0;
  return { item: tree.root, id: rootId, prefix: '', expandable, around: new Set() };
}

function placesInside(holder: Place): Place[] {
  return bodyOf(holder.item).children.map((item) => placeInside(holder, item));
}

/** The place of an item somewhere inside a holder, calls between not counted. */
function placeInside(holder: Place, item: TreeItem): Place {
  const { calls } = holder.item;
  const prefix = calls ? `${holder.id}.` : holder.prefix;
  const around = calls ? new Set(holder.around).add(calls) : holder.around;
  const expandable = bodyOf(item).children.length > 0 && !(item.calls && around.has(item.calls));
  return { item, id: `${prefix}${item.number}`, prefix, expandable, around };
}
