/** Pages alone in a plain browser, for the tests of one file: one browser and one bundle for all of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import type { PageOptions } from './page.js';
import { bundlePage, openBrowser, openPage } from './page.js';
import type { Recording } from './recording.js';

export const recorded = (name: string): Recording =>
  JSON.parse(readFileSync(join(__dirname, '../../fixtures/pages', name), 'utf8')) as Recording;

/** Opens a page, and at the end of `use` fails on anything the page complained of. */
export type WithPage = (options: PageOptions, use: (page: Page) => Promise<void>) => Promise<void>;

export function usePages(): WithPage {
  let browser: Browser;
  let bundle: Awaited<ReturnType<typeof bundlePage>>;
  beforeAll(async () => {
    [browser, bundle] = await Promise.all([openBrowser(), bundlePage()]);
  });
  afterAll(() => browser.close());
  return async (options, use) => {
    const { page, problems } = await openPage(browser, bundle, options);
    try {
      await use(page);
      expect(problems).toEqual([]);
    } finally {
      await page.close();
    }
  };
}

/** What the page asked its host. */
export const asked = (page: Page, method: string): Promise<unknown[]> =>
  page.evaluate(
    (name) => standalone.asked.filter((call) => call.method === name).map(({ argument }) => argument),
    method,
  );

export const layerGrid = (page: Page): Locator => page.locator('.layers .split > .grid');
export const layerRow = (page: Page, text: string): Locator =>
  layerGrid(page).locator('.grid-body').filter({ hasText: text });
export const selectedRow = (page: Page): Locator => layerGrid(page).locator('[role="row"][aria-selected="true"]');
