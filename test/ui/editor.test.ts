import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.js';
import type { Theme } from './harness/appearance.js';
import { screenshot, themes, useTheme } from './harness/appearance.js';
import { closeTab, frame, openEditor, runCommand, tab } from './harness/editor.js';
import { killEngines } from './harness/process.js';
import { useWorkbench } from './harness/workbench.js';

const workbench = useWorkbench();
const page = () => frame(workbench().page);
const showPage = (name: string) => page().getByRole('tab', { name }).click();
const rows = () => page().locator('.grid-body');
const row = (name: string) => page().locator('.grid-body', { hasText: name });
const selected = () => page().locator('.grid-body[aria-selected="true"] .grid-cell').first();

async function text(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? '';
}

describe('the editor of a model', () => {
  it('opens by a double click and says what the model is', async () => {
    const opened = await openEditor(workbench().page, 'lenet-5.onnx');
    await opened.getByRole('heading', { name: 'lenet-5.onnx' }).waitFor();
    await opened.getByText('431 K parameters').waitFor();
    expect(await opened.getByRole('tab').allTextContents()).toEqual([
      'Overview',
      'Layers',
      'Graph',
      'Compress',
      'Compare',
    ]);
  });

  it('lists the layers with their statistics', async () => {
    await showPage('Layers');
    const grid = page().getByRole('grid');
    await row('/conv1/Conv').waitFor();
    expect(await grid.getAttribute('aria-rowcount')).toBe(String((await rows().count()) + 1));
    // Each of the four layers with weights gets its histogram when it has been measured.
    for (const name of ['/conv1/Conv', '/conv2/Conv', '/fc1/Gemm', '/fc2/Gemm']) {
      await row(name).locator('svg').waitFor();
      expect(await text(row(name).locator('.numeric').first())).toMatch(/\d/);
    }
  });

  it('is worked by the keyboard', async () => {
    const { page: window } = workbench();
    const grid = page().getByRole('grid');
    await grid.focus();
    await window.keyboard.press('Home');
    const first = await text(selected());
    await window.keyboard.press('ArrowDown');
    await expect.poll(() => text(selected())).not.toBe(first);
    await window.keyboard.press('ArrowUp');
    await expect.poll(() => text(selected())).toBe(first);

    await window.keyboard.press('/');
    await window.keyboard.type('fc');
    await expect.poll(() => rows().count()).toBe(2);
    await grid.focus();
    await window.keyboard.press('Home');
    await window.keyboard.press('Enter');
    await page()
      .getByRole('complementary', { name: /Layer .*fc1/ })
      .waitFor();
  });

  it('tells what a clipping range costs while it is moved', async () => {
    const figures = page().getByRole('region', { name: 'Clipping range' });
    const handle = page().getByRole('slider', { name: 'Upper end of the clipping range' });
    await figures.waitFor();
    await handle.focus();
    const before = { value: await handle.getAttribute('aria-valuenow'), figures: await text(figures) };
    for (let press = 0; press < 5; press++) await workbench().page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(() => handle.getAttribute('aria-valuenow')).not.toBe(before.value);
    await expect.poll(() => text(figures)).not.toBe(before.figures);
    expect(Number(await handle.getAttribute('aria-valuenow'))).toBeLessThan(Number(before.value));
  });

  it('keeps what was chosen while it is hidden', async () => {
    const { page: window } = workbench();
    await runCommand(window, 'File: New Untitled Text File');
    await tab(window, 'Untitled-1').waitFor();
    await window.locator('iframe.webview.ready').waitFor({ state: 'hidden' });
    await tab(window, 'lenet-5.onnx').click();
    await page()
      .getByRole('complementary', { name: /Layer .*fc1/ })
      .waitFor();
    await closeTab(window, 'Untitled-1');
  });

  it('shows the selected layer in the graph, and what is selected there in the table', async () => {
    const { page: window } = workbench();
    await showPage('Graph');
    const graph = page().getByRole('application', { name: /^Graph of the model/ });
    const said = () => text(page().locator('.graph-picture [role="status"]'));
    const detail = (name: RegExp) => page().getByRole('complementary', { name });
    await expect.poll(said).toMatch(/^Gemm fc1/);
    await detail(/Layer .*fc1/).waitFor();

    await graph.focus();
    await window.keyboard.press('ArrowUp');
    await expect.poll(said).toMatch(/^Flatten/);
    await detail(/Layer .*Flatten/).waitFor();
    // The search that hides its row ends.
    await showPage('Layers');
    await expect.poll(() => text(selected())).toContain('Flatten');

    await showPage('Graph');
    const box = (await graph.boundingBox())!;
    const before = await said();
    await page().getByRole('button', { name: 'Show the Whole Graph' }).click();
    // The graph is one column: from its middle upwards there is a node within a few steps.
    for (let up = 0; (await said()) === before; up += 12) {
      expect(up).toBeLessThan(box.height / 2);
      await graph.click({ position: { x: box.width / 2, y: box.height / 2 - up } });
    }
    await detail(/Layer /).waitFor();
    const layer = ((await detail(/Layer /).getAttribute('aria-label')) ?? '').replace('Layer ', '');
    await showPage('Layers');
    await expect.poll(() => text(selected())).toContain(layer);
  });

  it('has a menu of its own on a row', async () => {
    const { page: window } = workbench();
    await row('/fc1/Gemm').click({ button: 'right' });
    await page().getByRole('menuitem', { name: 'Copy Name' }).click();
    await expect.poll(() => window.evaluate(() => navigator.clipboard.readText())).toBe('/fc1/Gemm');
    expect(await window.locator('.monaco-menu').count()).toBe(0);
  });

  it('asks only what is left to decide where a finding is mended', async () => {
    const { page: window } = workbench();
    await showPage('Overview');
    await page()
      .getByRole('button', { name: /^Mend / })
      .first()
      .click();
    const question = window.locator('.quick-input-widget', { hasText: 'calibrate on which data?' });
    await question.waitFor();
    expect(await question.textContent()).toContain('1/2');
    await window.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });
    await showPage('Layers');
  });

  it('shows the same model in two editors side by side', async () => {
    const { page: window } = workbench();
    await tab(window, 'lenet-5.onnx').click();
    await runCommand(window, 'View: Split Editor Right');
    await frame(window, 1).getByRole('heading', { name: 'lenet-5.onnx' }).waitFor();
    await runCommand(window, 'View: Close Editor');
    await expect.poll(() => window.locator('iframe.webview.ready').count()).toBe(1);
  });

  it.each(Object.keys(themes) as Theme[])('is accessible and legible in %s', async (theme) => {
    await useTheme(workbench(), theme);
    for (const name of ['Overview', 'Layers', 'Graph', 'Compare']) {
      await showPage(name);
      await page().getByRole('tabpanel', { name }).waitFor();
      if (name === 'Layers') await row('/fc1/Gemm').locator('svg').waitFor();
      await expectAccessible(page());
      await screenshot(workbench(), `lenet-5-${name.toLowerCase()}-${theme}`);
    }
  });

  it('says that its engine died, and goes on with a new one', async () => {
    await showPage('Layers');
    await row('/fc1/Gemm').waitFor();
    killEngines();
    await page().getByText('The Tare engine ended unexpectedly and was started again.').waitFor();
    await row('/fc1/Gemm').locator('svg').waitFor();
  });

  it('says that the file changed on disk', async () => {
    // A field that no schema knows: number 4000, the empty string.
    appendFileSync(join(workbench().folder, 'lenet-5.onnx'), Buffer.from([0x82, 0xfa, 0x01, 0x00]));
    await page().getByText('The file changed on disk.').waitFor();
    await row('/fc1/Gemm').waitFor();
  });
});
