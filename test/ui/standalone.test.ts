/** The pages alone in a plain browser: what needs many sizes, themes and keys, and no VS Code. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { formatBytes } from '../../src/messages/units.js';
import { expectAccessible } from './harness/accessibility.js';
import type { PageOptions } from './standalone/page.js';
import { asked, recorded, usePages } from './standalone/pages.js';
import type { Recording } from './standalone/recording.js';
import type { ThemeName } from './standalone/themes.js';
import { themes } from './standalone/themes.js';

const sample = recorded('lenet-5.json');
const compressed = recorded('lenet-5-int8.json');
const heaviest = sample.layers.reduce(
  (best, { card }, i) => (card.bytes > sample.layers[best]!.card.bytes ? i : best),
  0,
);
const heavyLayer = { index: heaviest, name: sample.layers[heaviest]!.card.name };

/** The sample's layers over and over: a table as long as those of large models. */
function long(layerCount: number): Recording {
  const layers = Array.from({ length: layerCount }, (_, i) => {
    const { card, ...rest } = sample.layers[i % sample.layers.length]!;
    return { ...rest, card: { ...card, name: `/block${Math.floor(i / sample.layers.length)}${card.name}` } };
  });
  return { ...sample, layers, details: [], opened: { ...sample.opened, layerCount } };
}

const withAny = usePages();
const withPage = (options: Partial<PageOptions>, use: (page: Page) => Promise<void>): Promise<void> =>
  withAny({ recording: sample, ...options }, use);

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Layers', exact: true });
const bodyRows = (page: Page): Locator => grid(page).locator('.grid-body');
const selected = (page: Page): Locator => grid(page).locator('[role="row"][aria-selected="true"]');
const detailState = { selection: heavyLayer, position: heaviest, detailOpen: true };
const figure = (page: Page, label: string): Locator =>
  page.locator('.clipping .figures > div').filter({ hasText: label }).locator('dd');

