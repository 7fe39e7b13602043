import { Graph as RowGraph, layout } from '@dagrejs/dagre';
import type { Frame, FrameEnd } from './tree.js';

/** What a frame asks of its layout: sizes of the children, and which are joined. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a child, or a port on the border, stands; `bandTop` and `bandBottom` span its whole row. */
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
  /** Where values come in, on the upper border, and go out, on the lower; x alone. */
  readonly entries: readonly number[];
  readonly exits: readonly number[];
}

export const linkKey = (from: number, to: number) => `${from}>${to}`;
export const entryKey = (port: number, child: number) => `in${port}>${child}`;
export const exitKey = (child: number, port: number) => `${child}>out${port}`;

/** Ports that get a place of their own; the rest share the last. */
const mostPorts = 40;
const rankSpace = 40;
const nodeSpace = 24;
const edgeSpace = 12;
/** What holds ports to the border, where an edge to a child weighs 1. */
const portWeight = 64;

const top = 'top';
const bottom = 'bottom';

/** Lays a frame out in rows, values flowing down. Never call it with more than some 300 children. */
export function layoutFrame(frame: Frame, sizes: readonly Size[]): FrameLayout {
  const graph = new RowGraph();
  graph.setGraph({ ranksep: rankSpace, nodesep: nodeSpace, edgesep: edgeSpace });
  for (const [child, { width, height }] of sizes.entries()) graph.setNode(String(child), { width, height });
  const entryNodes = portNodes(frame.entries, top);
  const exitNodes = portNodes(frame.exits, bottom);
  const fed = new Set<number>();
  const read = new Set<number>();
  const weights = new Map<string, number>();
  for (const { from, to } of frame.links) {
    if (from.child === to.child) continue;
    fed.add(to.child);
    read.add(from.child);
    const key = linkKey(from.child, to.child);
    weights.set(key, (weights.get(key) ?? 0) + 1);
    graph.setEdge(String(from.child), String(to.child), { weight: Math.min(4, weights.get(key)!) });
  }
  addPorts(graph, entryNodes, top);
  addPorts(graph, exitNodes, bottom);
  for (const [port, ends] of frame.entries.entries()) {
    for (const { child } of ends) {
      fed.add(child);
      graph.setEdge(entryNodes[port]!, String(child), {});
    }
  }
  for (const [port, ends] of frame.exits.entries()) {
    for (const { child } of ends) {
      read.add(child);
      graph.setEdge(String(child), exitNodes[port]!, {});
    }
  }
  // What nothing feeds must not rise above the ports, nor what nothing reads sink below them.
  for (let child = 0; child < sizes.length; child++) {
    if (graph.hasNode(top) && !fed.has(child)) graph.setEdge(top, String(child), { weight: 0 });
    if (graph.hasNode(bottom) && !read.has(child)) graph.setEdge(String(child), bottom, { weight: 0 });
  }
  layout(graph);
  return readLayout(graph, frame, sizes, entryNodes, exitNodes);
}

/** The node of each port; undefined where nothing inside has to do with it. */
function portNodes(ports: readonly (readonly FrameEnd[])[], border: string): (string | undefined)[] {
  let used = 0;
  return ports.map((ends) => (ends.length === 0 ? undefined : `${border}${Math.min(used++, mostPorts - 1)}`));
}

function addPorts(graph: RowGraph, nodes: readonly (string | undefined)[], border: string): void {
  const distinct = new Set(nodes.filter((node) => node !== undefined));
  if (distinct.size === 0) return;
  graph.setNode(border, { width: 0, height: 0 });
  for (const node of distinct) {
    graph.setNode(node, { width: 0, height: 0 });
    if (border === top) graph.setEdge(border, node, { weight: portWeight });
    else graph.setEdge(node, border, { weight: portWeight });
  }
}

function readLayout(
  graph: RowGraph,
  frame: Frame,
  sizes: readonly Size[],
  entryNodes: readonly (string | undefined)[],
  exitNodes: readonly (string | undefined)[],
): FrameLayout {
  const at = (name: string) => graph.node(name) as { x: number; y: number };
  const bands = new Map<number, number>();
  for (const [child, { height }] of sizes.entries()) {
    const { y } = at(String(child));
    bands.set(y, Math.max(bands.get(y) ?? 0, height));
  }
  // dagre's own node of the border makes no room.
  const upper = entryNodes.find((node) => node !== undefined);
  const lower = exitNodes.find((node) => node !== undefined);
  const shift = upper === undefined ? 0 : at(upper).y;
  const whole = graph.graph() as { width?: number; height?: number };
  const height = (lower === undefined ? (whole.height ?? 0) : at(lower).y) - shift;
  const children = sizes.map(({ width, height: own }, child) => {
    const { x, y } = at(String(child));
    const half = bands.get(y)! / 2;
    return {
      x: x - width / 2,
      y: y - own / 2 - shift,
      bandTop: y - half - shift,
      bandBottom: y + half - shift,
    };
  });
  const routes = new Map<string, readonly number[]>();
  const route = (key: string, from: string, to: string) => {
    if (!routes.has(key)) routes.set(key, bends(graph, from, to, bands, shift));
  };
  for (const { from, to } of frame.links) {
    if (from.child !== to.child) route(linkKey(from.child, to.child), String(from.child), String(to.child));
  }
  for (const [port, ends] of frame.entries.entries())
    for (const { child } of ends) route(entryKey(port, child), entryNodes[port]!, String(child));
  for (const [port, ends] of frame.exits.entries())
    for (const { child } of ends) route(exitKey(child, port), String(child), exitNodes[port]!);
  const xOf = (node: string | undefined) => (node === undefined ? NaN : at(node).x);
  return {
    width: whole.width ?? 0,
    height,
    children,
    routes,
    entries: entryNodes.map(xOf),
    exits: exitNodes.map(xOf),
  };
}

/**
 * The points between the ends of an edge. Where it passes a row it goes straight down through it, and turns only between
 * rows, so that it crosses no box of the row.
 */
function bends(graph: RowGraph, from: string, to: string, bands: ReadonlyMap<number, number>, shift: number): number[] {
  const { points } = graph.edge(from, to) as { points: { x: number; y: number }[] };
  const found: number[] = [];
  const isUpward = (graph.node(from) as { y: number }).y > (graph.node(to) as { y: number }).y;
  for (const { x, y } of points.slice(1, -1)) {
    const half = ((bands.get(y) ?? 0) / 2) * (isUpward ? -1 : 1);
    found.push(x, y - half - shift);
    if (half !== 0) found.push(x, y + half - shift);
  }
  return found;
}
