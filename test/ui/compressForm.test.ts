/** The form of a compression in a plain browser, before the product's engine: by mouse and by keyboard. */
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.js';
import type { LiveEngine } from './standalone/liveEngine.js';
import { liveEngine } from './standalone/liveEngine.js';
import type { PageOptions } from './standalone/page.js';
import { bundlePage, openBrowser, openPage } from './standalone/page.js';
import type { ThemeName } from './standalone/themes.js';
import { themes } from './standalone/themes.js';

const sample = join(__dirname, '../../media/sample/lenet-5.onnx');
let browser: Browser;
let bundle: Awaited<ReturnType<typeof bundlePage>>;
let engine: LiveEngine;
beforeAll(async () => {
  [browser, bundle, engine] = await Promise.all([openBrowser(), bundlePage(), liveEngine(sample, 'process')]);
});
afterAll(() => Promise.all([browser.close(), engine.close()]));

async function withForm(use: (page: Page) => Promise<void>, options: Partial<PageOptions> = {}): Promise<void> {
  const { page, problems } = await openPage(browser, bundle, {
    recording: engine.recording,
    engine,
    start: { page: 'compress' },
    ...options,
  });
  try {
    await page.locator('.preview-size').waitFor();
    await use(page);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
  }
}

const option = (page: Page, name: string): Locator => page.locator(`[data-option="${name}"]`);
const command = (page: Page): Locator => page.locator('.preview-command');

async function choose(page: Page, name: string, value: string): Promise<void> {
  await option(page, name).locator('vscode-dropdown').click();
  await page.getByRole('option', { name: value, exact: true }).click();
}

const asked = (page: Page, method: string): Promise<unknown[]> =>
  page.evaluate(
    (wanted) => standalone.asked.filter((call) => call.method === wanted).map(({ argument }) => argument),
    method,
  );

describe('the form of a compression', () => {
  it('tells size, layers and command line anew after each change, and starts just that', () =>
    withForm(async (page) => {
      const before = await page.locator('.preview-size').textContent();
      expect(before).toMatch(/^1\.73 MB → 4\d\d KB/);
      await choose(page, 'scheme', 'dynamic');
      await command(page).getByText('--set scheme=dynamic').waitFor();
      await page.getByText('Needs no data.', { exact: true }).waitFor();
      await page.locator('.preview-action').getByRole('button').click();
      await expect
        .poll(() => asked(page, 'compressWith'))
        .toEqual([{ method: 'quantize', options: { scheme: 'dynamic' } }]);
    }));

  it('marks what was changed, and takes it back', () =>
    withForm(async (page) => {
      await option(page, 'perChannel').getByRole('checkbox').click();
      await command(page).getByText('perChannel=false').waitFor();
      expect(await option(page, 'perChannel').getAttribute('class')).toContain('changed');
      await option(page, 'perChannel').getByRole('button', { name: 'Reset Per channel' }).click();
      await expect.poll(() => command(page).textContent()).toBe('--method quantize');
      expect(await page.getByRole('button', { name: 'Reset all' }).count()).toBe(0);
    }));

  it('says what is wrong in place of an effect, by keyboard alone', () =>
    withForm(async (page) => {
      await option(page, 'exclude').getByRole('textbox').focus();
      await page.keyboard.type('conv*9');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('conv*9').waitFor();
      expect(await page.locator('.preview-action').getByRole('button').isDisabled()).toBe(true);
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Delete');
      await page.keyboard.press('Enter');
      await page.locator('.preview-size').waitFor();
    }));

  it('lists the layers that stay by reason, and leads to them', () =>
    withForm(async (page) => {
      await option(page, 'exclude').getByRole('textbox').fill('*');
      await page.keyboard.press('Enter');
      const reason = page.locator('.preview-reason').first();
      await reason.locator('summary').click();
      await reason.getByRole('button').first().click();
      await page.getByRole('tab', { name: 'Layers', selected: true }).waitFor();
    }));

  it('takes over a clipping range that was set by hand', () =>
    withForm(async (page) => {
      await page.getByRole('tab', { name: 'Layers' }).click();
      await page.getByRole('grid', { name: 'Layers' }).getByText('/conv2/Conv').click();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Best (MSE)' }).click();
      await page.getByRole('button', { name: 'Compress with This Range…' }).click();
      const field = option(page, 'overrides').getByRole('textbox');
      await field.waitFor();
      expect(await field.inputValue()).toMatch(/^\{"\/conv2\/Conv":\{"weightRange":\[-0\.\d+,0\.\d+\]\}\}$/);
      await page.locator('.preview-size').waitFor();
      await expect.poll(() => command(page).textContent()).toContain('overrides=');
    }));

  it('finds options by their words', () =>
    withForm(async (page) => {
      await page.getByRole('textbox', { name: 'Search options' }).fill('zero point weights');
      await expect.poll(() => page.locator('[data-option]').count()).toBeLessThan(6);
      await option(page, 'symmetricWeights').waitFor();
    }));

  it.each(Object.keys(themes) as ThemeName[])('can be used by all in %s', (theme) =>
    withForm((page) => expectAccessible(page.mainFrame()), { theme, width: 900 }),
  );

  it('fits half an editor', () =>
    withForm(
      async (page) => {
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
        await expectAccessible(page.mainFrame());
      },
      { width: 480 },
    ));
});