describe('the layer table', () => {
  it('is drawn before any weight is measured, and does not move when the statistics come', async () => {
    await withPage({ holdStatistics: true }, async (page) => {
      await bodyRows(page)
        .nth(sample.layers.length - 1)
        .waitFor();
      expect(await page.locator('.sparkline').count()).toBe(0);
      const boxes = (): Promise<unknown[]> =>
        page
          .locator('.grid-body .grid-cell, h1, .tab, .toolbar > *')
          .evaluateAll((cells) => cells.map((cell) => JSON.stringify(cell.getBoundingClientRect())));
      const before = await boxes();
      await page.evaluate(() => standalone.measure());
      const measured = sample.layers.filter(({ summary }) => summary !== null).length;
      await expect.poll(() => page.locator('.sparkline').count()).toBe(measured);
      expect(await boxes()).toEqual(before);
    });
  });

  it.each([
    ['Home', 0],
    ['End', 999],
    ['ArrowDown', 500],
    ['PageUp', 500],
  ])('begins, where nothing is selected and row 500 is the first in sight, with %s at row %i', async (key, row) => {
    await withPage({ recording: long(1000) }, async (page) => {
      await bodyRows(page).first().waitFor();
      expect(await selected(page).count()).toBe(0);
      await grid(page).focus();
      await grid(page).evaluate((element) => (element.scrollTop = 500 * 22));
      await page.locator('[aria-rowindex="502"]').waitFor();
      await page.keyboard.press(key);
      await expect.poll(() => selected(page).getAttribute('aria-rowindex')).toBe(String(row + 2));
    });
  });

  it('is walked by keys', async () => {
    await withPage({ recording: long(1000) }, async (page) => {
      await bodyRows(page).first().waitFor();
      await grid(page).focus();
      const at = async (): Promise<number> =>
        (await selected(page).count()) === 0 ? -1 : Number(await selected(page).getAttribute('aria-rowindex')) - 2;
      // The row that a key leads to may still have to be fetched.
      const press = async (key: string, row: number): Promise<void> => {
        await page.keyboard.press(key);
        await expect.poll(at).toBe(row);
      };
      await press('ArrowDown', 0);
      await press('ArrowDown', 1);
      await press('End', 999);
      await expect.poll(async () => (await selected(page).textContent()) ?? '').toContain('/block99');
      await page.keyboard.press('PageUp');
      await expect.poll(at).toBeLessThan(990);
      await press('PageDown', 999);
      await press('Home', 0);
      await press('ArrowUp', 0);
      const active = await grid(page).getAttribute('aria-activedescendant');
      await expect
        .poll(() => page.locator(`[id="${active}"]`).textContent())
        .toBe(`/block0${sample.layers[0]!.card.name}`);
      await page.keyboard.press('/');
      await page.keyboard.type('fc1 block42');
      await expect.poll(() => grid(page).getAttribute('aria-rowcount')).toBe('2');
      // From the search field into the table, to its one row, into its detail.
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => grid(page).evaluate((element) => element === document.activeElement)).toBe(true);
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => selected(page).textContent()).toContain('/block42');
      await page.keyboard.press('Enter');
      await page.getByRole('complementary', { name: 'Layer /block42/fc1' }).waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.detail').waitFor({ state: 'detached' });
      await expect.poll(() => grid(page).evaluate((element) => element === document.activeElement)).toBe(true);
    });
  });

  it('sorts by the column at hand', async () => {
    await withPage({}, async (page) => {
      await bodyRows(page).first().waitFor();
      await grid(page).focus();
      const header = page.getByRole('columnheader', { name: 'Params' });
      const headers = grid(page).getByRole('columnheader');
      const params = (await headers.allTextContents()).findIndex((title) => title.startsWith('Params'));
      for (let column = 1; column <= params; column++) {
        await page.keyboard.press('ArrowRight');
        await expect.poll(() => headers.nth(column).getAttribute('class')).toContain('current');
      }
      await page.keyboard.press('s');
      await expect.poll(() => header.getAttribute('aria-sort')).toBe('descending');
      await expect.poll(() => bodyRows(page).first().textContent()).toContain(heavyLayer.name);
      await header.click();
      await expect.poll(() => header.getAttribute('aria-sort')).toBe('ascending');
      await header.click();
      await expect.poll(() => header.getAttribute('aria-sort')).toBe('none');
      await expect.poll(() => bodyRows(page).first().textContent()).toContain(sample.layers[0]!.card.name);
    });
  });

  it('draws only what is in sight of 8,000 rows, and asks only for that', async () => {
    await withPage({ recording: long(8000) }, async (page) => {
      await bodyRows(page).first().waitFor();
      await expect.poll(() => grid(page).getAttribute('aria-rowcount')).toBe('8001');
      for (const part of [0.25, 0.5, 0.75, 1]) {
        await grid(page).evaluate((element, share) => element.scrollTo(0, element.scrollHeight * share), part);
        await expect.poll(() => page.locator('.grid-cell.pending').count()).toBe(0);
        expect(await bodyRows(page).count()).toBeLessThan(80);
      }
      await bodyRows(page).filter({ hasText: '/block799' }).first().waitFor();
      const rows = (await asked(page, 'layers')) as { start: number; end: number }[];
      expect(rows.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThan(1500);
    });
  });

  it('is found where it was left', async () => {
    await withPage({ recording: long(1000) }, async (page) => {
      await bodyRows(page).first().click();
      await grid(page).evaluate((element) => element.scrollTo(0, 9000));
      await page.locator('[aria-rowindex="420"]').waitFor();
      await page.getByRole('tab', { name: 'Overview' }).click();
      await page.locator('.overview').waitFor();
      await page.getByRole('tab', { name: 'Layers' }).click();
      await page.locator('[aria-rowindex="420"]').waitFor();
      await expect.poll(() => grid(page).evaluate((element) => element.scrollTop)).toBe(9000);
      await grid(page).focus();
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => grid(page).evaluate((element) => element.scrollTop)).toBeLessThan(100);
    });
  });

  it('says what a search finds, and offers a way back from nothing', async () => {
    await withPage({}, async (page) => {
      await bodyRows(page).first().waitFor();
      const search = page.getByRole('textbox', { name: 'Search layers' });
      await search.fill('conv');
      await expect.poll(() => page.locator('.row-count').textContent()).toBe(`2 of ${sample.layers.length} layers`);
      await search.fill('nothing of the kind');
      await page.getByText('No layer matches “nothing of the kind”.').waitFor();
      await page.getByRole('button', { name: 'Show All Layers' }).click();
      await expect.poll(() => bodyRows(page).count()).toBe(sample.layers.length);
    });
  });

  it('copies exact values', async () => {
    await withPage({}, async (page) => {
      await bodyRows(page).filter({ hasText: heavyLayer.name }).click();
      await page.locator('.sparkline').first().waitFor();
      await page.keyboard.press('Control+c');
      await expect.poll(async () => (await asked(page, 'copy')).length).toBe(1);
      const [{ text }] = (await asked(page, 'copy')) as [{ text: string }];
      expect(text.split('\t')).toContain(sample.layers[heaviest]!.card.parameters.toLocaleString('en'));
    });
  });

  it('remembers what was chosen', async () => {
    await withPage({}, async (page) => {
      await bodyRows(page).filter({ hasText: heavyLayer.name }).click();
      await expect
        .poll(async () => (await asked(page, 'writeState')).at(-1))
        .toMatchObject({ state: { page: 'layers', selection: heavyLayer } });
    });
    const query = { search: '', sortBy: 'bytes', descending: true, weightsOnly: true };
    await withPage({ start: { state: { ...detailState, query, position: 0 } } }, async (page) => {
      await expect.poll(() => selected(page).textContent()).toContain(heavyLayer.name);
      await expect.poll(() => selected(page).getAttribute('aria-rowindex')).toBe('2');
      await page.getByRole('complementary', { name: `Layer ${heavyLayer.name}` }).waitFor();
    });
  });
});

