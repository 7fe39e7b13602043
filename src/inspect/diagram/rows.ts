import { Graph, layout } from '@dagrejs/dagre';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Boxes in an order that most joins follow, and lines between them and ports on the upper and the lower border. */
export interface RowsInput {
  readonly sizes: readonly Size[];
  /** Pairs of boxes. Those against the order are drawn upward. */
  readonly links: readonly (readonly [from: number, to: number])[];
  /** Boxes that each port leads to. */
  readonly entries: readonly (readonly number[])[];
  readonly exits: readonly (readonly number[])[];
}

/** Points of a line where it passes a row, from one end to the other; null where it is led aside, past all rows. */
export type Line = readonly Point[] | null;

/** Centers of boxes and ports, and the lines. */
export interface Rows {
  readonly boxes: readonly Point[];
  readonly links: readonly Line[];
  readonly entries: readonly RowsPort[];
  readonly exits: readonly RowsPort[];
}

export interface RowsPort extends Point {
  /** In the order of the port's boxes. */
  readonly lines: readonly Line[];
}

/** `layoutRows`, here or on another thread. */
export type LayOutRows = (input: RowsInput) => Promise<Rows>;

const rankSpace = 40;
const nodeSpace = 24;
const edgeSpace = 12;
/** What holds ports to the border, where a line inside weighs 1. */
const borderWeight = 1000;
const [top, bottom] = ['top', 'bottom'];
/** Places where lines pass rows, or the space between. */
const mostBends = 1200;
/** Names the edge of a link that is drawn against its direction, beside one that is not. */
const upward = 'up';

/**
 * Puts boxes in rows, values flowing down, by the method of Gansner et al. ("A Technique for Drawing Directed Graphs",
 * 1993) as dagre has it. Takes about a tenth of a second for 150 boxes, and grows with the square.
 */
export function layoutRows(input: RowsInput): Rows {
  const { sizes, links, entries, exits } = input;
  const aside = ledAside(input);
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ ranksep: rankSpace, nodesep: nodeSpace, edgesep: edgeSpace });
  for (const [box, { width, height }] of sizes.entries()) graph.setNode(String(box), { width, height });
  const [fed, read] = [new Set<number>(), new Set<number>()];
  for (const [index, [from, to]] of links.entries()) {
    if (aside.has(`link${index}`)) continue;
    const [above, below] = from < to ? [from, to] : [to, from];
    read.add(above);
    fed.add(below);
    graph.setEdge(String(above), String(below), {}, from < to ? undefined : upward);
  }
  for (const [border, ports] of [
    [top, entries],
    [bottom, exits],
  ] as const) {
    if (ports.length === 0) continue;
    graph.setNode(border, { width: 0, height: 0 });
    for (const [port, boxes] of ports.entries()) {
      const name = `${border}${port}`;
      graph.setNode(name, { width: 0, height: 0 });
      join(graph, border, border, name, { weight: borderWeight });
      for (const box of boxes) {
        if (aside.has(`${name}>${box}`)) continue;
        (border === top ? fed : read).add(box);
        join(graph, border, name, String(box), {});
      }
    }
    // What nothing feeds must not rise to the row of the ports, nor what nothing reads sink to it.
    for (let box = 0; box < sizes.length; box++) {
      if (!(border === top ? fed : read).has(box)) join(graph, border, border, String(box), { weight: 0, minlen: 2 });
    }
  }
  layout(graph);
  return {
    boxes: sizes.map((_, box) => centerOf(graph, String(box))),
    links: links.map(([from, to], index) =>
      aside.has(`link${index}`)
        ? null
        : from < to
          ? passed(graph, String(from), String(to))
          : passed(graph, String(to), String(from), upward).reverse(),
    ),
    entries: entries.map((boxes, port) => ({
      ...centerOf(graph, `${top}${port}`),
      lines: boxes.map((box) =>
        aside.has(`${top}${port}>${box}`) ? null : passed(graph, `${top}${port}`, String(box)),
      ),
    })),
    exits: exits.map((boxes, port) => ({
      ...centerOf(graph, `${bottom}${port}`),
      lines: boxes.map((box) =>
        aside.has(`${bottom}${port}>${box}`) ? null : passed(graph, String(box), `${bottom}${port}`),
      ),
    })),
  };
}

/**
 * The lines that pass so many rows that laying them out would take seconds (each node of a dense block reads all before
 * it), the longest first, by names: of links by position, of ports by what they join.
 */
function ledAside({ sizes, links, entries, exits }: RowsInput): Set<string> {
  const rows = new Int32Array(sizes.length).fill(1);
  const downward = links.map(([from, to]) => (from < to ? [from, to] : [to, from]) as [number, number]);
  for (const [above, below] of [...downward].sort((a, b) => a[0] - b[0]))
    rows[below] = Math.max(rows[below]!, rows[above]! + 1);
  const last = rows.reduce((most, row) => Math.max(most, row), 0) + 1;
  const lines = downward.map(([above, below], index) => ({
    name: `link${index}`,
    length: rows[below]! - rows[above]!,
  }));
  for (const [port, boxes] of entries.entries())
    for (const box of boxes) lines.push({ name: `${top}${port}>${box}`, length: rows[box]! });
  for (const [port, boxes] of exits.entries())
    for (const box of boxes) lines.push({ name: `${bottom}${port}>${box}`, length: last - rows[box]! });
  let bends = lines.reduce((sum, { length }) => sum + 2 * length - 1, 0);
  const aside = new Set<string>();
  for (const { name, length } of lines.sort((a, b) => b.length - a.length)) {
    if (bends <= mostBends || length <= 2) break;
    aside.add(name);
    bends -= 2 * length - 1;
  }
  return aside;
}

/** Joins what is nearer the border with what is farther from it. */
function join(graph: Graph, border: string, near: string, far: string, label: object): void {
  if (border === top) graph.setEdge(near, far, label);
  else graph.setEdge(far, near, label);
}

function centerOf(graph: Graph, name: string): Point {
  const { x, y } = graph.node(name) as Point;
  return { x, y };
}

/** The points of an edge without its ends at the boxes. */
function passed(graph: Graph, from: string, to: string, name?: string): Point[] {
  const { points } = graph.edge(from, to, name) as { points: Point[] };
  return points.slice(1, -1);
}
