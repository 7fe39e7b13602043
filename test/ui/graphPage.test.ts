/** The graph's page in a plain browser, before the product's engine: by mouse and by keyboard. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeLargeGraph } from '../fixtures/largeGraph.js';
import { expectAccessible } from './harness/accessibility.js';
import type { LiveEngine, PlacedItem } from './standalone/liveEngine.js';
import { liveEngine } from './standalone/liveEngine.js';
import type { PageOptions } from './standalone/page.js';
import { bundlePage, openBrowser, openPage } from './standalone/page.js';
import type { ThemeName } from './standalone/themes.js';
import { themes } from './standalone/themes.js';

const sample = join(__dirname, '../../media/sample/lenet-5.onnx');
let browser: Browser;
let bundle: Awaited<ReturnType<typeof bundlePage>>;
let lenet: LiveEngine;
let large: LiveEngine;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-graph-'));
  const path = join(folder, 'transformer.onnx');
  await writeLargeGraph(path, 'transformer', 2000);
  [browser, bundle, lenet, large] = await Promise.all([
    openBrowser(),
    bundlePage(),
    liveEngine(sample),
    liveEngine(path),
  ]);
});
afterAll(async () => {
  await Promise.all([browser.close(), lenet.close(), large.close()]);
  await rm(folder, { recursive: true });
});

/** Opens the page, and at the end of `use` fails on anything it complained of. */
async function withGraph(
  use: (page: Page) => Promise<void>,
  engine = lenet,
  options: Partial<PageOptions> = {},
): Promise<void> {
  const { page, problems } = await openPage(browser, bundle, {
    recording: engine.recording,
    engine,
    start: { page: 'graph' },
    ...options,
  });
  // What glides else arrives at once.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  try {
    await use(page);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
  }
}

const graph = (page: Page): Locator => page.getByRole('application');
const said = (page: Page): Promise<string | null> => page.locator('.graph-picture [role="status"]').textContent();
const asked = (page: Page, method: string): Promise<unknown[]> =>
  page.evaluate(
    (name) => standalone.asked.filter((call) => call.method === name).map(({ argument }) => argument),
    method,
  );
const showPage = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name, exact: true }).click();

