import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layersOf } from '../../../../src/graph/layers.js';
import type { Model } from '../../../../src/graph/model.js';
import type { Diagram, LaidOutDiagram } from '../../../../src/inspect/diagram/diagram.js';
import { seededRandom } from '../../../fixtures/random.js';
import { atOnce, checkPicture, diagramOf } from './laidOut.js';
import type { RandomModelOptions } from './randomModel.js';
import { randomModel } from './randomModel.js';

const anyModel = (fixed: Partial<RandomModelOptions> = {}) =>
  fc
    .record({ seed: fc.nat(), nodes: fc.integer({ min: 0, max: 40 }), bodies: fc.boolean(), functions: fc.boolean() })
    .map((options) => ({ ...options, ...fixed }));

/** Expands some of what can be expanded, level by level, as a person does. */
async function expandSome(diagram: Diagram, seed: number): Promise<LaidOutDiagram> {
  const random = seededRandom(seed);
  const expanded: string[] = [];
  let picture = await diagram.layOut(expanded, atOnce);
  for (let round = 0; round < 3; round++) {
    const closed = picture.shown.filter(({ expandable, expanded: isOpen }) => expandable && !isOpen);
    expanded.push(...closed.filter(() => random() < 0.6).map(({ id }) => id));
    picture = await diagram.layOut(expanded, atOnce);
  }
  return picture;
}

