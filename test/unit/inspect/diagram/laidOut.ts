import { expect } from 'vitest';
import { inferShapes } from '../../../../src/graph/inferShapes.js';
import { layersOf } from '../../../../src/graph/layers.js';
import type { Model } from '../../../../src/graph/model.js';
import { Diagram } from '../../../../src/inspect/diagram/diagram.js';
import type { LaidOutDiagram } from '../../../../src/inspect/diagram/diagram.js';
import type { LayoutMeans } from '../../../../src/inspect/diagram/layoutDiagram.js';
import { layoutRows } from '../../../../src/inspect/diagram/rows.js';
import type { Shown } from '../../../../src/inspect/diagram/shown.js';

const noRest = () => Promise.resolve();

/** Lays out on this thread, without rest. */
export const atOnce: LayoutMeans = {
  layOutRows: (input) => Promise.resolve(layoutRows(input)),
  lanes: 1,
  rest: noRest,
};

export const diagramOf = (model: Model): Promise<Diagram> =>
  Diagram.of(model, layersOf(model), inferShapes(model), noRest);

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function boxOf({ boxes }: LaidOutDiagram, position: number): Box {
  const [left, top, width, height] = boxes.subarray(position * 4, position * 4 + 4);
  return { left: left!, top: top!, right: left! + width!, bottom: top! + height! };
}

/** Positions of what holds an item, and its own. */
export function holdersOf(shown: readonly Shown[], position: number): Set<number> {
  const found = new Set<number>();
  for (let at = position; at >= 0; at = shown[at]!.holder) found.add(at);
  return found;
}

/**
 * What every picture must be: nothing overlaps, all lies in what holds it, edges run from border to border and through
 * nothing but what holds their ends.
 */
export function checkPicture(picture: LaidOutDiagram): void {
  const { shown, edges } = picture;
  for (const [position, { holder, children, expanded }] of shown.entries()) {
    expect(holder).toBeLessThan(position);
    expect(children.length > 0).toBe(expanded);
    if (holder >= 0) expect(isInside(boxOf(picture, position), boxOf(picture, holder))).toBe(true);
    for (const [index, a] of children.entries())
      for (const b of children.slice(index + 1))
        expect(overlap(boxOf(picture, a), boxOf(picture, b)), `${shown[a]!.item.name}, ${shown[b]!.item.name}`).toBe(
          false,
        );
  }
  expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length);
  expect(new Set(edges.map(({ from, to }) => `${from} ${to}`)).size).toBe(edges.length);
  for (const { from, to, points, values } of edges) {
    expect(values.length).toBeGreaterThan(0);
    expect(points.every(Number.isFinite)).toBe(true);
    expect(points.length).toBeGreaterThanOrEqual(4);
    expect(isOnBorder(boxOf(picture, from), points[0]!, points[1]!)).toBe(true);
    expect(isOnBorder(boxOf(picture, to), points.at(-2)!, points.at(-1)!)).toBe(true);
    expect(crossed(picture, from, to, points)).toEqual([]);
  }
}

/** Items that an edge runs through, other than those that hold its ends. */
function crossed(picture: LaidOutDiagram, from: number, to: number, points: readonly number[]): string[] {
  const around = new Set([...holdersOf(picture.shown, from), ...holdersOf(picture.shown, to)]);
  return picture.shown.flatMap(({ item, id }, position) => {
    if (around.has(position) && position !== from && position !== to) return [];
    const box = boxOf(picture, position);
    for (let i = 2; i < points.length; i += 2) {
      if (runsThrough(box, points.slice(i - 2, i + 2))) return [`${id} ${item.name}`];
    }
    return [];
  });
}

/** Does a segment touch the inside of a box? By clipping it (Liang and Barsky, 1984). */
function runsThrough({ left, top, right, bottom }: Box, [x1, y1, x2, y2]: readonly number[]): boolean {
  const edge = 0.01;
  let [first, last] = [0, 1];
  const clip = (direction: number, distance: number) => {
    if (direction === 0) return distance >= 0;
    const at = distance / direction;
    if (direction < 0) first = Math.max(first, at);
    else last = Math.min(last, at);
    return first <= last;
  };
  const [dx, dy] = [x2! - x1!, y2! - y1!];
  return (
    clip(-dx, x1! - left - edge) &&
    clip(dx, right - edge - x1!) &&
    clip(-dy, y1! - top - edge) &&
    clip(dy, bottom - edge - y1!)
  );
}

const slack = 1e-6;

function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.left >= outer.left - slack &&
    inner.right <= outer.right + slack &&
    inner.top >= outer.top - slack &&
    inner.bottom <= outer.bottom + slack
  );
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right - slack && b.left < a.right - slack && a.top < b.bottom - slack && b.top < a.bottom - slack;
}

function isOnBorder({ left, top, right, bottom }: Box, x: number, y: number): boolean {
  const near = (a: number, b: number) => Math.abs(a - b) < 1e-3;
  const isWithin = x > left - slack && x < right + slack && y > top - slack && y < bottom + slack;
  return isWithin && (near(x, left) || near(x, right) || near(y, top) || near(y, bottom));
}
