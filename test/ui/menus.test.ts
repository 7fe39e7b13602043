import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { explorerMenu, explorerRow, frame, runCommand, tab } from './harness/editor.js';
import { useWorkbench } from './harness/workbench.js';

const workbench = useWorkbench();

it('offers its commands also on a file that ends in .ONNX', async () => {
  const { page, folder } = workbench();
  copyFileSync(join(folder, 'lenet-5.onnx'), join(folder, 'SHOUTED.ONNX'));
  // The explorer does not see what comes before its watcher runs.
  await runCommand(page, 'Refresh Explorer');
  await explorerRow(page, 'SHOUTED.ONNX').waitFor();
  await explorerMenu(page, ['SHOUTED.ONNX'], 'Inspect Model');
  await tab(page, 'SHOUTED.ONNX').waitFor();
  await frame(page).getByRole('heading', { name: 'SHOUTED.ONNX' }).waitFor();
});

it('offers none on a file that is no model', async () => {
  const { page } = workbench();
  await explorerRow(page, 'digits-test.npz').click({ button: 'right' });
  await page.locator('.monaco-menu .action-item', { hasText: 'Rename' }).waitFor();
  expect(await page.locator('.monaco-menu .action-item', { hasText: 'Model' }).count()).toBe(0);
  await page.keyboard.press('Escape');
});
