import { frameOrigin } from './layoutDiagram.js';
import type { DiagramLayout } from './layoutDiagram.js';
import type { FrameLayout, Place } from './frameLayout.js';
import { entryKey, exitKey, linkKey } from './frameLayout.js';
import { Polyline } from './polyline.js';
import type { Shown } from './shown.js';
import type { ValueNumber } from './tree.js';
import { bodyOf } from './tree.js';

/** An edge between the innermost items that show. */
export interface DiagramEdge {
  /** Positions in the list of what is shown. */
  readonly from: number;
  readonly to: number;
  /** x and y by turns, absolute. */
  readonly points: readonly number[];
  /** The values that go this way. */
  readonly values: readonly ValueNumber[];
}

/** A step through the border of an expanded item: by which port, and to which child (its position among the children). */
interface Step {
  readonly holder: number;
  readonly port: number;
  readonly child: number;
}

/** An item where a value begins or ends, and the way there from the frame of the link, outer steps first. */
interface End {
  readonly position: number;
  readonly steps: readonly Step[];
}

/** Beside a box, where nothing else stands. */
const aside = 6;
/** From a box's corner to where an edge may leave it. */
const inset = 12;

/** The edges among what is shown; all values between the same two items make one. */
export async function routeEdges(
  shown: readonly Shown[],
  layout: DiagramLayout,
  rest: () => Promise<void>,
): Promise<DiagramEdge[]> {
  const router = new Router(shown, layout);
  const found = new Map<number, { from: number; to: number; points: readonly number[]; values: Set<ValueNumber> }>();
  for (const [position, { item, expanded, children }] of shown.entries()) {
    if (!expanded) continue;
    for (const { from, to, values } of bodyOf(item).frame!.links) {
      const sources = router.ends('exits', children[from.child]!, from.port);
      const targets = router.ends('entries', children[to.child]!, to.port);
      for (const source of sources) {
        for (const target of targets) {
          const key = source.position * shown.length + target.position;
          const known = found.get(key);
          if (known) for (const value of values) known.values.add(value);
          else {
            const points = router.route(position, from.child, to.child, source, target);
            found.set(key, { from: source.position, to: target.position, points, values: new Set(values) });
          }
        }
      }
    }
    await rest();
  }
  return [...found.values()].map((edge) => ({ ...edge, values: [...edge.values] }));
}

class Router {
  constructor(
    private readonly shown: readonly Shown[],
    private readonly layout: DiagramLayout,
  ) {}

  /** Where a value that goes through a port of an item really begins or ends: as far inside as items show. */
  ends(way: 'entries' | 'exits', position: number, port: number): End[] {
    const ends: End[] = [];
    const pending: { position: number; port: number; steps: readonly Step[] }[] = [{ position, port, steps: [] }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { item, expanded, children } = this.shown[next.position]!;
      const inside = expanded && next.port >= 0 ? bodyOf(item).frame![way][next.port]! : [];
      if (inside.length === 0) ends.push({ position: next.position, steps: next.steps });
      for (const { child, port: inner } of inside) {
        const step = { holder: next.position, port: next.port, child };
        pending.push({ position: children[child]!, port: inner, steps: [...next.steps, step] });
      }
    }
    return ends;
  }

  /** From one end out of what holds it, through the frame where both ends meet, and in to the other. */
  route(meeting: number, from: number, to: number, source: End, target: End): number[] {
    if (source.position === target.position) return this.#loop(source.position);
    const line = new Polyline();
    let x: number | null = null;
    for (const { holder, port, child } of [...source.steps].reverse()) {
      const frame = this.#frame(holder);
      const bends = frame.routes.get(exitKey(child, port))!;
      const portX = frame.exits[port]!;
      this.#leave(line, holder, child, x, bends[0] ?? portX);
      this.#follow(line, holder, bends);
      const { x: left, y: top } = this.#origin(holder);
      x = left + portX;
      line.add(x, top + frame.height);
    }
    this.#join(line, meeting, from, to, x, this.#entryX(target.steps[0]));
    for (const [index, { holder, port, child }] of target.steps.entries()) {
      const frame = this.#frame(holder);
      const { x: left, y: top } = this.#origin(holder);
      line.add(left + frame.entries[port]!, top);
      const bends = frame.routes.get(entryKey(port, child))!;
      this.#follow(line, holder, bends);
      this.#arrive(line, holder, child, this.#entryX(target.steps[index + 1]), bends.at(-2) ?? frame.entries[port]!);
    }
    return line.points;
  }

