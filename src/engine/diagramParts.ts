import type { LaidOutDiagram } from '../inspect/diagram/diagram.js';
import type { DiagramEdge } from '../inspect/diagram/edges.js';
import type { Shown } from '../inspect/diagram/shown.js';
import type { TreeItem, ValueNumber } from '../inspect/diagram/tree.js';
import type { DiagramItem, DiagramItemKind, DiagramPart } from '../protocol/diagramCalls.js';

/** Of one message, about: below the 256 KB that a page takes at once. */
const bytesPerPart = 200_000;

/** The items and then the edges of a diagram, in order. The root, which no page shows, is left out. */
export function* diagramParts(
  { shown, boxes, edges }: LaidOutDiagram,
  labelOf: (value: ValueNumber) => string,
): Generator<DiagramPart> {
  const items = shown.slice(1).map(itemOf);
  for (const [start, end] of chunks(items.length, (index) => itemBytes(items[index]!))) {
    yield {
      items: items.slice(start, end),
      boxes: Float32Array.from(boxes.subarray((start + 1) * 4, (end + 1) * 4)),
      edges: edgesOf([], []),
    };
  }
  const labels = edges.map(({ values }) => labelText(values, labelOf));
  const edgeBytes = (index: number) => 32 + edges[index]!.points.length * 4 + labels[index]!.length * 2;
  for (const [start, end] of chunks(edges.length, edgeBytes)) {
    yield { items: [], boxes: new Float32Array(), edges: edgesOf(edges.slice(start, end), labels.slice(start, end)) };
  }
}

function itemOf({ item, id, holder, expandable, expanded }: Shown): DiagramItem {
  const { layer, op, name, detail, nodes, repeats } = item;
  return { id, kind: kindOf(item), holder: holder - 1, layer, op, name, detail, nodes, expandable, expanded, repeats };
}

function kindOf({ kind }: TreeItem): DiagramItemKind {
  if (kind === 'root') throw new RangeError('a root is not shown');
  return kind;
}

function itemBytes({ id, op, name, detail }: DiagramItem): number {
  return 180 + 2 * (id.length + op.length + name.length + detail.length);
}

function edgesOf(edges: readonly DiagramEdge[], labels: readonly string[]): DiagramPart['edges'] {
  const starts = new Uint32Array(edges.length + 1);
  for (const [index, { points }] of edges.entries()) starts[index + 1] = starts[index]! + points.length / 2;
  const points = new Float32Array(starts[edges.length]! * 2);
  for (const [index, edge] of edges.entries()) points.set(edge.points, starts[index]! * 2);
  return {
    from: Uint32Array.from(edges, ({ from }) => from - 1),
    to: Uint32Array.from(edges, ({ to }) => to - 1),
    starts,
    points,
    labels,
  };
}

/** The first value, and how many more go the same way. */
function labelText(values: readonly ValueNumber[], labelOf: (value: ValueNumber) => string): string {
  const first = values.map(labelOf).find((label) => label !== '') ?? '';
  return values.length > 1 ? `${first} +${values.length - 1}` : first;
}

/** Stretches of indices whose bytes together stay below a part's; one that is larger alone goes alone. */
function* chunks(count: number, bytesOf: (index: number) => number): Generator<[start: number, end: number]> {
  let start = 0;
  let bytes = 0;
  for (let index = 0; index < count; index++) {
    const own = bytesOf(index);
    if (index > start && bytes + own > bytesPerPart) {
      yield [start, index];
      start = index;
      bytes = 0;
    }
    bytes += own;
  }
  if (count > start) yield [start, count];
}