interface View {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

/** Where the page looks from: what it keeps when it is left. */
async function viewOf(page: Page): Promise<View> {
  const read = (): Promise<View | null> =>
    page.evaluate(() => {
      window.dispatchEvent(new Event('pagehide'));
      const api = globalThis as unknown as { acquireVsCodeApi(): { getState(): { graphView?: View } | undefined } };
      return api.acquireVsCodeApi().getState()?.graphView ?? null;
    });
  await expect.poll(read).not.toBeNull();
  return (await read())!;
}

/** A point of an item, in pixels of the window; `inset` from its corner where that is given, else its middle. */
async function pointOf(
  page: Page,
  { left, top, width, height }: PlacedItem,
  inset?: number,
): Promise<[number, number]> {
  const [{ x, y, k }, box] = [await viewOf(page), (await page.locator('.graph-widget').boundingBox())!];
  const [atX, atY] = inset === undefined ? [left + width / 2, top + height / 2] : [left + inset, top + inset];
  return [box.x + x + k * atX, box.y + y + k * atY];
}

const placed = async (engine: LiveEngine, name: string): Promise<PlacedItem> => {
  const found = (await engine.diagram(null)).find(({ item }) => item.name === name || item.op === name);
  if (!found) throw new Error(`the graph shows no ${name}`);
  return found;
};

describe('the graph', () => {
  it('is drawn, named for those who cannot see it, and explains its keys', async () => {
    await withGraph(async (page) => {
      await graph(page).waitFor();
      const items = await lenet.diagram(null);
      expect(await graph(page).getAttribute('aria-label')).toContain(`${items.length} items`);
      await viewOf(page);
      const colors = await page.locator('.graph-widget canvas').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
      expect(colors).toBeGreaterThan(20);
      await expect.poll(() => page.locator('.graph-ends').textContent()).toMatch(/\d/);
    });
  });

  it('selects by a click what the other pages then show', async () => {
    await withGraph(async (page) => {
      await graph(page).waitFor();
      await page.getByRole('button', { name: 'Show the Whole Graph' }).click();
      await page.mouse.click(...(await pointOf(page, await placed(lenet, 'Gemm'))));
      const panel = page.getByRole('complementary', { name: /^Layer .*Gemm/ });
      await panel.waitFor();
      const name = (await panel.getAttribute('aria-label'))!.slice('Layer '.length);
      expect(await said(page)).toContain('Gemm');
      await showPage(page, 'Layers');
      const selected = page.getByRole('grid', { name: 'Layers' }).locator('[role="row"][aria-selected="true"]');
      await expect.poll(() => selected.textContent()).toContain(name);
    });
  });

  it('stands in the middle beside the detail too, and when it is come back to', async () => {
    await withGraph(
      async (page) => {
        await graph(page).waitFor();
        const conv = await placed(lenet, 'Conv');
        const offMiddle = async (): Promise<number> => {
          const [x] = await pointOf(page, conv);
          const box = (await page.locator('.graph-widget').boundingBox())!;
          return Math.abs(x - (box.x + box.width / 2));
        };
        await expect.poll(offMiddle).toBeLessThan(2);
        await page.mouse.click(...(await pointOf(page, conv)));
        await page.locator('.detail').waitFor();
        await expect.poll(offMiddle).toBeLessThan(2);
        await showPage(page, 'Layers');
        await page.getByRole('grid', { name: 'Layers' }).waitFor();
        await showPage(page, 'Graph');
        await graph(page).waitFor();
        await page.locator('.detail').waitFor();
        await expect.poll(offMiddle).toBeLessThan(2);
      },
      lenet,
      { width: 1200 },
    );
  });

  it('shows a node in the table by a double click', async () => {
    await withGraph(async (page) => {
      await graph(page).waitFor();
      const point = await pointOf(page, await placed(lenet, 'Conv'));
      await page.mouse.dblclick(...point);
      const selected = page.getByRole('grid', { name: 'Layers' }).locator('[role="row"][aria-selected="true"]');
      await expect.poll(() => selected.textContent()).toContain('Conv');
    });
  });

  it('is walked by keys, along the edges', async () => {
    await withGraph(async (page) => {
      await graph(page).focus();
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => said(page)).toMatch(/^Input /);
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => said(page)).toMatch(/^Conv .*1 in, 1 out$/);
      await page.keyboard.press('Enter');
      const panel = page.locator('.detail');
      await panel.waitFor();
      await expect.poll(() => panel.evaluate((element) => element === document.activeElement)).toBe(true);
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
      await expect.poll(() => graph(page).evaluate((element) => element === document.activeElement)).toBe(true);
      await page.keyboard.press('ArrowUp');
      await expect.poll(() => said(page)).toMatch(/^Input /);
      const before = await viewOf(page);
      await page.keyboard.press('+');
      await expect.poll(async () => (await viewOf(page)).k).toBeGreaterThan(before.k);
      await page.keyboard.press('0');
      await expect.poll(async () => (await viewOf(page)).k).toBeLessThanOrEqual(1);
    });
  });

  it('zooms by the wheel about the pointer, and pans by dragging', async () => {
    await withGraph(async (page) => {
      await graph(page).waitFor();
      const before = await viewOf(page);
      const box = (await page.locator('.graph-widget').boundingBox())!;
      const [x, y] = [box.x + 300, box.y + 200];
      await page.mouse.move(x, y);
      await page.mouse.wheel(0, -200);
      await expect.poll(async () => (await viewOf(page)).k).toBeGreaterThan(before.k);
      const zoomed = await viewOf(page);
      expect((300 - zoomed.x) / zoomed.k).toBeCloseTo((300 - before.x) / before.k, 3);
      await page.mouse.down();
      await page.mouse.move(x + 40, y + 25, { steps: 4 });
      await page.mouse.up();
      await expect.poll(async () => (await viewOf(page)).x).toBeCloseTo(zoomed.x + 40, 3);
      // A drag selects nothing.
      expect(await said(page)).toBe('');
    });
  });

