import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { closeTab, compressByMenu, notification, openEditor, tab } from './harness/editor.js';
import { useWorkbench } from './harness/workbench.js';

const workbench = useWorkbench({ files: ['test/fixtures/vit-digits.onnx', 'test/fixtures/digits-train.npz'] });

it('a job whose model is not in sight has a notification, by which it is cancelled', async () => {
  const { page, folder } = workbench();
  await openEditor(page, 'vit-digits.onnx');
  await closeTab(page, 'vit-digits.onnx');
  await compressByMenu(page, 'vit-digits.onnx');
  const running = notification(page, 'Compressing vit-digits.onnx');
  await running.getByRole('button', { name: 'Cancel' }).click();
  await running.waitFor({ state: 'detached' });
  expect(readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
  expect(await tab(page, 'vit-digits.int8.onnx').count()).toBe(0);
});
