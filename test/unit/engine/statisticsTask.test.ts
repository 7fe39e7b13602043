import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StatisticsTask } from '../../../src/engine/statisticsTask.js';
import type { StatisticsEvent, WeightSummary } from '../../../src/protocol/engineService.js';

const summary = (min: number): WeightSummary => ({
  min,
  max: 1,
  mean: 0,
  std: 1,
  zeros: 0,
  channelRatio: null,
  histogram: [],
});

/** A measurement that a test lets go on, layer by layer. */
function gated() {
  const begun: number[] = [];
  const waiting: (() => void)[] = [];
  const measure = (index: number) => {
    begun.push(index);
    return new Promise<WeightSummary>((resolve) => waiting.push(() => resolve(summary(index))));
  };
  const step = async () => {
    waiting.shift()?.();
    await new Promise(setImmediate);
  };
  return { begun, measure, step };
}

const live = () => new AbortController();

describe('measuring a model', () => {
  it('measures each layer once and tells every listener of all, whoever comes and goes', async () => {
    type Step = 'measure' | { listen: number[] } | { leave: number };
    const steps: fc.Arbitrary<Step[]> = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constant('measure' as const) },
        fc.record({ listen: fc.array(fc.nat({ max: 11 }), { maxLength: 4 }) }),
        fc.record({ leave: fc.nat({ max: 4 }) }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 10 }), fc.integer({ min: 1, max: 3 }), steps, async (count, lanes, script) => {
        const gate = gated();
        const layers = Array.from({ length: count }, (_, i) => i);
        const task = new StatisticsTask(layers, new Map([[0, summary(0)]]), gate.measure, lanes);
        const listeners: { seen: Map<number, number>; controller: AbortController; end: Promise<string> }[] = [];
        const listen = (first: number[]) => {
          const seen = new Map<number, number>();
          const controller = live();
          const emit = ({ rows }: StatisticsEvent) =>
            rows.forEach(({ index }) => seen.set(index, (seen.get(index) ?? 0) + 1));
          const end = task.listen(first, emit, controller.signal).then(
            () => 'all',
            () => 'left',
          );
          listeners.push({ seen, controller, end });
        };
        for (const step of script) {
          if (step === 'measure') await gate.step();
          else if ('listen' in step) listen(step.listen);
          else listeners[step.leave]?.controller.abort();
        }
        listen([]);
        while (!task.complete) await gate.step();
        for (const { end, seen } of listeners) {
          if ((await end) === 'all') {
            const known = [...new Set([...layers, 0])].sort((a, b) => a - b);
            expect([...seen.keys()].sort((a, b) => a - b)).toEqual(known);
          }
          expect([...seen.values()].every((times) => times === 1)).toBe(true);
        }
        expect(await listeners.at(-1)!.end).toBe('all');
        expect(gate.begun.slice().sort((a, b) => a - b)).toEqual(layers.slice(1));
      }),
      { numRuns: 100 },
    );
  });

  it('measures first what the latest listener sees', async () => {
    const gate = gated();
    const task = new StatisticsTask([0, 1, 2, 3, 4, 5], new Map(), gate.measure);
    const all = task.listen([3], () => undefined, live().signal);
    await gate.step();
    const scrolled = task.listen([5, 4], () => undefined, live().signal);
    for (let i = 0; i < 6; i++) await gate.step();
    await Promise.all([all, scrolled]);
    expect(gate.begun).toEqual([3, 0, 5, 4, 1, 2]);
  });

  it('measures as many layers at once as it is told, and no layer twice', async () => {
    const gate = gated();
    const task = new StatisticsTask([0, 1, 2, 3], new Map(), gate.measure, 3);
    const all = task.listen([2], () => undefined, live().signal);
    expect(gate.begun).toEqual([2, 0, 1]);
    await gate.step();
    expect(gate.begun).toEqual([2, 0, 1, 3]);
    for (let i = 0; i < 3; i++) await gate.step();
    await all;
    expect(gate.begun).toHaveLength(4);
  });

  it('goes on where it was for a listener who scrolls: cancels and comes back', async () => {
    const gate = gated();
    const task = new StatisticsTask([0, 1], new Map(), gate.measure);
    const before = live();
    const cancelled = task.listen([], () => undefined, before.signal);
    before.abort();
    await expect(cancelled).rejects.toBeDefined();
    const after = task.listen([1], () => undefined, live().signal);
    await gate.step();
    await gate.step();
    await after;
    expect(gate.begun).toEqual([0, 1]);
  });

  it('tells every listener when measuring fails, and tries that layer again for the next', async () => {
    let broken = true;
    const task = new StatisticsTask([0], new Map(), () =>
      broken ? Promise.reject(new Error('the file changed')) : Promise.resolve(summary(0)),
    );
    await expect(task.listen([], () => undefined, live().signal)).rejects.toThrow('the file changed');
    broken = false;
    await task.listen([], () => undefined, live().signal);
    expect(task.summaries.size).toBe(1);
  });

  it('sends rows by the hundred, not one event a layer', async () => {
    const layers = Array.from({ length: 1000 }, (_, i) => i);
    const task = new StatisticsTask(layers, new Map(), (index) => Promise.resolve(summary(index)));
    const events: StatisticsEvent[] = [];
    await task.listen([], (event) => events.push(event), live().signal);
    expect(events.flatMap(({ rows }) => rows)).toHaveLength(1000);
    expect(Math.max(...events.map(({ rows }) => rows.length))).toBeLessThanOrEqual(256);
    expect(events.length).toBeLessThan(100);
    expect(events.at(-1)!.fraction).toBe(1);
  });

  it('stops reading when the model is closed', async () => {
    let stopped = false;
    const task = new StatisticsTask(
      [0],
      new Map(),
      (_, signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            stopped = true;
            reject(signal.reason);
          }),
        ),
    );
    const listening = task.listen([], () => undefined, live().signal);
    const refused = expect(listening).rejects.toBeDefined();
    await task.close();
    await refused;
    expect(stopped).toBe(true);
  });
});
