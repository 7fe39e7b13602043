/** A quantized layer close up, in a plain browser before the product's engine. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compressModel } from '../../src/recipe/pipeline.js';
import { createRuntime } from '../../src/runtime/runtime.js';
import { expectAccessible } from './harness/accessibility.js';
import type { LiveEngine } from './standalone/liveEngine.js';
import { liveEngine } from './standalone/liveEngine.js';
import { bundlePage, openBrowser, openPage } from './standalone/page.js';
import type { ThemeName } from './standalone/themes.js';
import { themes } from './standalone/themes.js';

const root = resolve(__dirname, '../..');
let browser: Browser;
let bundle: Awaited<ReturnType<typeof bundlePage>>;
let engine: LiveEngine;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-integers-'));
  const output = join(folder, 'lenet-5-int8.onnx');
  const runtime = createRuntime({ runnerPath: join(root, 'dist/runner.js') });
  const request = {
    input: join(root, 'media/sample/lenet-5.onnx'),
    output,
    method: 'quantize',
    options: { scheme: 'dynamic' },
    data: null,
    test: null,
    maxDrop: null,
  };
  await compressModel(request, { runtime, latencySeconds: 0.05 });
  await runtime.close();
  [browser, bundle, engine] = await Promise.all([openBrowser(), bundlePage(), liveEngine(output, 'process')]);
});
afterAll(async () => {
  await Promise.all([browser.close(), engine.close()]);
  await rm(folder, { recursive: true });
});

async function withIntegers(use: (page: Page) => Promise<void>, theme: ThemeName = 'dark'): Promise<void> {
  const { page, problems } = await openPage(browser, bundle, {
    recording: engine.recording,
    engine,
    start: { page: 'layers', state: { detailOpen: true, detailTab: 'codes' } },
    theme,
    width: 1200,
  });
  try {
    await page.getByRole('textbox', { name: 'Search layers' }).fill('ConvInteger');
    await page.getByRole('grid', { name: 'Layers' }).getByText('/conv2').first().click();
    await page.locator('.parameter-sets').waitFor();
    await use(page);
    expect(problems).toEqual([]);
  } finally {
    await page.close();
  }
}

const figure = (page: Page, label: string): Promise<string | null> =>
  page.locator('.figures div', { hasText: label }).locator('dd').textContent();

describe('the integers of a quantized layer', () => {
  it('are shown with those that are not used and the parameters of their grid', () =>
    withIntegers(async (page) => {
      expect(await figure(page, 'Unused codes')).toMatch(/^\d+ of 256$/);
      expect(await figure(page, 'In use')).toMatch(/^-\d+ … \d+$/);
      expect(await page.locator('.parameter-sets').textContent()).toContain('r = S · (q - Z)');
      expect(await page.getByRole('img', { name: /^Stored integers of/ }).count()).toBe(1);
    }));

  it.each(Object.keys(themes) as ThemeName[])('can be used by all in %s', (theme) =>
    withIntegers((page) => expectAccessible(page.mainFrame()), theme),
  );
});