describe('the clipping range', () => {
  const low = (page: Page): Locator => page.getByRole('slider', { name: 'Lower end of the clipping range' });
  const high = (page: Page): Locator => page.getByRole('slider', { name: 'Upper end of the clipping range' });
  const value = async (handle: Locator): Promise<number> => Number(await handle.getAttribute('aria-valuenow'));
  const asymmetric = { ...detailState, clipping: { bits: 8, symmetric: false, perChannel: false } };

  it('follows the pointer', async () => {
    await withPage({ start: { state: asymmetric } }, async (page) => {
      await high(page).waitFor();
      const whole = await value(high(page));
      const lower = await value(low(page));
      const box = (await high(page).boundingBox())!;
      await page.mouse.move(box.x + box.width / 2, box.y + 40);
      await page.mouse.down();
      await page.mouse.move(box.x - 60, box.y + 40, { steps: 5 });
      await expect.poll(() => value(high(page))).toBeLessThan(whole * 0.9);
      expect(await value(high(page))).toBeGreaterThan(0);
      expect(await value(low(page))).toBe(lower);
      await page.mouse.move(box.x - 5000, box.y + 40);
      await expect.poll(() => value(high(page))).toBe(0);
      await page.mouse.up();
      await page.mouse.move(box.x - 20, box.y + 40);
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => value(high(page))).toBeCloseTo((whole - lower) / 200, 9);
      await expect.poll(() => figure(page, 'Clipped').textContent()).not.toBe('≈ 0.0 %');
      await expect.poll(async () => (await asked(page, 'writeState')).length).toBeGreaterThan(0);
    });
  });

  it('follows keys, in small steps and large ones', async () => {
    await withPage({ start: { state: asymmetric } }, async (page) => {
      await high(page).focus();
      const start = await value(high(page));
      const step = (start - (await value(low(page)))) / 200;
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => value(high(page))).toBeCloseTo(start - step, 9);
      await page.keyboard.press('Shift+ArrowLeft');
      await expect.poll(() => value(high(page))).toBeCloseTo(start - 11 * step, 9);
      expect(await high(page).getAttribute('aria-valuetext')).toMatch(/of the weights clipped$/);
      await page.keyboard.press('End');
      await expect.poll(() => value(high(page))).toBe(start);
    });
  });

  it('is mirrored where it is symmetric', async () => {
    await withPage({ start: { state: detailState } }, async (page) => {
      await low(page).focus();
      const start = await value(low(page));
      await page.keyboard.press('Shift+ArrowRight');
      await expect.poll(() => value(low(page))).toBeGreaterThan(start);
      await expect.poll(() => value(high(page))).toBe(-(await value(low(page))));
    });
  });

  it('changes the figures with the bits, and the best range has the best of them', async () => {
    await withPage(
      { start: { state: { ...detailState, clipping: { bits: 4, symmetric: true, perChannel: false } } } },
      async (page) => {
        const sqnr = async (): Promise<number> =>
          parseFloat((await figure(page, 'SQNR').textContent())!.replace('≈', ''));
        await figure(page, 'SQNR').waitFor();
        const whole = await sqnr();
        await page.getByRole('button', { name: 'Best (MSE)' }).click();
        await expect.poll(sqnr).toBeGreaterThan(whole);
        await page.getByRole('button', { name: 'Min–Max' }).click();
        await expect.poll(sqnr).toBe(whole);
        await page.getByRole('combobox', { name: 'Bit width' }).click();
        await page.getByRole('option', { name: '8 bits' }).click();
        await expect.poll(sqnr).toBeGreaterThan(whole + 12);
      },
    );
  });

  it('has tables behind its charts', async () => {
    await withPage({ start: { state: detailState } }, async (page) => {
      await page.getByText('As a table').first().click();
      const weights = sample.details.find(({ layer }) => layer === heaviest)!.statistics.count;
      await page.locator('details .plain tbody tr').first().waitFor();
      const counts = await page
        .locator('details .plain tbody td:nth-child(3) .value')
        .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-exact')!.replaceAll(',', ''))));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(weights);
      await page.getByRole('tab', { name: 'Channels' }).click();
      await page.getByText('As a table').click();
      await page.getByRole('grid', { name: 'Ranges of the channels' }).waitFor();
    });
  });
});

