/** What a run costs, on the pages alone in a plain browser. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.js';
import type { PageOptions } from './standalone/page.js';
import { recorded, usePages } from './standalone/pages.js';
import type { Recording } from './standalone/recording.js';
import type { ThemeName } from './standalone/themes.js';
import { themes } from './standalone/themes.js';

const profiled = recorded('lenet-5.json');
const compressed = recorded('lenet-5-int8.json');
const slowest = profiled.layers.reduce((best, each) =>
  each.time!.milliseconds > best.time!.milliseconds ? each : best,
);

/** A model whose cost depends on its input, profiled or not. */
function open(of: Recording): Recording {
  const { card } = of.opened;
  const cost = { ...card.cost, energy: null, bitOperations: null, activationBytes: null, peakActivationBytes: null };
  return { ...of, opened: { ...of.opened, card: { ...card, macs: null, cost } } };
}

const withAny = usePages();
const withPage = (options: Partial<PageOptions>, use: (page: Page) => Promise<void>): Promise<void> =>
  withAny({ recording: profiled, ...options }, use);

const overview = { start: { page: 'overview' } } as const;
const costTable = (page: Page): Locator => page.getByRole('table', { name: 'Cost of one run' });
const figure = (page: Page, name: string): Locator =>
  costTable(page).getByRole('row', { name }).getByRole('cell').locator('.value');

describe('the cost of a run', () => {
  it('tells what is counted, measured and estimated, each in its own way', async () => {
    await withPage(overview, async (page) => {
      await costTable(page).waitFor();
      expect(await figure(page, 'MACs').textContent()).toBe('2.29 M');
      expect(await figure(page, 'Bit operations').textContent()).toBe('2.35 G');
      const peak = figure(page, 'Peak activation memory');
      expect(await peak.getAttribute('title')).toContain('at /Relu');
      const energy = figure(page, 'Energy');
      expect(await energy.textContent()).toBe('≈ 289 µJ');
      expect(await energy.getAttribute('title')).toContain('estimated');
      const time = figure(page, 'Time');
      expect(await time.getAttribute('title')).toContain('measured');
      expect(await page.locator('.cost').textContent()).toContain('95.4 % of the energy goes into DRAM');
      const bars = page.getByRole('table', { name: 'Operators by time' });
      const operators = await bars.getByRole('rowheader').allTextContents();
      expect(operators.sort()).toEqual(['Conv×2', 'Flatten×1', 'Gemm×2', 'MaxPool×2', 'conversions']);
    });
  });

  it('asks to profile where sizes are open, and shows the cost for the sizes that were run', async () => {
    await withPage({ ...overview, recording: open(compressed) }, async (page) => {
      await page.getByText('Sizes of the inputs are open').waitFor();
      expect(await costTable(page).count()).toBe(0);
      await page.getByRole('button', { name: 'Profile…' }).press('Enter');
      const commands = () => page.evaluate(() => standalone.asked.filter(({ method }) => method === 'command'));
      await expect.poll(commands).toEqual([expect.objectContaining({ argument: { command: 'profile' } })]);
    });
    await withPage({ ...overview, recording: open(profiled) }, async (page) => {
      await costTable(page).waitFor();
      expect(await page.locator('.cost').textContent()).toContain('For one sample of image 1×1×28×28.');
    });
  });

  it('shows a profile that comes while the page is there, and asks for the rows anew', async () => {
    await withPage({ recording: { ...profiled, profile: null } }, async (page) => {
      const rows = () => page.evaluate(() => standalone.asked.filter(({ method }) => method === 'layerTable').length);
      await page.getByRole('grid', { name: 'Layers', exact: true }).waitFor();
      const before = await rows();
      await page.evaluate((card) => standalone.notify({ kind: 'profiled', card }), profiled.profile!);
      await expect.poll(rows).toBeGreaterThan(before);
      await page.getByRole('tab', { name: 'Overview' }).press('Enter');
      await page.getByRole('table', { name: 'Operators by time' }).waitFor();
    });
  });
});

describe('the columns of cost', () => {
  const columns = { bitOperations: true, activationBytes: true, energy: true, time: true };

  it('tell what a layer costs, and which kernel does it', async () => {
    await withPage({ start: { state: { columns } }, width: 1600 }, async (page) => {
      const row = page.getByRole('row', { name: /\/conv2\/Conv/ });
      await row.waitFor();
      const text = await row.textContent();
      for (const part of ['1.64 G', '24.3 KB', '≈ 23.5 µJ', 'µs']) expect(text).toContain(part);
      const fused = page.getByRole('row', { name: /\/Relu / }).first();
      expect(await fused.textContent()).toContain('fused');
    });
  });

  it('sort by time, the slowest first, what is fused last', async () => {
    await withPage({ start: { state: { columns } }, width: 1600 }, async (page) => {
      await page.getByRole('columnheader', { name: 'Time' }).click();
      const names = () => page.locator('.grid-body').evaluateAll((rows) => rows.map((row) => row.textContent));
      await expect.poll(async () => (await names())[0] ?? '').toContain(slowest.card.name);
      expect((await names()).at(-1)).toContain('fused');
    });
  });
});

describe('for everyone', () => {
  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`is accessible in ${theme}, narrow and wide`, async () => {
      for (const width of [480, 1600]) {
        await withPage({ ...overview, theme, width }, async (page) => {
          await costTable(page).waitFor();
          await expectAccessible(page.mainFrame());
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
          expect(overflow).toBe(false);
        });
      }
    });
  }
});
