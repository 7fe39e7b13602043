import type { LayOutRows, Line, Point, RowsPort, Size } from './rows.js';
import type { Frame, FrameEnd } from './tree.js';

/** Where a child stands; `bandTop` and `bandBottom` span its whole row. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly bandTop: number;
  readonly bandBottom: number;
}

/** Of one frame, from its own left top corner. Routes are bends, x and y by turns, without the ends at the boxes. */
export interface FrameLayout {
  readonly width: number;
  readonly height: number;
  /** Left top corners. */
  readonly children: readonly Place[];
  readonly routes: ReadonlyMap<string, readonly number[]>;
  /** Where values come in, on the upper border, and go out, on the lower; x alone, NaN where nothing inside cares. */
  readonly entries: readonly number[];
  readonly exits: readonly number[];
}

export const linkKey = (from: number, to: number) => `${from}>${to}`;
export const entryKey = (port: number, child: number) => `in${port}>${child}`;
export const exitKey = (child: number, port: number) => `${child}>out${port}`;

/** Places on a border; ports beyond share the last. */
const mostPlaces = 40;
/** From the boxes to the lane of lines that are led aside, and from there to the border. */
const laneSpace = 16;
/** From a row to where such a line turns off. */
const laneGap = 8;

/** Lays a frame out in rows. Never call it with more than some 300 children. */
export async function layoutFrame(frame: Frame, sizes: readonly Size[], layOutRows: LayOutRows): Promise<FrameLayout> {
  const pairs = new Map<string, readonly [number, number]>();
  for (const { from, to } of frame.links)
    if (from.child !== to.child) pairs.set(linkKey(from.child, to.child), [from.child, to.child]);
  const entries = bundled(frame.entries);
  const exits = bundled(frame.exits);
  const links = [...pairs.values()];
  const rows = await layOutRows({ sizes, links, entries: entries.boxes, exits: exits.boxes });
  const heights = new Map<number, number>();
  for (const [child, { y }] of rows.boxes.entries())
    heights.set(y, Math.max(heights.get(y) ?? 0, sizes[child]!.height));
  const area = areaOf(rows.boxes, sizes, [...rows.entries, ...rows.exits], rows.links);
  const left = area.left;
  const upper = rows.entries[0]?.y ?? area.top;
  const lower = rows.exits[0]?.y ?? area.bottom;
  const height = lower - upper;
  const children = rows.boxes.map(({ x, y }, child) => {
    const half = heights.get(y)! / 2;
    const middle = y - upper;
    return {
      x: x - sizes[child]!.width / 2 - left,
      y: middle - sizes[child]!.height / 2,
      bandTop: middle - half,
      bandBottom: middle + half,
    };
  });
  const hasLane = [rows.links, ...[...rows.entries, ...rows.exits].map(({ lines }) => lines)].flat().includes(null);
  const lane = area.right - left + laneSpace;
  const bend = (line: Line, from: Band, to: Band) =>
    line ? bends(line, heights, left, upper) : bendsAside(from, to, lane);
  const routes = new Map<string, readonly number[]>();
  for (const [index, [from, to]] of links.entries())
    routes.set(linkKey(from, to), bend(rows.links[index]!, children[from]!, children[to]!));
  addRoutes(frame.entries, entries, rows.entries, (port, child, line) =>
    routes.set(entryKey(port, child), bend(line, borderAt(0), children[child]!)),
  );
  addRoutes(frame.exits, exits, rows.exits, (port, child, line) =>
    routes.set(exitKey(child, port), bend(line, children[child]!, borderAt(height))),
  );
  const xOf = (ports: readonly RowsPort[]) => (place: number) => (place < 0 ? NaN : ports[place]!.x - left);
  return {
    width: area.right - left + (hasLane ? 2 * laneSpace : 0),
    height,
    children,
    routes,
    entries: entries.placeOf.map(xOf(rows.entries)),
    exits: exits.placeOf.map(xOf(rows.exits)),
  };
}

type Band = Pick<Place, 'bandTop' | 'bandBottom'>;

const borderAt = (y: number): Band => ({ bandTop: y, bandBottom: y });

interface Bundled {
  /** Of each port, its place on the border; -1 where nothing inside has to do with it. */
  readonly placeOf: readonly number[];
  /** The children that each place is joined to. */
  readonly boxes: readonly (readonly number[])[];
}

function bundled(ports: readonly (readonly FrameEnd[])[]): Bundled {
  const boxes: Set<number>[] = [];
  const placeOf = ports.map((ends) => {
    if (ends.length === 0) return -1;
    if (boxes.length < mostPlaces) boxes.push(new Set());
    for (const { child } of ends) boxes.at(-1)!.add(child);
    return boxes.length - 1;
  });
  return { placeOf, boxes: boxes.map((each) => [...each]) };
}

function addRoutes(
  ports: readonly (readonly FrameEnd[])[],
  { placeOf, boxes }: Bundled,
  places: readonly RowsPort[],
  add: (port: number, child: number, line: Line) => void,
): void {
  for (const [port, ends] of ports.entries()) {
    const place = placeOf[port]!;
    for (const { child } of ends) add(port, child, places[place]!.lines[boxes[place]!.indexOf(child)]!);
  }
}

/** What boxes and lines together take; lines may swing out beside the boxes. */
function areaOf(boxes: readonly Point[], sizes: readonly Size[], ports: readonly RowsPort[], links: readonly Line[]) {
  const area = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  const include = ({ x, y }: Point, width = 0, height = 0) => {
    area.left = Math.min(area.left, x - width / 2);
    area.right = Math.max(area.right, x + width / 2);
    area.top = Math.min(area.top, y - height / 2);
    area.bottom = Math.max(area.bottom, y + height / 2);
  };
  for (const [box, center] of boxes.entries()) include(center, sizes[box]!.width, sizes[box]!.height);
  for (const line of links) for (const point of line ?? []) include(point);
  for (const port of ports) for (const line of [[port], ...port.lines]) for (const point of line ?? []) include(point);
  return area;
}

/**
 * The points where a line bends. Where it passes a row it goes straight through it, and turns only between rows, so that
 * it crosses no box of the row.
 */
function bends(points: readonly Point[], heights: ReadonlyMap<number, number>, left: number, upper: number): number[] {
  const found: number[] = [];
  const isUpward = points.length > 1 && points[0]!.y > points.at(-1)!.y;
  for (const { x, y } of points) {
    const half = ((heights.get(y) ?? 0) / 2) * (isUpward ? -1 : 1);
    found.push(x - left, y - half - upper);
    if (half !== 0) found.push(x - left, y + half - upper);
  }
  return found;
}

/** Out between two rows to the lane beside all boxes, along it, and in again between two rows. */
function bendsAside(from: Band, to: Band, lane: number): number[] {
  const isUpward = from.bandTop > to.bandTop;
  const start = isUpward ? from.bandTop - laneGap : from.bandBottom + laneGap;
  const end = isUpward ? to.bandBottom + laneGap : to.bandTop - laneGap;
  return [lane, start, lane, end];
}
