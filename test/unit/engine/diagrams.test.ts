import { join } from 'node:path';
import { serialize } from 'node:v8';
import { describe, expect, it } from 'vitest';
import type { DiagramExpansion, DiagramItem, DiagramPart } from '../../../src/protocol/diagramCalls.js';
import { writeLargeGraph } from '../../fixtures/largeGraph.js';
import { fixturePath, samplePath, vadPath } from '../models.js';
import type { EngineProcess } from './engineProcess.js';
import { measureAll, startEngine } from './engineProcess.js';
import { temporaryFolder } from './temporaryFolder.js';

async function diagram(engine: EngineProcess, model: number, expanded: DiagramExpansion) {
  const parts: DiagramPart[] = [];
  const card = await engine.call('diagram', { model, expanded }, { onEvent: (part) => parts.push(part) });
  const items: DiagramItem[] = parts.flatMap((part) => part.items);
  return { card, parts, items };
}

async function open(path: string) {
  const engine = await startEngine();
  return { engine, model: (await engine.call('open', { path })).model };
}

describe('an engine that draws', () => {
  it('tells items and edges in parts that a page takes, of 8,000 nodes too', async () => {
    const path = join(await temporaryFolder(), 'large.onnx');
    await writeLargeGraph(path, 'transformer');
    const { engine, model } = await open(path);
    const first = await diagram(engine, model, null);
    expect(first.card.items).toBeLessThanOrEqual(300);
    const { card, parts, items } = await diagram(engine, model, 'all');
    expect(parts.length).toBeGreaterThan(5);
    expect(Math.max(...parts.map((part) => serialize(part).byteLength))).toBeLessThan(256 * 1024);
    expect(items).toHaveLength(card.items);
    expect(items.filter(({ layer }) => layer >= 0)).toHaveLength(card.nodes);
    let seen = 0;
    let edges = 0;
    for (const part of parts) {
      seen += part.items.length;
      expect(part.boxes).toHaveLength(part.items.length * 4);
      const { from, to, starts, points, labels } = part.edges;
      edges += from.length;
      expect([to.length, labels.length, starts.length - 1]).toEqual([from.length, from.length, from.length]);
      expect(starts.at(-1)! * 2).toBe(points.length);
      // Whoever reads the parts in order knows both ends of an edge.
      expect(Math.max(-1, ...from, ...to)).toBeLessThan(seen);
    }
    expect(edges).toBe(card.edges);
    items.forEach(({ holder }, position) => expect(holder).toBeLessThan(position));
    const boxes = parts.flatMap((part) => [...part.boxes]);
    for (let i = 0; i < boxes.length; i += 4) {
      expect(boxes[i]! + boxes[i + 2]!).toBeLessThanOrEqual(card.width);
      expect(boxes[i + 1]! + boxes[i + 3]!).toBeLessThanOrEqual(card.height);
    }
  });

  it('reveals a layer that a collapsed holder hides', async () => {
    const { engine, model } = await open(vadPath('silero_vad_v5.onnx'));
    const way = (await engine.call('diagramReveal', { model, layer: 200 }))!;
    expect(way.holders.length).toBeGreaterThan(2);
    const { items, card } = await diagram(engine, model, way.holders);
    expect(items.find(({ id }) => id === way.id)?.layer).toBe(200);
    expect(card.expanded).toEqual(way.holders);
    expect(await engine.call('diagramReveal', { model, layer: 1_000_000 })).toBeNull();
  });

  it('tells metrics in the order of the items, sums of what is known for holders', async () => {
    const { engine, model } = await open(fixturePath('resnet-digits.onnx'));
    const { items, card } = await diagram(engine, model, null);
    const metric = (name: 'parameters' | 'macs' | 'zeros' | 'range' | 'time' | 'energy') =>
      engine.call('diagramMetric', { model, expanded: card.expanded, metric: name });
    const { values, least, greatest, state } = await metric('parameters');
    expect(state).toBe('known');
    const known = [...values].filter((value) => !Number.isNaN(value));
    expect([least, greatest]).toEqual([Math.min(...known), Math.max(...known)]);
    items.forEach(({ kind, expanded }, position) => {
      if (kind === 'input' || kind === 'output') expect(values[position]).toBeNaN();
      if (!expanded) return;
      const held = items.flatMap(({ holder }, child) => (holder === position ? [values[child]!] : []));
      expect(values[position]).toBe(held.reduce((sum, value) => sum + value, 0));
    });
    expect((await metric('macs')).state).toBe('known');
    expect((await metric('energy')).state).toBe('known');
    expect(await metric('time')).toMatchObject({ least: NaN, greatest: NaN, state: 'missing' });

    expect((await metric('zeros')).state).toBe('missing');
    await measureAll(engine, model);
    const zeros = await metric('zeros');
    expect(zeros.state).toBe('known');
    expect(zeros.greatest).toBeLessThanOrEqual(1);
    const range = await metric('range');
    const whole = items.findIndex(({ name }) => name === 'l');
    const inside = [...range.values].slice(whole + 1, whole + items[whole]!.nodes);
    expect(range.values[whole]).toBe(Math.max(...inside.filter((value) => !Number.isNaN(value))));
  });

  it('counts a weight once in what holds several of its readers, and shows branches as far as a screen holds them', async () => {
    const { engine, model } = await open(vadPath('silero_vad_v5.onnx'));
    const { card, items } = await diagram(engine, model, null);
    expect(card.items).toBeLessThanOrEqual(160);
    const expanded = card.expanded;
    const { values } = await engine.call('diagramMetric', { model, expanded, metric: 'parameters' });
    const opened = await engine.call('open', { path: vadPath('silero_vad_v5.onnx') });
    const holder = items.findIndex(({ op, holder: outer }) => op === 'If' && outer === -1);
    expect(values[holder]).toBe(opened.card.parameters);
  });

  it('stops when the page does not wait any more, and goes on for the next', async () => {
    const { engine, model } = await open(samplePath('lenet-5.onnx'));
    const gone = engine.call('diagram', { model, expanded: 'all' }, { signal: AbortSignal.abort() });
    await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
    expect((await diagram(engine, model, null)).items).toHaveLength(12);
  });
});
