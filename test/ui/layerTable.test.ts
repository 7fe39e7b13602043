/** Groups, columns and menus of the layer table, by mouse and by keyboard. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/compress/method.js';
import { expectAccessible } from './harness/accessibility.js';
import { asked, layerGrid, layerRow, recorded, selectedRow, usePages } from './standalone/pages.js';

const withPage = usePages();
const sample = recorded('lenet-5.json');

/** The sample's layers in blocks of scopes. */
const scoped = {
  ...sample,
  layers: Array.from({ length: 60 }, (_, i) => {
    const { card, ...rest } = sample.layers[i % sample.layers.length]!;
    return { ...rest, card: { ...card, name: `/encoder/block${Math.floor(i / 10)}${card.name}` } };
  }),
  details: [],
  opened: { ...sample.opened, layerCount: 60 },
};

const state = (query: Record<string, Json>): { state: Json } => ({ state: { query } });
const row = layerRow;
const level = async (locator: Locator): Promise<number> => Number(await locator.first().getAttribute('aria-level'));
const active = async (page: Page): Promise<string> =>
  (await layerGrid(page).locator('.grid-body.active').textContent()) ?? '';

describe('groups', () => {
  it('gather layers by operator, with totals, and open by the mouse', async () => {
    await withPage({ recording: sample }, async (page) => {
      await row(page, 'conv1').waitFor();
      await page.getByRole('combobox', { name: 'Group by' }).click();
      await page.getByRole('option', { name: 'By operator' }).click();
      await expect.poll(() => row(page, 'Gemm').count()).toBe(1);
      expect(await layerGrid(page).getAttribute('role')).toBe('treegrid');
      const gemm = sample.layers.filter(({ card }) => card.op === 'Gemm');
      const macs = gemm.reduce((sum, { card }) => sum + card.macs!, 0);
      const bytes = gemm.reduce((sum, { card }) => sum + card.bytes, 0);
      const tooltips = await row(page, 'Gemm')
        .locator('.grid-cell')
        .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('title')));
      expect(tooltips[0]).toContain(`${gemm.length} layers, ${bytes.toLocaleString('en')} bytes`);
      expect(macs).toBeGreaterThan(0);
      await row(page, 'Gemm').click();
      await row(page, gemm[0]!.card.name).waitFor();
      expect(await level(row(page, gemm[0]!.card.name))).toBe(2);
      expect(await row(page, 'Gemm').first().getAttribute('aria-expanded')).toBe('true');
      // A group is no layer: nothing is selected by it.
      expect(await selectedRow(page).count()).toBe(0);
      await expectAccessible(page.mainFrame());
      await expect
        .poll(async () => (await asked(page, 'writeState')).at(-1))
        .toMatchObject({ state: { query: { groupBy: 'op', unfolded: ['Gemm'] } } });
    });
  });

  it('are walked as a tree by keys', async () => {
    await withPage({ recording: scoped, start: state({ groupBy: 'scope' }) }, async (page) => {
      await row(page, 'encoder').waitFor();
      await layerGrid(page).focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowRight');
      await row(page, 'block3').waitFor();
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => active(page)).toContain('block0');
      await page.keyboard.press('Enter');
      await row(page, '/encoder/block0/conv1').waitFor();
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => selectedRow(page).textContent()).toContain('/encoder/block0/conv1');
      // To what holds it, folded, and to what holds that.
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => active(page)).toContain('block010');
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => row(page, 'conv1').count()).toBe(0);
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => active(page)).toContain('encoder');
    });
  });

  it('stand open around what a search finds', async () => {
    await withPage({ recording: scoped, start: state({ groupBy: 'scope' }) }, async (page) => {
      await page.getByRole('textbox', { name: 'Search layers' }).fill('block4 fc1');
      await row(page, '/encoder/block4/fc1').waitFor();
    });
  });
});

it('unfolds the groups around a layer that is shown from elsewhere', async () => {
  const query = { groupBy: 'scope' };
  const start = { page: 'overview' as const, ...state(query) };
  await withPage({ recording: scoped, start }, async (page) => {
    const bars = page.getByRole('table', { name: 'Layers by bytes' });
    await bars.locator('button', { hasText: '/encoder/block5/fc1/' }).click();
    await expect.poll(() => selectedRow(page).textContent()).toContain('/encoder/block5/fc1/');
    expect(await level(selectedRow(page))).toBe(3);
  });
});

