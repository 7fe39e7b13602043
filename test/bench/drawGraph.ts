/**
 * The graph's page in headless Chromium, with the engine in a process of its own: from the page's question to the first
 * full paint, frames a second while it pans and zooms, and the longest that its main thread was taken; for graphs of
 * 8,000 nodes, as they open and with everything expanded. Beside it: frames a second of an empty page.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { formatInteger, formatSeconds } from '../../src/messages/units.js';
import type { LargeGraphKind } from '../fixtures/largeGraph.js';
import { writeLargeGraph } from '../fixtures/largeGraph.js';
import { scratchFolder } from '../rig/folders.js';
import type { LiveEngine } from '../ui/standalone/liveEngine.js';
import { liveEngine } from '../ui/standalone/liveEngine.js';
import { bundlePage, openBrowser, openPage } from '../ui/standalone/page.js';
import type { LongestTask } from './mainThread.js';
import { longestTask } from './mainThread.js';
import { median } from './processFigures.js';

const repeats = 5;
const nodes = 8000;
/** Frames of each motion that are counted. */
const frames = 60;

interface Figures {
  readonly items: number;
  readonly paint: number;
  readonly zoomRate: number;
  readonly panRate: number;
  readonly longest: LongestTask;
}

export async function drawGraph(): Promise<void> {
  const folder = scratchFolder('graph');
  const [browser, bundle] = await Promise.all([openBrowser(), bundlePage()]);
  try {
    console.log(`drawing a graph of ${formatInteger(nodes)} nodes, median of ${repeats}, in turn:`);
    console.log(`  frames a second of an empty page    ${(await emptyRate(browser)).toFixed(1)}`);
    for (const kind of ['transformer', 'residual'] as const) {
      const path = join(folder, `${kind}.onnx`);
      await writeLargeGraph(path, kind, nodes);
      const opened: Figures[] = [];
      const expanded: Figures[] = [];
      for (let round = 0; round < repeats; round++) {
        // An engine keeps its layouts: each round has a new one.
        const engine = await liveEngine(path, 'process');
        const { page } = await openPage(browser, bundle, options(engine));
        try {
          await page.evaluate(watch);
          opened.push(await measure(browser, page, () => page.getByRole('tab', { name: 'Graph' }).click()));
          expanded.push(await measure(browser, page, () => page.getByRole('button', { name: 'Expand All' }).click()));
        } finally {
          await page.close();
          await engine.close();
        }
      }
      print(kind, 'as it opens', opened);
      print(kind, 'all expanded', expanded);
    }
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const options = (engine: LiveEngine) =>
  ({ engine, recording: engine.recording, start: { page: 'layers' }, width: 1280, height: 800 }) as const;

function print(kind: LargeGraphKind, how: string, rounds: readonly Figures[]): void {
  const of = (pick: (figures: Figures) => number): number => median(rounds.map(pick));
  const longest = (kind: keyof LongestTask): string =>
    Math.max(...rounds.map((figures) => figures.longest[kind])).toFixed(0);
  console.log(`  ${kind}, ${how}: ${formatInteger(rounds[0]!.items)} items`);
  console.log(`    asked to painted                  ${formatSeconds(of(({ paint }) => paint) / 1000)} (bar: 2 s)`);
  console.log(`    frames a second, zooming          ${of(({ zoomRate }) => zoomRate).toFixed(1)} (bar: 30)`);
  console.log(`    frames a second, panning          ${of(({ panRate }) => panRate).toFixed(1)} (bar: 30)`);
  console.log(`    longest task of all rounds        ${longest('wall')} ms (bar: 100 ms)`);
  console.log(`      of that on the processor        ${longest('processor')} ms`);
}

declare global {
  var graphWatch: {
    label(): string;
    rateOf(act: (frame: number) => void, frames: number): Promise<number>;
  };
}

/** Runs in the page: counts frames, and reads how many items it shows. */
const watch = `globalThis.graphWatch = {
  label: () => document.querySelector('.graph-widget')?.getAttribute('aria-label') ?? '',
  async rateOf(act, frames) {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    const began = performance.now();
    for (let i = 0; i < frames; i++) {
      act(i);
      await frame();
    }
    return (1000 * frames) / (performance.now() - began);
  },
};`;

async function emptyRate(browser: Browser): Promise<number> {
  const page = await browser.newPage();
  try {
    await page.evaluate(watch);
    return await page.evaluate((count) => graphWatch.rateOf(() => {}, count), frames);
  } finally {
    await page.close();
  }
}

/** What it takes until the layout that `ask` brings about is on the screen, and how it moves then. */
async function measure(browser: Browser, page: Page, ask: () => Promise<void>): Promise<Figures> {
  const before = await page.evaluate(() => standalone.asked.length);
  const move = (how: Motion): Promise<number> => page.evaluate(rateWhile, { how, frames });
  let figures: Omit<Figures, 'longest'> | undefined;
  const longest = await longestTask(browser, page, async () => {
    await ask();
    const { items, paint } = await page.evaluate(painted, before);
    // Close by, from afar, and on the way there and back: the slower of each two counts.
    const near = await move('pan');
    const out = await move('zoom out');
    const far = await move('pan');
    const back = await move('zoom in');
    figures = { items, paint, zoomRate: Math.min(out, back), panRate: Math.min(near, far) };
  });
  return { ...figures!, longest };
}

/** In the page: waits until the answer to the first question after `before` was drawn. */
async function painted(before: number): Promise<{ items: number; paint: number }> {
  const old = graphWatch.label();
  while (graphWatch.label() === old) await new Promise((resolve) => requestAnimationFrame(resolve));
  // The canvas is drawn in the frame that follows.
  for (let i = 0; i < 2; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  const { at } = standalone.asked.slice(before).find(({ method }) => method === 'diagram')!;
  return {
    items: Number(/([\d,]+) items/.exec(graphWatch.label())![1]!.replaceAll(',', '')),
    paint: performance.now() - at,
  };
}

type Motion = 'zoom out' | 'zoom in' | 'pan';

/** In the page: turns the wheel once a frame. */
async function rateWhile({ how, frames }: { how: Motion; frames: number }): Promise<number> {
  const canvas = document.querySelector('.graph-widget canvas')!;
  return graphWatch.rateOf((frame) => {
    const along = frame < frames / 2 ? 1 : -1;
    const wheel =
      how === 'pan'
        ? { shiftKey: true, deltaX: 12 * along, deltaY: 8 * along }
        : { deltaY: how === 'zoom out' ? 30 : -30 };
    const place = { clientX: 600, clientY: 400, bubbles: true, cancelable: true };
    canvas.dispatchEvent(new WheelEvent('wheel', { ...place, ...wheel }));
  }, frames);
}
