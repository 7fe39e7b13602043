import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.js';
import type { Theme } from './harness/appearance.js';
import { screenshot, themes, useTheme } from './harness/appearance.js';
import { compressByMenu, explorerMenu, frame, openEditor, tab } from './harness/editor.js';
import { killAll, killEngines } from './harness/process.js';
import { useWorkbench } from './harness/workbench.js';

const workbench = useWorkbench();
const page = () => frame(workbench().page);
const clipboard = () => workbench().page.evaluate(() => navigator.clipboard.readText());

describe('compressing from the explorer', () => {
  const running = () => page().getByRole('progressbar', { name: 'Compressing lenet-5.onnx' });
  const again = () => page().getByRole('button', { name: 'Run Again' });
  const models = () => readdirSync(workbench().folder).filter((name) => name.endsWith('.onnx'));

  it('says that its runner died, and offers to run again', async () => {
    const { page: window, folder } = workbench();
    const opened = await openEditor(window, 'lenet-5.onnx');
    // The first page of a window may take longer to come than the whole compression.
    await opened.getByRole('heading', { name: 'lenet-5.onnx' }).waitFor();
    const original = readFileSync(join(folder, 'lenet-5.onnx'));
    await compressByMenu(window, 'lenet-5.onnx');
    await running().waitFor();
    // One that is idle when it is killed is missed by nobody.
    await expect.poll(() => (killAll('runner'), again().isVisible())).toBe(true);
    await page()
      .getByText(/The process that runs the model ended \(signal SIGKILL/)
      .waitFor();
    expect(readFileSync(join(folder, 'lenet-5.onnx')).equals(original)).toBe(true);
    expect(models()).toEqual(['lenet-5.onnx']);
    await expect.poll(() => readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  it('survives the death of its engine, says so, and goes to its end when it is run again', async () => {
    const { page: window, folder } = workbench();
    const original = readFileSync(join(folder, 'lenet-5.onnx'));
    await again().click();
    await running().waitFor();
    killEngines();
    await again().waitFor();
    expect(readFileSync(join(folder, 'lenet-5.onnx')).equals(original)).toBe(true);
    expect(models()).toEqual(['lenet-5.onnx']);
    await again().click();
    await tab(window, 'lenet-5.int8.onnx').waitFor();
    expect(readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  it('ends on the comparison of both models', async () => {
    const totals = page().getByRole('table', { name: 'Totals of both models' });
    await totals.waitFor();
    const size = await totals.getByRole('row', { name: /File size/ }).textContent();
    expect(Number(/0\.\d+/.exec(size ?? '')?.[0])).toBeLessThan(0.27);
    expect(await totals.textContent()).toMatch(/Accuracy.*2,000 samples .* lost, \d+ won/);
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
});