describe('the menu of a row', () => {
  const entry = (page: Page, name: string): Locator => page.getByRole('menuitem', { name });

  it('copies the name and saves the tensor, by the mouse', async () => {
    await withPage({ recording: sample }, async (page) => {
      await row(page, '/conv2/').click({ button: 'right' });
      await entry(page, 'Copy Name').waitFor();
      await expectAccessible(page.mainFrame());
      expect(await selectedRow(page).textContent()).toContain('conv2');
      await entry(page, 'Copy Name').click();
      const conv2 = sample.layers.find(({ card }) => card.name.includes('conv2'))!.card;
      await expect.poll(() => asked(page, 'copy')).toEqual([{ text: conv2.name }]);
      await row(page, '/conv2/').click({ button: 'right' });
      await entry(page, 'Export Tensor').click();
      const weight = conv2.weights.reduce((a, b) => (b.bytes > a.bytes ? b : a)).name;
      const layer = sample.layers.findIndex(({ card }) => card === conv2);
      await expect
        .poll(() => asked(page, 'exportFile'))
        .toEqual([{ request: { what: 'tensor', layer, weight, real: false } }]);
    });
  });

  it('opens by the keyboard, stays within the window, and gives the focus back', async () => {
    await withPage({ recording: sample, width: 480, height: 400 }, async (page) => {
      await row(page, 'conv1').click();
      await page.keyboard.press('End');
      await expect.poll(() => selectedRow(page).textContent()).toContain('fc2');
      await page.keyboard.press('Shift+F10');
      await entry(page, 'Show Detail').waitFor();
      const box = (await page.getByRole('menu').boundingBox())!;
      expect(box.y + box.height).toBeLessThanOrEqual(400);
      await page.keyboard.press('Escape');
      await page.getByRole('menu').waitFor({ state: 'detached' });
      await expect.poll(() => layerGrid(page).evaluate((grid) => grid === document.activeElement)).toBe(true);
      await page.keyboard.press('Shift+F10');
      await page.keyboard.press('Enter');
      const detail = page.getByRole('complementary', { name: 'fc2' });
      await detail.waitFor();
      await expect.poll(() => detail.evaluate((element) => element === document.activeElement)).toBe(true);
    });
  });
});

describe('the columns', () => {
  it('of what is measured sort the table', async () => {
    const start = { state: { columns: { std: true, zeros: true, channelRatio: true } } };
    await withPage({ recording: sample, width: 1600, start }, async (page) => {
      await page.locator('.sparkline').first().waitFor();
      await page.getByRole('columnheader', { name: 'Std.' }).click();
      const widest = sample.layers.reduce((a, b) => ((b.summary?.std ?? 0) > (a.summary?.std ?? 0) ? b : a));
      await expect.poll(() => layerGrid(page).locator('.grid-body').first().textContent()).toContain(widest.card.name);
    });
  });

  it('scroll sideways where there are more than fit, and follow the keyboard', async () => {
    const columns = Object.fromEntries(
      ['shape', 'macs', 'dtype', 'min', 'max', 'std', 'zeros', 'channelRatio'].map((id) => [id, true]),
    );
    await withPage({ recording: sample, width: 480, start: { state: { columns } } }, async (page) => {
      await row(page, 'conv1').click();
      for (let i = 0; i < 12; i += 1) await page.keyboard.press('ArrowRight');
      const last = page.getByRole('columnheader', { name: 'Histogram' });
      await expect.poll(async () => ((box) => box!.x + box!.width)(await last.boundingBox())).toBeLessThanOrEqual(480);
      for (let i = 0; i < 12; i += 1) await page.keyboard.press('ArrowLeft');
      await expect.poll(() => layerGrid(page).evaluate((grid) => grid.scrollLeft)).toBe(0);
    });
  });
});

it('saves the table as it is sorted and filtered', async () => {
  const query = { search: 'conv', sortBy: 'bytes', descending: true, weightsOnly: true };
  await withPage({ recording: sample, start: state({ ...query, groupBy: 'op' }) }, async (page) => {
    await page.getByRole('button', { name: 'Export Layers' }).click();
    await page.getByRole('menuitem', { name: 'As CSV…' }).click();
    await expect.poll(() => asked(page, 'exportFile')).toEqual([{ request: { what: 'layers', format: 'csv', query } }]);
  });
});
