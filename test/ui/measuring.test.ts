/** What is measured on data, from the button to the page that shows it, in a real window. */
import { describe, expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.js';
import type { Theme } from './harness/appearance.js';
import { screenshot, themes, useTheme } from './harness/appearance.js';
import { compressByMenu, frame, openEditor, pick, tab } from './harness/editor.js';
import { useWorkbench } from './harness/workbench.js';

const workbench = useWorkbench({ viewport: { width: 1440, height: 900 } });
const page = () => frame(workbench().page);
const showPage = (name: string) => page().getByRole('tab', { name, exact: true }).click();
const question = (text: string) => workbench().page.locator('.quick-input-widget', { hasText: text });

describe('measuring activations', () => {
  const row = (name: string) => page().locator('.grid-body', { hasText: name });
  const panel = () => page().getByRole('complementary', { name: 'Layer /Relu_2' });

  it('starts where they are missing, asks for data, and fills the tab and the columns', async () => {
    const { page: window } = workbench();
    const opened = await openEditor(window, 'lenet-5.onnx');
    await opened.getByRole('heading', { name: 'lenet-5.onnx' }).waitFor();
    await showPage('Layers');
    await row('/Relu_2').dblclick();
    await panel().getByRole('tab', { name: 'Activations' }).click();
    expect(await opened.getByRole('columnheader', { name: 'Act. max' }).count()).toBe(0);
    await panel().getByRole('button', { name: 'Measure Activations…' }).click();
    await question('Measure the activations of lenet-5.onnx on which data?').waitFor();
    await pick(window, 'digits-calibration.npz');

    await panel().getByText('Measured on 500 samples of digits-calibration.npz.').waitFor();
    await panel()
      .getByRole('img', { name: /^Histogram of \/Relu_2_output_0: from 0 to / })
      .waitFor();
    const dead = panel().locator('.figures > div', { hasText: 'Dead channels' }).locator('dd');
    expect(await dead.textContent()).toBe('117 of 500');
    const header = opened.getByRole('columnheader', { name: 'Act. max' });
    await header.waitFor();
    const column = Number(await header.getAttribute('aria-colindex')) - 1;
    for (const name of ['/conv1/Conv', '/Relu_2', '/fc2/Gemm']) {
      await expect.poll(() => row(name).getByRole('gridcell').nth(column).textContent()).toMatch(/\d/);
    }
  });

  it.each(Object.keys(themes) as Theme[])('is accessible and legible in %s', async (theme) => {
    await useTheme(workbench(), theme);
    await expectAccessible(page());
    await screenshot(workbench(), `lenet-5-activations-${theme}`);
  });
});

describe('measuring errors', () => {
  const plot = () => page().getByRole('slider', { name: 'SQNR along the graph' });

  it('has a compressed model to start from', async () => {
    const { page: window } = workbench();
    await compressByMenu(window, 'lenet-5.onnx');
    await tab(window, 'lenet-5.int8.onnx').waitFor();
    await page().getByRole('table', { name: 'Totals of both models' }).waitFor();
  });

  it('starts on the comparison, and shows the plot and the layer in which most error arises', async () => {
    const { page: window } = workbench();
    expect(await plot().count()).toBe(0);
    await page().getByRole('button', { name: 'Measure Errors…' }).click();
    await question('Measure where the error of lenet-5.int8.onnx arises, on which data?').waitFor();
    await pick(window, 'digits-test.npz');

    await plot().locator('path.error-local').waitFor();
    const points = Number(await plot().getAttribute('aria-valuemax'));
    expect(points).toBeGreaterThan(4);
    await page()
      .getByText(new RegExp(`samples of digits-test.npz, of ${points} layers`))
      .waitFor();
    const sentence = page().locator('p', { hasText: 'Most error arises in' });
    const worst = (await sentence.getByRole('button').textContent())!;
    const said = /SQNR is ([\d.]+ dB)/.exec((await sentence.textContent())!)![1];
    await sentence.getByRole('button').click();
    await page()
      .getByRole('complementary', { name: `Weights of ${worst}` })
      .waitFor();
    await expect.poll(() => plot().getAttribute('aria-valuetext')).toContain(`${worst}: local ${said}`);
  });

  it.each(Object.keys(themes) as Theme[])('is accessible and legible in %s', async (theme) => {
    await useTheme(workbench(), theme);
    await expectAccessible(page());
    await plot().scrollIntoViewIfNeeded();
    await screenshot(workbench(), `lenet-5-errors-${theme}`);
  });
});