describe('the sides of a layer', () => {
  const side = (page: Page, name: string): Locator => page.locator('.detail').getByRole('tab', { name });

  it('are walked by arrows, and the chosen one is remembered', async () => {
    await withPage({ start: { state: detailState } }, async (page) => {
      await side(page, 'Weights').focus();
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => side(page, 'Activations').or(side(page, 'Channels')).first().isVisible()).toBe(true);
      await page.keyboard.press('End');
      await expect.poll(() => side(page, 'Channels').getAttribute('aria-selected')).toBe('true');
      await page.getByRole('tabpanel', { name: 'Channels' }).locator('.channel-plot').waitFor();
      await expectAccessible(page.mainFrame());
      await expect
        .poll(async () => (await asked(page, 'writeState')).at(-1))
        .toMatchObject({ state: { detailTab: 'channels' } });
      await page.keyboard.press('Home');
      await page.getByRole('tabpanel', { name: 'Weights' }).locator('.histogram').waitFor();
    });
  });

  it('stay from layer to layer, and say where there is nothing', async () => {
    await withPage({ start: { state: { ...detailState, detailTab: 'channels' } } }, async (page) => {
      await page.locator('.channel-plot').waitFor();
      const idle = sample.layers.find(({ card }) => card.weights.length === 0)!.card.name;
      await bodyRows(page).filter({ hasText: idle }).first().click();
      await page.getByText('This layer has no weights.').waitFor();
      expect(await side(page, 'Channels').getAttribute('aria-selected')).toBe('true');
    });
  });
});

