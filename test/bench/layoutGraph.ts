/**
 * From an open model of 8,000 nodes to a picture, without the time to draw it: the hierarchy, the layout, the edges.
 * Beside it one call of dagre on 300 nodes of the same chain, as a viewer without frames would make on far more.
 */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { LayoutPool } from '../../src/engine/layoutPool.js';
import { inferShapes } from '../../src/graph/inferShapes.js';
import { layersOf } from '../../src/graph/layers.js';
import { Diagram } from '../../src/inspect/diagram/diagram.js';
import type { LaidOutDiagram } from '../../src/inspect/diagram/diagram.js';
import { layoutRows } from '../../src/inspect/diagram/rows.js';
import { formatSeconds } from '../../src/messages/units.js';
import type { LargeGraphKind } from '../fixtures/largeGraph.js';
import { largeGraph } from '../fixtures/largeGraph.js';
import { root } from '../rig/folders.js';
import { median } from './processFigures.js';

const repeats = 5;
const nodes = 8000;
const pool = new LayoutPool(join(root, 'dist/layoutWorker.js'));

export async function layoutGraph(): Promise<void> {
  console.log(
    `layout of graphs of ${nodes.toLocaleString('en')} nodes, median of ${repeats} (bar: 2 s to the first picture)`,
  );
  for (const kind of ['transformer', 'residual', 'irregular'] as const) await layoutOf(kind);
  const reference = median(Array.from({ length: repeats }, () => rowsOfChain(300)));
  await pool.close();
  console.log(`  one call of dagre on 300 nodes of a residual chain  ${seconds(reference)}`);
}

async function layoutOf(kind: LargeGraphKind): Promise<void> {
  const model = largeGraph(kind, nodes);
  const layers = layersOf(model);
  const shapes = inferShapes(model);
  const figures = { first: [] as number[], one: [] as number[], all: [] as number[], longest: [] as number[] };
  let [first, all]: (LaidOutDiagram | undefined)[] = [];
  for (let round = 0; round < repeats; round++) {
    const turns = new Turns();
    const rest = () => turns.next();
    const means = { layOutRows: pool.layOutRows, lanes: pool.lanes, rest };
    const start = performance.now();
    const diagram = await Diagram.of(model, layers, shapes, rest);
    first = await diagram.layOut(null, means);
    figures.first.push(performance.now() - start);
    const closed = first.shown.find(({ expandable, expanded }) => expandable && !expanded)!;
    figures.one.push(await timeOf(() => diagram.layOut([...first!.expanded, closed.id], means)));
    figures.all.push(await timeOf(async () => (all = await diagram.layOut('all', means))));
    figures.longest.push(turns.end());
  }
  const row = (what: string, values: readonly number[], picture?: LaidOutDiagram) => {
    const counts = picture ? ` (${picture.shown.length - 1} items, ${picture.edges.length} edges)` : '';
    console.log(`  ${kind.padEnd(12)} ${what.padEnd(38)} ${seconds(median(values))}${counts}`);
  };
  row('first picture', figures.first, first);
  row('one more item expanded', figures.one);
  row('everything expanded', figures.all, all);
  row('longest wait of another call', figures.longest);
}

/** How long others had to wait for their turn while the engine works. */
class Turns {
  longest = 0;
  #last = performance.now();
  readonly #clock = setInterval(() => this.#look(), 1);

  /** As the engine does. */
  async next(): Promise<void> {
    await setImmediate();
  }

  end(): number {
    this.#look();
    clearInterval(this.#clock);
    return this.longest;
  }

  #look(): void {
    const now = performance.now();
    this.longest = Math.max(this.longest, now - this.#last);
    this.#last = now;
  }
}

function rowsOfChain(count: number): number {
  const links = Array.from({ length: count - 1 }, (_, i): [number, number] => [i, i + 1]);
  for (let i = 7; i < count; i += 7) links.push([i - 7, i]);
  const start = performance.now();
  layoutRows({
    sizes: Array.from({ length: count }, () => ({ width: 128, height: 44 })),
    links,
    entries: [],
    exits: [],
  });
  return performance.now() - start;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const seconds = (milliseconds: number) => formatSeconds(milliseconds / 1000);