  it('is coloured by the metric that is chosen, and says where nothing is measured', async () => {
    await withGraph(async (page) => {
      const legend = page.locator('.graph-legend');
      await expect.poll(() => legend.textContent()).toContain('401 K');
      await page.getByRole('combobox', { name: 'Colour by' }).click();
      await page.getByRole('option', { name: 'Sensitivity' }).click();
      await expect.poll(() => legend.textContent()).toBe('SensitivityNot measured yet');
    });
  });

  it('has a table behind it', async () => {
    await withGraph(async (page) => {
      await graph(page).waitFor();
      await page.getByRole('button', { name: 'As a Table' }).click();
      const table = page.getByRole('grid', { name: 'Items of the graph' });
      const items = await lenet.diagram(null);
      expect(await table.getAttribute('aria-rowcount')).toBe(String(items.length + 1));
      await table.getByText('Conv').first().click();
      await page.keyboard.press('Enter');
      await page.getByRole('complementary', { name: /Conv/ }).waitFor();
      await expectAccessible(page.mainFrame());
    });
  });

  it('is saved as SVG and as PNG', async () => {
    await withGraph(async (page) => {
      await expect.poll(() => page.locator('.graph-ends').textContent()).toMatch(/\d/);
      const saved = async (entry: string, nth: number): Promise<{ name: string; data: unknown }> => {
        await page.getByRole('button', { name: 'Export Graph' }).click();
        await page.getByRole('menuitem', { name: entry, exact: true }).click();
        await expect.poll(async () => (await asked(page, 'saveFile')).length).toBe(nth);
        return (await asked(page, 'saveFile'))[nth - 1] as { name: string; data: unknown };
      };
      const svg = await saved('As SVG…', 1);
      expect(svg.name).toBe('lenet-5.graph.svg');
      const texts = await page.evaluate((text) => {
        const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
        if (parsed.querySelector('parsererror')) throw new Error(parsed.documentElement.textContent ?? '');
        return [...parsed.querySelectorAll('text')].map(({ textContent }) => textContent);
      }, String(svg.data));
      for (const { item } of await lenet.diagram(null)) expect(texts).toContain(item.op || item.name);
      const png = await saved('What Is in Sight as PNG…', 2);
      expect(png.name).toBe('lenet-5.graph.png');
      const signature = await page.evaluate(() => {
        const { argument } = standalone.asked.findLast(({ method }) => method === 'saveFile')!;
        return Array.from((argument as { data: Uint8Array }).data.subarray(1, 4), (code) =>
          String.fromCharCode(code),
        ).join('');
      });
      expect(signature).toBe('PNG');
    });
  });

  it('says why it cannot be laid out, and tries again', async () => {
    const gone: LiveEngine = { ...lenet, connect: (page) => lenet.connect(page, ['diagram']) };
    await withGraph(async (page) => {
      await page.getByRole('button', { name: 'Try Again' }).waitFor();
      const laidOut = async (): Promise<number> => (await asked(page, 'diagram')).length;
      const before = await laidOut();
      await page.getByRole('button', { name: 'Try Again' }).click();
      await expect.poll(laidOut).toBe(before + 1);
      await expectAccessible(page.mainFrame());
    }, gone);
  });

  it('has the actions of a node in a menu, by mouse and by key', async () => {
    await withGraph(async (page) => {
      await graph(page).waitFor();
      await page.mouse.click(...(await pointOf(page, await placed(lenet, 'Conv'))), { button: 'right' });
      await page.getByRole('menuitem', { name: 'Copy Name' }).click();
      await expect.poll(() => asked(page, 'copy')).toHaveLength(1);
      await graph(page).focus();
      await page.keyboard.press('Shift+F10');
      await page.getByRole('menuitem', { name: 'Show in Layers' }).waitFor();
      await page.keyboard.press('Escape');
      await expect.poll(() => graph(page).evaluate((element) => element === document.activeElement)).toBe(true);
      await page.keyboard.press('l');
      const selected = page.getByRole('grid', { name: 'Layers' }).locator('[role="row"][aria-selected="true"]');
      await expect.poll(() => selected.textContent()).toContain('Conv');
    });
  });

