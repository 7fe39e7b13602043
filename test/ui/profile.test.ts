import { expect, it } from 'vitest';
import { openEditor, pick, runCommand } from './harness/editor.js';
import { useWorkbench } from './harness/workbench.js';

const workbench = useWorkbench();

it('profiles a model on random numbers, and shows the times on the overview and in a column', async () => {
  const { page } = workbench();
  const opened = await openEditor(page, 'lenet-5.onnx');
  await opened.getByRole('heading', { name: 'lenet-5.onnx' }).waitFor();
  await runCommand(page, 'Tare: Profile Model');
  await page.locator('.quick-input-widget', { hasText: 'run it on what?' }).waitFor();
  await pick(page, 'Random numbers');
  const operators = opened.getByRole('table', { name: 'Operators by time' });
  await operators.waitFor();
  expect(await operators.textContent()).toMatch(/Conv×2/);
  expect(await opened.locator('.cost').textContent()).toMatch(/medians of \d+ runs .* on random inputs/);
  await opened.getByRole('tab', { name: 'Layers' }).click();
  await opened.getByRole('button', { name: 'Columns' }).click();
  await opened.getByRole('menuitemcheckbox', { name: /Time/ }).click();
  await page.keyboard.press('Escape');
  await expect
    .poll(() =>
      opened
        .getByRole('row', { name: /\/Relu / })
        .first()
        .textContent(),
    )
    .toContain('fused');
});
