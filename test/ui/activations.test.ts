/** The activations of a layer, in its detail and in the table, by mouse and by keyboard. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.js';
import { asked, layerGrid, layerRow, recorded, usePages } from './standalone/pages.js';
import type { RecordedActivations } from './standalone/recordedActivations.js';
import { activationOf, recordedActivations } from './standalone/recordedActivations.js';

const withPage = usePages();
const sample = recorded('lenet-5.json');
const activations = JSON.parse(
  readFileSync(join(__dirname, '../fixtures/pages/lenet-5-activations.json'), 'utf8'),
) as RecordedActivations;
const measured = { ...sample, activations };
const index = sample.layers.findIndex(({ card }) => card.name === '/Relu_2');
const onRelu = {
  state: { selection: { index, name: '/Relu_2' }, position: index, detailOpen: true, detailTab: 'activations' },
};

const panel = (page: Page) => page.getByRole('complementary', { name: 'Layer /Relu_2' });
const figure = (page: Page, name: string) =>
  panel(page).locator('.figures > div').filter({ hasText: name }).locator('dd');

describe('the tab of activations', () => {
  it('offers to measure them where they are not measured', async () => {
    await withPage({ recording: sample, start: onRelu }, async (page) => {
      await panel(page).getByText('known once the model has run on data').waitFor();
      await expectAccessible(page.mainFrame());
      await panel(page).getByRole('button', { name: 'Measure Activations…' }).click();
      await expect.poll(() => asked(page, 'command')).toEqual([{ command: 'measureActivations' }]);
      expect(await asked(page, 'activation')).toEqual([]);
    });
  });

  it('shows the distribution, the channels, and what they were measured on', async () => {
    await withPage({ recording: measured, start: onRelu, height: 1200 }, async (page) => {
      await panel(page).getByText('Measured on 500 samples of digits-calibration.npz.').waitFor();
      await panel(page)
        .getByRole('img', { name: /Histogram of \/Relu_2_output_0: from 0 to 15/ })
        .waitFor();
      await expect.poll(() => figure(page, 'Dead channels').textContent()).toBe('117 of 500');
      await expect.poll(() => figure(page, 'Zeros').textContent()).toBe('66.4 %');
      const outlier = await figure(page, 'Outlier ratio').locator('.value').getAttribute('title');
      expect(outlier).toContain('99.9 % of the elements other than zero');
      expect(outlier).toContain('measured');
      await panel(page)
        .getByRole('img', { name: /Ranges of 500 channels between 0 and 15/ })
        .waitFor();
      const linear = await panel(page).locator('.kept-bars').first().getAttribute('d');
      await panel(page).getByRole('combobox', { name: 'Scale of the counts' }).click();
      await page.getByRole('option', { name: 'Logarithmic' }).click();
      await expect.poll(() => panel(page).locator('.kept-bars').first().getAttribute('d')).not.toBe(linear);
      await expectAccessible(page.mainFrame());
    });
  });

  it('is reached and read by the keyboard alone', async () => {
    const start = { state: { ...onRelu.state, detailTab: 'weights' } };
    await withPage({ recording: measured, start, height: 1200 }, async (page) => {
      await panel(page).getByRole('tab', { name: 'Weights' }).focus();
      await page.keyboard.press('ArrowRight');
      await panel(page).getByText('Measured on 500 samples').waitFor();
      const table = panel(page).locator('details', { hasText: 'As a table' }).first();
      await table.locator('summary').focus();
      await page.keyboard.press('Enter');
      await table.getByRole('columnheader', { name: 'Elements' }).waitFor();
      const counts = await table
        .locator('tbody tr td:nth-child(3) .value')
        .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-exact')!.replaceAll(',', ''))));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(250_000);
    });
  });

  it('tells why an output has no figures, and lets one of several be chosen', async () => {
    const [first] = activationOf(activations, index);
    const why = { id: 'activations.missing.not-run', params: {} };
    const details = activations.details.map((_, i) =>
      i === index ? [{ value: 'unreached', missing: why }, first!] : activationOf(activations, i),
    );
    const recording = { ...sample, activations: recordedActivations(activations.card, activations.summaries, details) };
    await withPage({ recording, start: onRelu }, async (page) => {
      await panel(page).getByText('No sample reached it').waitFor();
      await panel(page).getByRole('combobox', { name: 'Output' }).click();
      await page.getByRole('option', { name: '/Relu_2_output_0' }).click();
      await panel(page)
        .getByRole('img', { name: /Histogram of \/Relu_2_output_0/ })
        .waitFor();
    });
  });
});

describe('activations in the table', () => {
  it('come with the notice that they are measured, and sort it', async () => {
    await withPage({ recording: measured, width: 1600 }, async (page) => {
      await layerRow(page, '/conv1/Conv').waitFor();
      expect(await page.getByRole('columnheader', { name: 'Act. max' }).count()).toBe(0);
      await page.evaluate((card) => standalone.notify({ kind: 'activations', card }), activations.card);
      const header = page.getByRole('columnheader', { name: 'Act. max' });
      await header.waitFor();
      await expect.poll(() => layerRow(page, '/conv1/Conv').textContent()).toContain('1.48');
      await header.click();
      await expect.poll(() => layerGrid(page).locator('.grid-body').first().textContent()).toContain('/fc2/Gemm');
      await layerRow(page, '/Relu_2').click();
      await page.keyboard.press('Enter');
      await panel(page).getByText('Measured on 500 samples').waitFor();
    });
  });
});