  it('tells beside the pointer what an item and an edge are', async () => {
    await withGraph(async (page) => {
      await graph(page).waitFor();
      const conv = await placed(lenet, 'Conv');
      const [x, y] = await pointOf(page, conv);
      await page.mouse.move(x, y);
      await expect.poll(() => page.locator('.graph-tip').textContent()).toMatch(/^Conv.*Parameters: 520/);
      const { k } = await viewOf(page);
      await page.mouse.move(x, y + k * (conv.height / 2 + 10));
      await expect.poll(() => page.locator('.graph-tip').textContent()).toContain('Conv_output_0 float32[');
      await page.mouse.move(5, 5);
      await expect.poll(() => page.locator('.graph-tip').count()).toBe(0);
    });
  });

  it.each(Object.keys(themes) as ThemeName[])('is accessible in %s', async (theme) => {
    await withGraph(
      async (page) => {
        await graph(page).waitFor();
        await graph(page).focus();
        await page.keyboard.press('Home');
        await expectAccessible(page.mainFrame());
      },
      lenet,
      { theme },
    );
  });
});

describe('a graph of thousands of nodes', () => {
  it('opens collapsed; what is expanded stays where it was', async () => {
    await withGraph(async (page) => {
      await graph(page).waitFor();
      const collapsed = await large.diagram(null);
      const holder = collapsed.find(({ item, top }) => item.expandable && !item.expanded && top < 400)!;
      const before = await pointOf(page, holder, 10);
      await page.mouse.click(...before);
      await expect.poll(() => said(page)).toContain('expanded');
      const open = collapsed.filter(({ item }) => item.expanded).map(({ item }) => item.id);
      const after = (await large.diagram([...open, holder.item.id])).find(({ item }) => item.id === holder.item.id)!;
      const now = await pointOf(page, after, 10);
      expect(now[0]).toBeCloseTo(before[0], 0);
      expect(now[1]).toBeCloseTo(before[1], 0);
      await page.keyboard.press(' ');
      await expect.poll(() => said(page)).toContain('collapsed');
    }, large);
  });

  it('finds a layer that is collapsed', async () => {
    await withGraph(async (page) => {
      await graph(page).focus();
      await page.keyboard.press('/');
      await page.keyboard.type('layer.3 softmax');
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await expect.poll(() => said(page)).toMatch(/^Softmax/);
      await expect.poll(async () => (await viewOf(page)).k).toBeGreaterThan(0.55);
      await expect.poll(() => graph(page).evaluate((element) => element === document.activeElement)).toBe(true);
    }, large);
  });

  it('shows what is selected in the table', async () => {
    await withGraph(
      async (page) => {
        await page.locator('.grid-body').first().waitFor();
        await page.getByRole('grid', { name: 'Layers' }).focus();
        const selected = page.locator('[role="row"][aria-selected="true"]');
        await page.keyboard.press('ArrowDown');
        await selected.waitFor();
        await page.keyboard.press('End');
        await expect.poll(() => selected.textContent()).toContain('Identity');
        await showPage(page, 'Graph');
        await expect.poll(() => said(page)).toMatch(/^Identity/);
      },
      large,
      { start: { page: 'layers' } },
    );
  });

  it('expands all, and comes back', async () => {
    await withGraph(async (page) => {
      const shown = async (): Promise<number> =>
        Number(/([\d,]+) items/.exec((await graph(page).getAttribute('aria-label')) ?? '')?.[1]?.replace(',', ''));
      await graph(page).waitFor();
      const collapsed = await shown();
      await page.getByRole('button', { name: 'Expand All' }).click();
      await expect.poll(shown).toBeGreaterThan(2000);
      await page.getByRole('button', { name: 'Collapse' }).click();
      await expect.poll(shown).toBe(collapsed);
    }, large);
  });

  it('is looked over by its map', async () => {
    await withGraph(async (page) => {
      await graph(page).waitFor();
      await page.getByRole('button', { name: 'Expand All' }).click();
      const before = await viewOf(page);
      const map = (await page.locator('.graph-minimap').boundingBox())!;
      await page.mouse.move(map.x + map.width / 2, map.y + 5);
      await page.mouse.down();
      await page.mouse.move(map.x + map.width / 2, map.y + map.height - 10, { steps: 3 });
      await page.mouse.up();
      await expect.poll(async () => (await viewOf(page)).y).toBeLessThan(before.y - 500);
    }, large);
  });
});
