/** Exports from the pages to files, by the save dialog of a real VS Code. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { frame, openEditor, runCommand } from './harness/editor.js';
import { useWorkbench } from './harness/workbench.js';

const workbench = useWorkbench();
const page = () => frame(workbench().page);
const dialog = () => workbench().page.locator('.quick-input-widget input[type="text"]');

async function choose(menu: string, entry: string): Promise<void> {
  await page().getByRole('button', { name: menu }).click();
  await page().getByRole('menuitem', { name: entry, exact: true }).click();
}

/** Takes the name that the dialog proposes; what was written there. */
async function take(name: string): Promise<Buffer> {
  const path = join(workbench().folder, name);
  await expect.poll(() => dialog().inputValue()).toBe(path);
  await workbench().page.keyboard.press('Enter');
  // It is there whole or not at all.
  await expect.poll(() => existsSync(path)).toBe(true);
  await dialog().waitFor({ state: 'hidden' });
  return readFileSync(path);
}

it('saves the table of layers, a tensor, a picture and the whole inspection beside the model', async () => {
  const { page: window } = workbench();
  const opened = await openEditor(window, 'lenet-5.onnx');
  await opened.getByRole('tab', { name: 'Layers' }).click();
  await opened.locator('.grid-body', { hasText: '/fc1/Gemm' }).locator('svg').waitFor();

  await choose('Export Layers', 'As CSV…');
  const csv = (await take('lenet-5.layers.csv')).toString();
  expect(csv).toContain('/fc1/Gemm');
  expect(csv.trimEnd().split('\r\n')).toHaveLength(1 + (await opened.locator('.grid-body').count()));

  await opened.locator('.grid-body', { hasText: '/fc1/Gemm' }).dblclick();
  await opened.locator('.histogram svg').waitFor();
  await choose('Export Tensor', 'As .npy…');
  const npy = await take('lenet-5.fc1.weight.npy');
  expect(npy.subarray(1, 6).toString()).toBe('NUMPY');
  expect(npy.byteLength).toBeGreaterThan(500 * 800 * 4);

  await choose('Export Histogram', 'As PNG…');
  const png = await take('lenet-5.fc1.weight.histogram.png');
  expect(png.subarray(1, 4).toString()).toBe('PNG');

  await opened.getByRole('tab', { name: 'Overview' }).click();
  await choose('Export Inspection', 'As Web Page…');
  expect((await take('lenet-5.inspection.html')).toString()).toMatch(/^<!doctype html>/i);

  await runCommand(window, 'Notifications: Show Notifications');
  for (const name of ['lenet-5.layers.csv', 'lenet-5.inspection.html']) {
    await window.locator('.notifications-center', { hasText: `${name} is saved.` }).waitFor();
  }
  await window.keyboard.press('Escape');
});

it('writes nothing where the person changes their mind', async () => {
  const { page: window, folder } = workbench();
  await choose('Export Inspection', 'As JSON…');
  await expect.poll(() => dialog().inputValue()).toBe(join(folder, 'lenet-5.inspection.json'));
  await window.keyboard.press('Escape');
  await dialog().waitFor({ state: 'hidden' });
  await page().getByRole('button', { name: 'Export Inspection' }).click();
  await window.keyboard.press('Escape');
  expect(existsSync(join(folder, 'lenet-5.inspection.json'))).toBe(false);
});
