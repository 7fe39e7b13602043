import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxOf, edgeAt, itemAt, sceneOf } from '../../../../webview/graph/scene.js';
import { partsOf, sampleScene, smallEdges, smallItems, smallScene } from './sampleScene.js';

const box = fc.tuple(
  fc.integer({ min: 0, max: 500 }),
  fc.integer({ min: 0, max: 500 }),
  fc.integer({ min: 1, max: 200 }),
  fc.integer({ min: 1, max: 200 }),
);

describe('a scene', () => {
  it('is the same in whatever parts it comes', () => {
    const card = { expanded: [], items: 7, edges: 6, nodes: 7, width: 300, height: 400 };
    const whole = sceneOf(card, partsOf(smallItems, smallEdges, 100));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), (partSize) => {
        const scene = sceneOf(card, partsOf(smallItems, smallEdges, partSize));
        expect(scene.items).toEqual(whole.items);
        expect(scene.boxes).toEqual(whole.boxes);
        const lines = ({ edges }: typeof scene): unknown[] =>
          Array.from(edges.from, (from, edge) => [
            from,
            edges.to[edge],
            edges.labels[edge],
            Array.from(edges.points.subarray(edges.starts[edge]! * 2, edges.starts[edge + 1]! * 2)),
          ]).map((line) => JSON.stringify(line));
        expect(lines(scene).sort()).toEqual(lines(whole).sort());
      }),
    );
  });

  it('finds exactly what touches a rectangle, in order', () => {
    fc.assert(
      fc.property(fc.array(box, { minLength: 1, maxLength: 60 }), box, (boxes, [left, top, width, height]) => {
        const scene = sampleScene(boxes.map((each, i) => ({ id: String(i), box: each })));
        const touching = boxes.flatMap(([x, y, w, h], i) =>
          x <= left + width && x + w >= left && y <= top + height && y + h >= top ? [i] : [],
        );
        expect(Array.from(scene.itemsIn({ left, top, width, height }))).toEqual(touching);
      }),
    );
  });

  it('finds the innermost item at a point', () => {
    const scene = smallScene();
    expect(itemAt(scene, 50, 200)).toBe(3);
    expect(itemAt(scene, 130, 200)).toBe(2);
    expect(itemAt(scene, 5, 200)).toBe(-1);
    expect(boxOf(scene, 3)).toEqual({ left: 40, top: 180, width: 80, height: 50 });
  });

  it('finds the edge at a point', () => {
    const scene = smallScene();
    const label = (edge: number): string | undefined => scene.edges.labels[edge];
    expect(label(edgeAt(scene, 152, 45, 4))).toBe('float32[1,1,28,28]');
    expect(label(edgeAt(scene, 80, 250, 4))).toBe('c');
    expect(edgeAt(scene, 160, 45, 4)).toBe(-1);
  });

  it('knows the edges of each item', () => {
    const scene = smallScene();
    const { edges } = scene;
    expect(scene.outOf(1).map((edge) => edges.to[edge])).toEqual([3, 4]);
    expect(scene.into(5).map((edge) => edges.from[edge])).toEqual([3, 4]);
    expect(scene.into(0)).toEqual([]);
    expect(scene.positionOf.get('head')).toBe(5);
    expect(scene.positionOfLayer.get(2)).toBe(4);
  });

  it('may be empty', () => {
    const scene = sampleScene([]);
    expect(scene.items).toEqual([]);
    expect(itemAt(scene, 0, 0)).toBe(-1);
    expect(edgeAt(scene, 0, 0, 5)).toBe(-1);
  });
});