describe('the columns', () => {
  const titles = (page: Page): Promise<string[]> =>
    grid(page)
      .locator('[role="columnheader"]')
      .evaluateAll((cells) => cells.map((cell) => cell.textContent ?? ''));

  it('are hidden and shown by a menu, and the choice is remembered', async () => {
    await withPage({ width: 480 }, async (page) => {
      await bodyRows(page).first().waitFor();
      expect(await titles(page)).not.toContain('MACs');
      await page.getByRole('button', { name: 'Columns' }).click();
      const entry = (name: string): Locator => page.getByRole('menuitemcheckbox', { name, exact: true });
      await expectAccessible(page.mainFrame());
      await entry('Parameters').click();
      await expect.poll(() => titles(page)).not.toContain('Params');
      expect(await entry('Parameters').getAttribute('aria-checked')).toBe('false');
      await entry('MACs per sample').click();
      await entry('MACs per sample').click();
      await page.keyboard.press('Escape');
      // By hand it is there however narrow the table is.
      await expect.poll(() => titles(page)).toContain('MACs');
      await expect
        .poll(async () => (await asked(page, 'writeState')).at(-1))
        .toMatchObject({ state: { columns: { parameters: false, macs: true } } });
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByRole('menuitem', { name: 'Reset Columns' }).click();
      await expect.poll(() => titles(page)).toContain('Params');
    });
  });
});

