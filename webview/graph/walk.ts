/** Where the arrow keys lead: along the edges, and to what stands beside. Pure. */
import { boxOf } from './scene.js';
import type { Scene } from './scene.js';

export type Step = 'next' | 'previous' | 'left' | 'right';

/** The item that a key leads to from `current`; `current` where there is none. */
export function walk(scene: Scene, current: number, step: Step): number {
  if (step === 'left' || step === 'right') return beside(scene, current, step);
  const { from, to } = scene.edges;
  const ends =
    step === 'next' ? scene.outOf(current).map((edge) => to[edge]!) : scene.into(current).map((edge) => from[edge]!);
  const along = nearest(
    scene,
    current,
    ends.filter((end) => end !== current),
  );
  if (along !== null) return along;
  // A holder whose edges join what is in it: to its neighbours in the order of the picture.
  return inDirection(scene, current, step === 'next' ? 1 : -1);
}

/** The item that holds it; itself at the top. */
export function holderOf(scene: Scene, item: number): number {
  const { holder } = scene.items[item]!;
  return holder < 0 ? item : holder;
}

/** The first of what it holds, from the top; itself where it holds nothing that is visible. */
export function firstInside(scene: Scene, item: number): number {
  return highest(scene, childrenOf(scene, item)) ?? item;
}

/** Where a walk begins: the highest item of the top level. -1 in an empty scene. */
export function beginning(scene: Scene): number {
  return highest(scene, childrenOf(scene, -1)) ?? -1;
}

function childrenOf(scene: Scene, holder: number): number[] {
  const children: number[] = [];
  // What an item holds stands after it.
  for (let at = holder + 1; at < scene.items.length; at++) if (scene.items[at]!.holder === holder) children.push(at);
  return children;
}

function highest(scene: Scene, items: readonly number[]): number | null {
  let best: number | null = null;
  for (const at of items) if (best === null || top(scene, at) < top(scene, best)) best = at;
  return best;
}

const top = (scene: Scene, at: number): number => scene.boxes[at * 4 + 1]!;
const middleX = (scene: Scene, at: number): number => scene.boxes[at * 4]! + scene.boxes[at * 4 + 2]! / 2;
const middleY = (scene: Scene, at: number): number => scene.boxes[at * 4 + 1]! + scene.boxes[at * 4 + 3]! / 2;

function nearest(scene: Scene, current: number, items: readonly number[]): number | null {
  let best: number | null = null;
  let least = Infinity;
  for (const at of items) {
    const away =
      Math.abs(middleX(scene, at) - middleX(scene, current)) + Math.abs(middleY(scene, at) - middleY(scene, current));
    if (away >= least) continue;
    least = away;
    best = at;
  }
  return best;
}

/** Of what stands in the same holder, the nearest to the left or the right; what stands at the same height first. */
function beside(scene: Scene, current: number, step: 'left' | 'right'): number {
  const box = boxOf(scene, current);
  const sign = step === 'right' ? 1 : -1;
  let best = current;
  let least = Infinity;
  for (const at of childrenOf(scene, scene.items[current]!.holder)) {
    const across = sign * (middleX(scene, at) - middleX(scene, current));
    if (at === current || across <= 0) continue;
    const down = Math.max(0, Math.abs(middleY(scene, at) - middleY(scene, current)) - box.height / 2);
    const away = across + 3 * down;
    if (away >= least) continue;
    least = away;
    best = at;
  }
  return best;
}

function inDirection(scene: Scene, current: number, sign: 1 | -1): number {
  const ahead = childrenOf(scene, scene.items[current]!.holder).filter(
    (at) => at !== current && sign * (middleY(scene, at) - middleY(scene, current)) > 0,
  );
  return nearest(scene, current, ahead) ?? current;
}