describe('a diagram', () => {
  it('is a sound picture for any model and any expansion', async () => {
    await fc.assert(
      fc.asyncProperty(anyModel(), fc.nat(), async (options, seed) => {
        const diagram = await diagramOf(randomModel(options));
        checkPicture(await expandSome(diagram, seed));
        checkPicture(await diagram.layOut('all', atOnce));
        checkPicture(await diagram.layOut(null, atOnce));
      }),
      { numRuns: 15 },
    );
  });

  it('draws broken graphs too', async () => {
    await fc.assert(
      fc.asyncProperty(anyModel({ broken: true }), fc.nat(), async (options, seed) => {
        const diagram = await diagramOf(randomModel(options));
        checkPicture(await expandSome(diagram, seed));
        checkPicture(await diagram.layOut('all', atOnce));
      }),
      { numRuns: 15 },
    );
  });

  it('joins the innermost items that show, one edge for each two', async () => {
    await fc.assert(
      fc.asyncProperty(anyModel({ bodies: false, functions: false }), fc.nat(), async (options, seed) => {
        const model = randomModel(options);
        const diagram = await diagramOf(model);
        const picture = await expandSome(diagram, seed);
        expect(new Set(picture.edges.map(({ from, to }) => endsText(picture, from, to)))).toEqual(
          expectedEdges(model, diagram, picture),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('shows every layer in one place, and counts what is inside', async () => {
    await fc.assert(
      fc.asyncProperty(anyModel({ functions: false }), fc.nat(), async (options, seed) => {
        const model = randomModel(options);
        const layers = layersOf(model);
        const { shown } = await expandSome(await diagramOf(model), seed);
        const single = shown.filter(({ item }) => item.layer >= 0).map(({ item }) => item.layer);
        expect(new Set(single).size).toBe(single.length);
        for (const { item, children } of shown) {
          if (children.length === 0) continue;
          const held = children.reduce((sum, child) => sum + shown[child]!.item.nodes, 0);
          expect(item.nodes).toBe(held + (item.layer >= 0 ? 1 : 0));
        }
        expect(shown[0]!.item.nodes).toBe(layers.length);
      }),
      { numRuns: 25 },
    );
  });

  it('tells what to expand for a layer to show, under an id that stays', async () => {
    await fc.assert(
      fc.asyncProperty(anyModel(), fc.nat(), async (options, pick) => {
        const model = randomModel(options);
        const layers = layersOf(model);
        fc.pre(layers.length > 0);
        const layer = pick % layers.length;
        const diagram = await diagramOf(model);
        const way = diagram.wayTo(layer)!;
        for (const expanded of [way.holders, 'all'] as const) {
          const { shown } = await diagram.layOut(expanded, atOnce);
          const found = shown.find(({ id }) => id === way.id)!;
          expect(found.item.layer).toBe(layer);
        }
        const { shown } = await diagram.layOut(way.holders, atOnce);
        const holders: string[] = [];
        for (let at = shown.find(({ id }) => id === way.id)!.holder; at > 0; at = shown[at]!.holder)
          holders.unshift(shown[at]!.id);
        expect(way.holders).toEqual(holders);
        expect((await diagramOf(randomModel(options))).wayTo(layer)).toEqual(way);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps the ids of a call that can be expanded, hidden ones too, and no others', async () => {
    const diagram = await diagramOf(randomModel({ seed: 3, nodes: 60, bodies: true, functions: true }));
    const { expanded } = await diagram.layOut('all', atOnce);
    expect(expanded.length).toBeGreaterThan(3);
    const strange = ['', '-1', '1e3', '999999', '0', 'x', `${expanded[0]}.${expanded[0]}`, '1.2.3', '.'];
    const asked = await diagram.layOut([...strange, ...expanded, ...expanded], atOnce);
    expect(asked.expanded).toEqual(expanded);
    const inner = expanded.find((id) => diagram.wayTo(0)!.id !== id && id.includes('.')) ?? expanded.at(-1)!;
    expect((await diagram.layOut([inner], atOnce)).expanded).toEqual([inner]);
  });

  it('lays out again only what an expansion touches', async () => {
    const diagram = await diagramOf(randomModel({ seed: 5, nodes: 80 }));
    const closed = await diagram.layOut([], atOnce);
    const { id } = closed.shown.find(({ expandable }, position) => position > 0 && expandable)!;
    const before = diagram.framesLaidOut;
    await diagram.layOut([id], atOnce);
    expect(diagram.framesLaidOut - before).toBeLessThanOrEqual(2);
    const after = diagram.framesLaidOut;
    const [again, once] = [await diagram.layOut([], atOnce), closed];
    expect(diagram.framesLaidOut).toBe(after);
    expect(again.boxes).toEqual(once.boxes);
  });

  it('ends where the one who waits says so', async () => {
    const diagram = await diagramOf(randomModel({ seed: 1, nodes: 40 }));
    await expect(diagram.layOut('all', { ...atOnce, rest: () => Promise.reject(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
    checkPicture(await diagram.layOut('all', atOnce));
  });
});

const endsText = ({ shown }: LaidOutDiagram, from: number, to: number) => `${shown[from]!.id} > ${shown[to]!.id}`;

/** From the wiring of a model without subgraphs: whose values each node reads, seen from the items that show. */
function expectedEdges(model: Model, diagram: Diagram, { shown }: LaidOutDiagram): Set<string> {
  const layers = layersOf(model);
  const open = new Set(shown.filter(({ expanded }) => expanded).map(({ id }) => id));
  const visible = (layer: number) => {
    const { holders, id } = diagram.wayTo(layer)!;
    return holders.find((holder) => !open.has(holder)) ?? id;
  };
  /** Inputs and outputs lie in no scope; where a block holds them, it is the one that is closed. */
  const boundary = (kind: 'input' | 'output', name: string) =>
    shown.find(({ item }) => item.kind === kind && item.name === name)?.id;
  const maker = (value: string) => {
    const layer = layers.findIndex(({ node }) => node.outputs.includes(value));
    return layer >= 0 ? visible(layer) : boundary('input', value);
  };
  const found = new Set<string>();
  const add = (from: string | undefined, to: string | undefined) => {
    if (from !== undefined && to !== undefined && from !== to) found.add(`${from} > ${to}`);
  };
  for (const [layer, { node }] of layers.entries()) for (const value of node.inputs) add(maker(value), visible(layer));
  for (const { name } of model.graph.outputs) add(maker(name), boundary('output', name));
  return found;
}
