import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.js';
import type { Theme } from './harness/appearance.js';
import { screenshot, themes, useTheme } from './harness/appearance.js';
import { explorerMenu, explorerRow, frame, notification, openEditor, tab } from './harness/editor.js';
import { killEngines } from './harness/process.js';
import { useWorkbench } from './harness/workbench.js';

const workbench = useWorkbench();
const page = () => frame(workbench().page);
const clipboard = () => workbench().page.evaluate(() => navigator.clipboard.readText());
const question = (title: string) => workbench().page.locator('.quick-input-widget', { hasText: title });

/** Right-click, Compress…, and Enter to each of the three questions. */
async function compressByMenu(): Promise<void> {
  const { page: window } = workbench();
  await explorerMenu(window, ['lenet-5.onnx'], 'Compress Model');
  for (const title of ['what do you want?', 'calibrate on which data?', 'Name of the new file']) {
    await question(title).waitFor();
    await window.keyboard.press('Enter');
  }
}

describe('compressing from the explorer', () => {
  beforeEach(async () => {
    await explorerRow(workbench().page, 'lenet-5.onnx').waitFor();
  });

  it('survives the death of its engine, says so, and offers to run again', async () => {
    const { page: window, folder } = workbench();
    await openEditor(window, 'lenet-5.onnx');
    const original = readFileSync(join(folder, 'lenet-5.onnx'));
    await compressByMenu();
    await page().getByRole('progressbar', { name: 'Compressing lenet-5.onnx' }).waitFor();
    killEngines();
    const again = page().getByRole('button', { name: 'Run Again' });
    await again.waitFor();
    expect(readdirSync(folder).filter((name) => name.endsWith('.onnx'))).toEqual(['lenet-5.onnx']);
    expect(readFileSync(join(folder, 'lenet-5.onnx')).equals(original)).toBe(true);
    await again.click();
    await tab(window, 'lenet-5.int8.onnx').waitFor();
    expect(readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  it('ends on the comparison of both models', async () => {
    const totals = page().getByRole('table', { name: 'Totals of both models' });
    await totals.waitFor();
    const size = await totals.getByRole('row', { name: /File size/ }).textContent();
    expect(Number(/0\.\d+/.exec(size ?? '')?.[0])).toBeLessThan(0.27);
    expect(await totals.getByRole('row', { name: /^Accuracy/ }).textContent()).toContain('2,000');
    for (const measure of ['Top-1 agreement', 'SQNR', 'Cosine similarity', 'Latency']) {
      expect(await totals.getByRole('row', { name: new RegExp(measure) }).textContent()).toMatch(/\d/);
    }
    await page().getByText('Accuracy, agreement and latency were measured on the test data.').waitFor();
    await page().getByRole('grid', { name: 'Layers of both models' }).getByText('/fc1/Gemm').first().waitFor();
  });

  it.each(Object.keys(themes) as Theme[])('is accessible and legible in %s', async (theme) => {
    await useTheme(workbench(), theme);
    await expectAccessible(page());
    await screenshot(workbench(), `lenet-5-compressed-${theme}`);
  });

  it('copies the command line and the report', async () => {
    await page().getByRole('button', { name: 'Copy as Command' }).click();
    await expect.poll(clipboard).toMatch(/compress .*lenet-5\.onnx.* -o .*lenet-5\.int8\.onnx/);
    await page().getByRole('button', { name: 'Copy Report' }).click();
    await expect.poll(clipboard).toContain('lenet-5.int8.onnx, compressed by Tare');
  });

  it('compares two files that are selected together', async () => {
    const { page: window } = workbench();
    await tab(window, 'lenet-5.int8.onnx').click({ button: 'middle' });
    await explorerMenu(window, ['lenet-5.onnx', 'lenet-5.int8.onnx'], 'Compare With');
    await tab(window, 'lenet-5.int8.onnx').waitFor();
    await page().getByRole('table', { name: 'Totals of both models' }).waitFor();
  });

  it('can be cancelled where the editor is not in sight', async () => {
    const { page: window, folder } = workbench();
    for (const name of ['lenet-5.int8.onnx', 'lenet-5.onnx']) {
      for (const each of await tab(window, name).all()) await each.click({ button: 'middle' });
    }
    await compressByMenu();
    const running = notification(window, 'Compressing lenet-5.onnx');
    await running.getByRole('button', { name: 'Cancel' }).click();
    await running.waitFor({ state: 'detached' });
    expect(existsSync(join(folder, 'lenet-5.int8-2.onnx'))).toBe(false);
  });
});
