import type { DiagramItem, DiagramPart } from '../../../../src/protocol/diagramCalls.js';
import type { Scene } from '../../../../webview/graph/scene.js';
import { sceneOf } from '../../../../webview/graph/scene.js';

export interface SampleItem extends Partial<DiagramItem> {
  readonly id: string;
  readonly box: readonly [left: number, top: number, width: number, height: number];
}

export type SampleEdge = readonly [from: number, to: number, points: readonly number[], label?: string];

/** Items and edges as the engine sends them, in parts of `partSize` items; edges come with the last of their ends. */
export function partsOf(items: readonly SampleItem[], edges: readonly SampleEdge[], partSize: number): DiagramPart[] {
  const parts: DiagramPart[] = [];
  for (let start = 0; start === 0 || start < items.length; start += partSize) {
    const end = start + partSize;
    const some = items.slice(start, end);
    const ready = edges.filter(([from, to]) => Math.max(from, to) >= start && Math.max(from, to) < end);
    const starts = [0];
    for (const [, , points] of ready) starts.push(starts.at(-1)! + points.length / 2);
    parts.push({
      items: some.map(({ box: _, ...item }) => ({
        kind: 'node',
        holder: -1,
        layer: -1,
        op: 'Relu',
        name: item.id,
        detail: '',
        nodes: 1,
        expandable: false,
        expanded: false,
        repeats: 1,
        ...item,
      })),
      boxes: Float32Array.from(some.flatMap(({ box }) => box)),
      edges: {
        from: Uint32Array.from(ready, ([from]) => from),
        to: Uint32Array.from(ready, ([, to]) => to),
        starts: Uint32Array.from(starts),
        points: Float32Array.from(ready.flatMap(([, , points]) => points)),
        labels: ready.map(([, , , label = 'value']) => label),
      },
    });
  }
  return parts;
}

export function sampleScene(items: readonly SampleItem[], edges: readonly SampleEdge[] = [], partSize = 3): Scene {
  const right = Math.max(0, ...items.map(({ box }) => box[0] + box[2]));
  const bottom = Math.max(0, ...items.map(({ box }) => box[1] + box[3]));
  const expanded = items.filter((item) => item.expanded === true).map(({ id }) => id);
  const card = {
    expanded,
    items: items.length,
    edges: edges.length,
    nodes: items.length,
    width: right,
    height: bottom,
  };
  return sceneOf(card, partsOf(items, edges, partSize));
}

/** An input, a Conv, an expanded scope of two nodes side by side, a collapsed scope, and an output, from top to bottom. */
export const smallItems: readonly SampleItem[] = [
  { id: 'in', kind: 'input', op: '', name: 'image', box: [100, 0, 100, 30] },
  { id: 'conv', layer: 0, op: 'Conv', name: 'conv1', detail: '20×1×5×5', box: [100, 60, 100, 50] },
  { id: 'block', kind: 'scope', op: '', nodes: 2, expandable: true, expanded: true, box: [20, 140, 260, 120] },
  { id: 'left', layer: 1, holder: 2, box: [40, 180, 80, 50] },
  { id: 'right', layer: 2, holder: 2, box: [160, 180, 80, 50] },
  { id: 'head', kind: 'scope', op: '', nodes: 12, repeats: 3, expandable: true, box: [40, 290, 220, 50] },
  { id: 'out', kind: 'output', op: '', name: 'logits', box: [100, 370, 100, 30] },
];

export const smallEdges: readonly SampleEdge[] = [
  [0, 1, [150, 30, 150, 60], 'float32[1,1,28,28]'],
  [1, 3, [150, 110, 80, 150, 80, 180], 'a'],
  [1, 4, [150, 110, 200, 150, 200, 180], 'b'],
  [3, 5, [80, 230, 80, 270, 140, 290], 'c'],
  [4, 5, [200, 230, 200, 270, 160, 290], 'd'],
  [5, 6, [150, 340, 150, 370], 'e'],
];

export const smallScene = (): Scene => sampleScene(smallItems, smallEdges);