  /** Where a line comes into the holder of a step. */
  #entryX(step: Step | undefined): number | null {
    return step ? this.#origin(step.holder).x + this.#frame(step.holder).entries[step.port]! : null;
  }

  /** The part in the frame where the ends meet; `out` and `goal` are where the line crosses the boxes, if it does. */
  #join(line: Polyline, holder: number, from: number, to: number, out: number | null, goal: number | null): void {
    const frame = this.#frame(holder);
    const [a, b] = [frame.children[from]!, frame.children[to]!];
    const bends = frame.routes.get(linkKey(from, to))!;
    const center = (child: number) => frame.children[child]!.x + this.#widthOf(holder, child) / 2;
    if (a.bandTop > b.bandTop) {
      this.#leaveUpward(line, holder, from, out, bends[0] ?? center(to));
      this.#follow(line, holder, bends);
      this.#arriveFromBelow(line, holder, to, goal, bends.at(-2) ?? center(from));
      return;
    }
    const { x: left } = this.#origin(holder);
    // From row to row nothing stands between: lines that cross a border elsewhere need not meet where the boxes' one bends.
    const kept = bends.length === 2 && (out !== null || goal !== null) ? [] : bends;
    this.#leave(line, holder, from, out, kept[0] ?? (goal === null ? center(to) : goal - left));
    this.#follow(line, holder, kept);
    this.#arrive(line, holder, to, goal, kept.at(-2) ?? (line.lastX ?? left) - left);
  }

  #follow(line: Polyline, holder: number, bends: readonly number[]): void {
    const { x, y } = this.#origin(holder);
    for (let i = 0; i < bends.length; i += 2) line.add(x + bends[i]!, y + bends[i + 1]!);
  }

  /** Out of the lower border of a child. `toward` is where the line goes next, in the holder's frame. */
  #leave(line: Polyline, holder: number, child: number, fixed: number | null, toward: number): void {
    const { place, left, right, bottom } = this.#child(holder, child);
    const { x: originX, y: originY } = this.#origin(holder);
    const x = fixed ?? within(originX + toward, left, right);
    line.add(x, bottom);
    line.add(x, originY + place.bandBottom);
  }

  #arrive(line: Polyline, holder: number, child: number, fixed: number | null, from: number): void {
    const { place, left, top, right } = this.#child(holder, child);
    const { x: originX, y: originY } = this.#origin(holder);
    const x = fixed ?? within(originX + from, left, right);
    line.add(x, originY + place.bandTop);
    line.add(x, top);
  }

  /** Against the stream, where a graph has cycles: from the upper border, around the box where the line came out below. */
  #leaveUpward(line: Polyline, holder: number, child: number, fixed: number | null, toward: number): void {
    const { place, left, top, right, bottom } = this.#child(holder, child);
    const { x: originX, y: originY } = this.#origin(holder);
    const [upper, lower] = [originY + place.bandTop, originY + place.bandBottom];
    if (fixed === null) {
      const x = within(originX + toward, left, right);
      line.add(x, top);
      line.add(x, upper);
      return;
    }
    line.add(fixed, bottom);
    line.add(fixed, lower + aside);
    line.add(right + aside, lower + aside);
    line.add(right + aside, upper);
  }

  #arriveFromBelow(line: Polyline, holder: number, child: number, fixed: number | null, from: number): void {
    const { place, left, top, right, bottom } = this.#child(holder, child);
    const { x: originX, y: originY } = this.#origin(holder);
    const [upper, lower] = [originY + place.bandTop, originY + place.bandBottom];
    if (fixed === null) {
      const x = within(originX + from, left, right);
      line.add(x, lower);
      line.add(x, bottom);
      return;
    }
    line.add(right + aside, lower);
    line.add(right + aside, upper - aside);
    line.add(fixed, upper - aside);
    line.add(fixed, top);
  }

  /** Of a node that reads what it makes: a turn at its right side. */
  #loop(position: number): number[] {
    const { boxes } = this.layout;
    const [left, top, width, height] = [0, 1, 2, 3].map((i) => boxes[position * 4 + i]!);
    const [right, middle] = [left! + width!, top! + height! / 2];
    return [right, middle + aside, right + aside, middle + aside, right + aside, middle - aside, right, middle - aside];
  }

  #frame(position: number): FrameLayout {
    return this.layout.frames[position]!;
  }

  #origin(position: number): { x: number; y: number } {
    return frameOrigin(this.layout.boxes, position, this.#frame(position));
  }

  #widthOf(holder: number, child: number): number {
    return this.layout.boxes[this.shown[holder]!.children[child]! * 4 + 2]!;
  }

  #child(holder: number, child: number) {
    const { boxes } = this.layout;
    const at = this.shown[holder]!.children[child]! * 4;
    const place: Place = this.#frame(holder).children[child]!;
    const [left, top] = [boxes[at]!, boxes[at + 1]!];
    return { place, left, top, right: left + boxes[at + 2]!, bottom: top + boxes[at + 3]! };
  }
}

function within(x: number, left: number, right: number): number {
  return Math.min(right - inset, Math.max(left + inset, x));
}
