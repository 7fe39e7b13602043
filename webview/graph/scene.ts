/** A laid-out graph as the page draws it: the engine's parts put together, and what finds things in it. Pure. */
import Flatbush from 'flatbush';
import type { DiagramCard, DiagramItem, DiagramPart } from '../../src/protocol/diagramCalls.js';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface SceneEdges {
  readonly count: number;
  /** Positions of items. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** Where the points of each edge begin in `points`, in points; one more for the end of the last. */
  readonly starts: Uint32Array;
  /** x and y. */
  readonly points: Float32Array;
  readonly labels: readonly string[];
}

/** Items are named by their positions, boxes and points are pixels at zoom 1. */
export interface Scene {
  readonly card: DiagramCard;
  readonly items: readonly DiagramItem[];
  /** Left, top, width and height of each. */
  readonly boxes: Float32Array;
  readonly edges: SceneEdges;
  readonly positionOf: ReadonlyMap<string, number>;
  /** Of the layers that are visible, by their position in file order. */
  readonly positionOfLayer: ReadonlyMap<number, number>;
  /** Items and edges that touch a rectangle, in order. */
  itemsIn(window: Box): Uint32Array;
  edgesIn(window: Box): Uint32Array;
  /** Edges that leave an item, and those that reach it. */
  outOf(item: number): readonly number[];
  into(item: number): readonly number[];
}

export function boxOf(scene: Scene, item: number): Box {
  const at = item * 4;
  const { boxes } = scene;
  return { left: boxes[at]!, top: boxes[at + 1]!, width: boxes[at + 2]!, height: boxes[at + 3]! };
}

/** The innermost item at a point; -1 for none. */
export function itemAt(scene: Scene, x: number, y: number): number {
  return scene.itemsIn({ left: x, top: y, width: 0, height: 0 }).at(-1) ?? -1;
}

/** The edge that passes a point most closely, within `reach`; -1 for none. */
export function edgeAt(scene: Scene, x: number, y: number, reach: number): number {
  const { starts, points } = scene.edges;
  let nearest = -1;
  let least = reach * reach;
  for (const edge of scene.edgesIn({ left: x - reach, top: y - reach, width: 2 * reach, height: 2 * reach })) {
    for (let at = starts[edge]!; at + 1 < starts[edge + 1]!; at++) {
      const distance = squaredDistance(x, y, points, at);
      if (distance > least) continue;
      least = distance;
      nearest = edge;
    }
  }
  return nearest;
}

/** From a point to the segment that begins at the point with this number. */
function squaredDistance(x: number, y: number, points: Float32Array, at: number): number {
  const fromX = points[at * 2]!;
  const fromY = points[at * 2 + 1]!;
  const alongX = points[at * 2 + 2]! - fromX;
  const alongY = points[at * 2 + 3]! - fromY;
  const length = alongX * alongX + alongY * alongY;
  const part = length === 0 ? 0 : ((x - fromX) * alongX + (y - fromY) * alongY) / length;
  const clamped = Math.max(0, Math.min(1, part));
  return (x - fromX - clamped * alongX) ** 2 + (y - fromY - clamped * alongY) ** 2;
}

/** The scene of an answer, whose parts came in order. */
export function sceneOf(card: DiagramCard, parts: readonly DiagramPart[]): Scene {
  const items = parts.flatMap((part) => part.items);
  const boxes = joined(
    Float32Array,
    parts.map((part) => part.boxes),
  );
  const edges = joinedEdges(parts);
  const itemIndex = indexOf(items.length, (at, add) =>
    add(
      boxes[at * 4]!,
      boxes[at * 4 + 1]!,
      boxes[at * 4]! + boxes[at * 4 + 2]!,
      boxes[at * 4 + 1]! + boxes[at * 4 + 3]!,
    ),
  );
  const edgeIndex = indexOf(edges.count, (edge, add) => {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = edges.starts[edge]!; at < edges.starts[edge + 1]!; at++) {
      const x = edges.points[at * 2]!;
      const y = edges.points[at * 2 + 1]!;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    add(left, top, right, bottom);
  });
  const outOf = byEnd(edges.from, items.length);
  const into = byEnd(edges.to, items.length);
  const positionOf = new Map<string, number>();
  const positionOfLayer = new Map<number, number>();
  items.forEach((item, at) => {
    positionOf.set(item.id, at);
    if (item.layer >= 0) positionOfLayer.set(item.layer, at);
  });
  return {
    card,
    items,
    boxes,
    edges,
    positionOf,
    positionOfLayer,
    itemsIn: (window) => inOrder(itemIndex, window),
    edgesIn: (window) => inOrder(edgeIndex, window),
    outOf,
    into,
  };
}

function joinedEdges(parts: readonly DiagramPart[]): SceneEdges {
  const points = joined(
    Float32Array,
    parts.map((part) => part.edges.points),
  );
  const count = parts.reduce((sum, part) => sum + part.edges.from.length, 0);
  const starts = new Uint32Array(count + 1);
  let edge = 0;
  let before = 0;
  for (const part of parts) {
    for (let i = 0; i < part.edges.from.length; i++) starts[edge++] = before + part.edges.starts[i]!;
    before += part.edges.points.length / 2;
  }
  starts[edge] = before;
  return {
    count,
    from: joined(
      Uint32Array,
      parts.map((part) => part.edges.from),
    ),
    to: joined(
      Uint32Array,
      parts.map((part) => part.edges.to),
    ),
    starts,
    points,
    labels: parts.flatMap((part) => part.edges.labels),
  };
}

function joined<T extends Float32Array | Uint32Array>(Numbers: new (length: number) => T, pieces: readonly T[]): T {
  const whole = new Numbers(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

type Add = (left: number, top: number, right: number, bottom: number) => void;

function indexOf(count: number, addBox: (position: number, add: Add) => void): Flatbush | null {
  if (count === 0) return null;
  const index = new Flatbush(count, 16, Float32Array);
  for (let position = 0; position < count; position++)
    addBox(position, (left, top, right, bottom) => index.add(left, top, right, bottom));
  index.finish();
  return index;
}

function inOrder(index: Flatbush | null, { left, top, width, height }: Box): Uint32Array {
  if (index === null) return new Uint32Array();
  return Uint32Array.from(index.search(left, top, left + width, top + height)).sort();
}

/** Edges by one of their ends; sorted when they are first asked for, which drawing does not do. */
function byEnd(ends: Uint32Array, items: number): (item: number) => readonly number[] {
  let lists: ((item: number) => readonly number[]) | undefined;
  return (item) => (lists ??= listsByEnd(ends, items))(item);
}

function listsByEnd(ends: Uint32Array, items: number): (item: number) => readonly number[] {
  const starts = new Uint32Array(items + 1);
  for (const end of ends) starts[end + 1]!++;
  for (let i = 0; i < items; i++) starts[i + 1]! += starts[i]!;
  const edges = new Uint32Array(ends.length);
  const next = starts.slice(0, items);
  ends.forEach((end, edge) => (edges[next[end]!++] = edge));
  return (item) => Array.from(edges.subarray(starts[item], starts[item + 1]));
}