describe('the comparison', () => {
  const compare = { recording: compressed, start: { page: 'compare' } } as const;

  it('gives the totals of both models as the report has them', async () => {
    await withPage({ ...compare, width: 1600 }, async (page) => {
      const { before, after, agreement } = compressed.report!;
      const line = async (id: string): Promise<string[]> =>
        page.locator(`[data-line="${id}"] tr:first-child > *`).allTextContents();
      await page.locator('.totals').waitFor();
      expect((await line('bytes')).slice(0, 3)).toEqual([
        'File size',
        formatBytes(before.bytes),
        formatBytes(after.bytes),
      ]);
      expect((await line('accuracy')).slice(1, 3)).toEqual(
        [before, after].map(({ accuracy }) => `${(accuracy! * 100).toFixed(2)} %`),
      );
      expect((await line('sqnr'))[2]).toBe(`${agreement!.sqnrDb.toFixed(1)} dB`);
      expect(await page.locator('[data-line="accuracy"] .measured').count()).toBe(2);
    });
  });

  it('matches the layers, with what was done or why nothing was', async () => {
    await withPage({ ...compare, width: 1600 }, async (page) => {
      const layers = page.getByRole('grid', { name: 'Layers of both models' });
      await layers.locator('.grid-body').first().waitFor();
      const { layer, choice } = compressed.report!.applied[0]!;
      const row = layers.locator('.grid-body').filter({ hasText: layer }).first();
      await expect.poll(() => row.textContent()).toContain(choice);
      await page.getByRole('checkbox', { name: 'Changed only' }).click();
      const changed = compressed.comparison!.pairs.filter(({ status }) => status !== 'same').length;
      await expect.poll(async () => Number(await layers.getAttribute('aria-rowcount'))).toBeGreaterThan(changed);
      await page.getByRole('button', { name: 'Copy as Command' }).click();
      await page.getByRole('button', { name: 'Copy Report' }).click();
      await expect
        .poll(() => asked(page, 'command'))
        .toEqual([{ command: 'copyAsCommand' }, { command: 'copyReport' }]);
    });
  });

  it('lays the weights of a layer over each other, by the keyboard and as a table', async () => {
    await withPage({ ...compare, width: 1600 }, async (page) => {
      const layers = page.getByRole('grid', { name: 'Layers of both models' });
      await layers.locator('.grid-body').first().waitFor();
      await layers.focus();
      await page.keyboard.press('Home');
      const { weights, pairs } = compressed.comparison!;
      const panel = page.getByRole('complementary', { name: `Weights of ${pairs[0]!.b}` });
      await panel.getByRole('img', { name: /^Histograms of the weights in both models/ }).waitFor();
      expect(await panel.locator('path.original, path.outlined-bars').count()).toBe(2);
      expect(await panel.locator('.legend li').allTextContents()).toEqual([
        expect.stringContaining('float32'),
        expect.stringContaining('int8'),
      ]);
      expect(await panel.locator('.errors dd').first().textContent()).toBe(`${pairs[0]!.error!.sqnrDb.toFixed(1)} dB`);
      await panel.getByText('As a table').click();
      const cells = panel.locator('.plain tbody .value');
      await cells.first().waitFor();
      const counts = await cells.evaluateAll((found) =>
        found.map((cell) => Number(cell.getAttribute('data-exact')!.replaceAll(',', ''))),
      );
      const elements = weights[0]!.a!.shape.reduce((product, size) => product * size, 1);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2 * elements);
      await expectAccessible(page.mainFrame());

      await layers.focus();
      await page.keyboard.press('ArrowDown');
      await page.getByRole('complementary').getByText('This layer has no weights.').waitFor();
      await page.getByRole('button', { name: 'Close' }).press('Escape');
      await page.locator('.weights').waitFor({ state: 'detached' });
      await expect.poll(() => layers.evaluate((element) => element === document.activeElement)).toBe(true);
    });
  });

  it('shows where the error arises, and walks along the graph by the keyboard', async () => {
    await withPage({ ...compare, width: 1600 }, async (page) => {
      const { errors, pairs } = compressed.comparison!;
      const measured = pairs.filter(({ activations }) => activations);
      const chart = page.getByRole('slider', { name: 'SQNR along the graph' });
      await chart.locator('path.error-local').waitFor();
      expect(await chart.getAttribute('aria-valuemax')).toBe(String(measured.length));
      await page.getByText(`Most error arises in ${errors!.worstLayer}`).waitFor();
      await page.locator('p').getByRole('button', { name: errors!.worstLayer! }).click();
      await page.getByRole('complementary', { name: `Weights of ${errors!.worstLayer}` }).waitFor();

      await chart.focus();
      await page.keyboard.press('Home');
      const [first, second] = measured;
      await page.getByRole('complementary', { name: `Weights of ${first!.b}` }).waitFor();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('complementary', { name: `Weights of ${second!.b}` }).waitFor();
      await expect.poll(() => chart.getAttribute('aria-valuetext')).toContain(`${second!.b}: local `);
      const selected = page.getByRole('grid', { name: 'Layers of both models' }).locator('.selected');
      expect(await selected.textContent()).toContain(second!.b!);

      await page.getByText('As a table').first().click();
      const rows = page.getByRole('table', { name: 'SQNR along the graph' }).locator('tbody tr');
      await expect.poll(() => rows.count()).toBe(measured.length);
      expect(await rows.first().textContent()).toContain(`${first!.activations!.localSqnrDb!.toFixed(1)} dB`);
      const disagreements = page.getByRole('table', { name: 'Samples on which they disagree' });
      await expect.poll(() => disagreements.locator('tbody tr').count()).toBe(errors!.disagreements!.worst.length);
      await expectAccessible(page.mainFrame());

      await page.getByRole('button', { name: 'Measure Errors…' }).click();
      await expect.poll(() => asked(page, 'command')).toEqual([{ command: 'measureErrors' }]);
      await page.getByRole('tab', { name: 'Layers' }).click();
      await expect.poll(() => page.locator('.grid-body.selected').textContent()).toContain(second!.b!);
    });
  });

  it('comes to the layer that is selected elsewhere', async () => {
    const last = compressed.comparison!.pairs.at(-1)!;
    const selection = { index: last.index.b!, name: last.b! };
    const start = { page: 'compare', state: { selection } } as const;
    await withPage({ ...compare, start, width: 1600 }, async (page) => {
      await page.getByRole('complementary', { name: `Weights of ${last.b}` }).waitFor();
    });
  });

  it('has as many columns as fit, those of the errors first', async () => {
    for (const [width, fits] of [
      [480, false],
      [620, true],
      [1120, true],
      [1440, true],
      [1600, true],
    ] as const) {
      await withPage({ ...compare, width }, async (page) => {
        const layers = page.getByRole('grid', { name: 'Layers of both models' });
        await layers.locator('.grid-body').first().waitFor();
        await page.getByRole('slider', { name: 'SQNR along the graph' }).waitFor();
        expect(await layers.evaluate((grid) => grid.scrollWidth - grid.clientWidth)).toBe(0);
        expect(await layers.getByRole('columnheader', { name: 'Cumul.' }).count()).toBe(fits ? 1 : 0);
      });
    }
  });

  it('keeps the row in sight that the panel would cover', async () => {
    await withPage({ ...compare, width: 480 }, async (page) => {
      const layers = page.getByRole('grid', { name: 'Layers of both models' });
      await layers.locator('.grid-body').last().click();
      await page.locator('.weights').waitFor();
      const covered = async (): Promise<number> => {
        const row = (await layers.locator('.selected').boundingBox())!;
        return row.y + row.height - (await page.locator('.weights').boundingBox())!.y;
      };
      await expect.poll(covered).toBeLessThan(1);
    });
  });

  it('says where there is nothing to compare', async () => {
    await withPage({ start: { page: 'compare' } }, async (page) => {
      await page.getByText('Nothing to compare yet').waitFor();
      await page.getByRole('button', { name: 'Compare With…' }).click();
      await expect.poll(() => asked(page, 'command')).toEqual([{ command: 'compareWith' }]);
    });
  });
});

describe('the overview', () => {
  it('lists findings, and shows their layers', async () => {
    await withPage({ start: { page: 'overview' } }, async (page) => {
      const { layer } = sample.findings[0]!;
      await page
        .getByRole('button', { name: `Show ${layer}` })
        .first()
        .click();
      await expect.poll(() => selected(page).textContent()).toContain(layer);
      await expect.poll(() => page.getByRole('tab', { name: 'Layers' }).getAttribute('aria-selected')).toBe('true');
    });
  });

  it('lets one finding stand for many that say the same', async () => {
    const { message, ...rest } = sample.findings[0]!;
    const alike = ['a', 'b', 'c', 'd'].map((layer) => ({
      ...rest,
      layer,
      message: { ...message, params: { ...message.params, layer } },
    }));
    await withPage({ recording: { ...sample, findings: alike }, start: { page: 'overview' } }, async (page) => {
      const shown = page.getByRole('button', { name: /^Show [a-d]$/ });
      await page.getByRole('button', { name: '3 more like this' }).click();
      await expect.poll(() => shown.count()).toBe(4);
      await page.getByRole('button', { name: 'Show less' }).click();
      await expect.poll(() => shown.count()).toBe(1);
    });
  });

  it('shows where the bytes lie, the largest first', async () => {
    await withPage({ start: { page: 'overview' } }, async (page) => {
      const bars = page.getByRole('table', { name: 'Layers by bytes' });
      await bars.waitFor();
      expect(await bars.locator('tr').first().textContent()).toContain(heavyLayer.name);
      await bars.getByRole('button', { name: heavyLayer.name }).click();
      await expect.poll(() => selected(page).textContent()).toContain(heavyLayer.name);
    });
  });
});

describe('jobs and failures', () => {
  const title = { id: 'page.compress', params: {} };
  const failure = { code: 'engine.died', params: { detail: 'SIGKILL' }, message: '', mend: '' };

  it('show stage and fraction, and can be cancelled, without moving the page', async () => {
    await withPage({}, async (page) => {
      await bodyRows(page).first().waitFor();
      const top = async (): Promise<number> => (await grid(page).boundingBox())!.y;
      const before = await top();
      const progress = { stage: { id: 'evaluate.stage.quality', params: {} }, fraction: 0.43 };
      await page.evaluate((job) => standalone.notify({ kind: 'job', job }), { id: 7, title, progress });
      await page.getByRole('progressbar', { name: 'Compress…' }).waitFor();
      expect(await page.locator('.job-fraction').textContent()).toBe('43 %');
      expect(await top()).toBe(before);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await expect.poll(() => asked(page, 'cancelJob')).toEqual([{ id: 7 }]);
      await page.evaluate((ended) => standalone.notify({ kind: 'job-ended', ...ended }), { id: 7, title });
      await page.locator('.job-status').waitFor({ state: 'detached' });
    });
  });

  it('offer to run a failed job again', async () => {
    await withPage({}, async (page) => {
      await bodyRows(page).first().waitFor();
      await page.evaluate((ended) => standalone.notify({ kind: 'job-ended', ...ended }), { id: 7, title, failure });
      await page.getByText('The Tare engine ended unexpectedly (SIGKILL).').waitFor();
      await page.getByRole('button', { name: 'Run Again' }).click();
      await expect.poll(() => asked(page, 'runAgain')).toEqual([{ id: 7 }]);
    });
  });

  it('say why a model does not open, and offer to reload', async () => {
    const refused = { code: 'x', params: {}, message: 'This is no model.', mend: 'Choose another file.' };
    await withPage({ failure: refused }, async (page) => {
      await page.getByText('This is no model.').waitFor();
      await expectAccessible(page.mainFrame());
      await page.getByRole('button', { name: 'Reload' }).click();
      await expect.poll(() => asked(page, 'command')).toEqual([{ command: 'reload' }]);
    });
  });

  it('tell that the file changed, and keep the selection', async () => {
    await withPage({ start: { state: detailState } }, async (page) => {
      await selected(page).waitFor();
      const start = {
        opened: sample.opened,
        state: detailState,
        page: null,
        against: null,
        jobs: [],
        translations: {},
      };
      const why = { id: 'page.job.cancelled', params: { job: 'x' } };
      await page.evaluate((notice) => standalone.notify({ kind: 'reopened', ...notice }), { start, why });
      await page.getByText('x: cancelled.').waitFor();
      await expect.poll(() => selected(page).textContent()).toContain(heavyLayer.name);
    });
  });
});

const sizes = [480, 900, 1600];
const views: Readonly<Record<string, Partial<PageOptions>>> = {
  overview: { start: { page: 'overview' } },
  layers: {},
  detail: { start: { state: detailState } },
  channels: { start: { state: { ...detailState, detailTab: 'channels' } } },
  grouped: { start: { state: { query: { groupBy: 'op', unfolded: ['Conv'] } } } },
  compare: { recording: compressed, start: { page: 'compare' } },
};

describe.each(Object.keys(themes) as ThemeName[])('in %s colours', (theme) => {
  it.each(Object.keys(views))('%s is accessible', async (view) => {
    await withPage({ ...views[view], theme }, async (page) => {
      await settled(page);
      await expectAccessible(page.mainFrame());
    });
  });
});

describe.each(sizes)('at %d pixels', (width) => {
  it.each(Object.keys(views))('%s fits', async (view) => {
    await withPage({ ...views[view], width }, async (page) => {
      await settled(page);
      expect(await page.evaluate(sticksOut)).toEqual([]);
      if (view !== 'detail') return;
      expect(await page.locator('.split').getAttribute('class')).toContain(width < 700 ? 'below' : 'beside');
    });
  });
});

/** What reaches beyond the window's right edge and is not clipped on the way. */
function sticksOut(): string[] {
  const clips = (element: Element): boolean =>
    getComputedStyle(element).overflowX !== 'visible' && element.getBoundingClientRect().right <= innerWidth + 1;
  const isClipped = (element: Element): boolean => {
    for (let outer = element.parentElement; outer && outer !== document.body; outer = outer.parentElement) {
      if (clips(outer)) return true;
    }
    return false;
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !isClipped(element))
    .map((element) => `${element.tagName}.${element.className}`);
}

it('stands still where less motion is wanted', async () => {
  await withPage({}, async (page) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.locator('.sparkline').first().waitFor();
    const durations = await page
      .locator('.grid *, .job-line *')
      .evaluateAll((elements) => elements.map((element) => parseFloat(getComputedStyle(element).animationDuration)));
    expect(Math.max(0, ...durations)).toBeLessThan(0.001);
  });
});

/** Nothing is loading or measuring any more. */
async function settled(page: Page): Promise<void> {
  await page.locator('.page').waitFor();
  await expect.poll(() => page.locator('.loading, .bars-pending, .detail-pending, .stale, .pending').count()).toBe(0);
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
}
