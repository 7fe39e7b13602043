/** What the pages save, and pictures of their charts. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { expectAccessible } from './harness/accessibility.js';
import { asked, layerGrid, layerRow, recorded, selectedRow, usePages } from './standalone/pages.js';

const withPage = usePages();
const sample = recorded('lenet-5.json');
const layer = sample.layers.findIndex(({ card }) => card.op === 'Conv');
const { card } = sample.layers[layer]!;
const weight = card.weights.reduce((a, b) => (b.bytes > a.bytes ? b : a)).name;
const detail = { selection: { index: layer, name: card.name }, position: layer, detailOpen: true };

async function save(page: Page, menu: string, entry: string): Promise<void> {
  await page.getByRole('button', { name: menu }).click();
  await page.getByRole('menuitem', { name: entry, exact: true }).click();
}

interface Saved {
  readonly name: string;
  readonly data: string | Uint8Array;
}

const saved = async (page: Page): Promise<Saved> => {
  await expect.poll(async () => (await asked(page, 'saveFile')).length).toBeGreaterThan(0);
  return (await asked(page, 'saveFile')).at(-1) as Saved;
};

/** Draws a picture in a page without the editor's styles, and counts its colours. */
async function coloursOf(page: Page, url: string): Promise<{ width: number; height: number; colours: string[] }> {
  return page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map<string, number>();
    for (let i = 0; i < data.length; i += 4) {
      const colour = `#${[0, 1, 2].map((c) => data[i + c]!.toString(16).padStart(2, '0')).join('')}`;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    const often = [...counts].filter(([, count]) => count > 100).map(([colour]) => colour);
    return { width: canvas.width, height: canvas.height, colours: often };
  }, url);
}

const svgUrl = (svg: string): string => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

describe('the detail', () => {
  it('saves the histogram as figures and as pictures that need no page', async () => {
    await withPage({ recording: sample, start: { state: detail } }, async (page) => {
      await page.locator('.histogram .kept-bars').waitFor();
      await save(page, 'Export Histogram', 'As CSV…');
      await expect
        .poll(() => asked(page, 'exportFile'))
        .toEqual([{ request: { what: 'histogram', format: 'csv', layer, weight } }]);
      await save(page, 'Export Histogram', 'As SVG…');
      const svg = await saved(page);
      expect(svg.name).toBe(`lenet-5.${weight}.histogram.svg`);
      expect(svg.data).toContain(`<title>Histogram of ${weight}`);
      expect(svg.data).not.toMatch(/class=|var\(/);
      const bars = await page
        .locator('.histogram .kept-bars')
        .evaluate((path) => getComputedStyle(path).fill.match(/\d+/g)!.map(Number));
      const blue = `#${bars.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
      const drawn = await coloursOf(page, svgUrl(svg.data as string));
      expect(drawn.colours).toContain(blue);
      expect(drawn.colours).toContain('#1f1f1f');

      await save(page, 'Export Histogram', 'As PNG…');
      await expect.poll(async () => (await saved(page)).name).toBe(`lenet-5.${weight}.histogram.png`);
      const png = await page.evaluate(() => {
        const { data } = standalone.asked.at(-1)!.argument as { data: Uint8Array };
        return `data:image/png;base64,${btoa(String.fromCharCode(...data))}`;
      });
      const picture = await coloursOf(page, png);
      expect(picture.width).toBe(2 * drawn.width);
      expect(picture.colours).toContain(blue);
    });
  });

  it('saves the channels as a table', async () => {
    await withPage({ recording: sample, start: { state: { ...detail, detailTab: 'channels' } } }, async (page) => {
      await page.locator('.channel-plot').waitFor();
      await save(page, 'Export Channel Ranges', 'As CSV…');
      const { data } = await saved(page);
      const { channels } = sample.details.find((each) => each.layer === layer && each.weight === weight)!;
      const lines = (data as string).trimEnd().split('\r\n');
      expect(lines[0]).toBe('channel,min,max');
      expect(lines.slice(1).map((line) => line.split(',').map(Number))).toEqual(
        channels!.min.map((min, channel) => [channel, Math.fround(min), Math.fround(channels!.max[channel]!)]),
      );
    });
  });

  it('leaves the row in sight that it opens on, where it opens below', async () => {
    await withPage({ recording: sample, width: 480, height: 560 }, async (page) => {
      await layerRow(page, '/conv1/').click();
      await page.keyboard.press('End');
      await expect.poll(() => selectedRow(page).count()).toBe(1);
      await page.keyboard.press('Enter');
      await page.locator('.split.below .detail').waitFor();
      await expect
        .poll(async () => {
          const [row, grid] = await Promise.all([selectedRow(page).boundingBox(), layerGrid(page).boundingBox()]);
          return row!.y + row!.height <= grid!.y + grid!.height;
        })
        .toBe(true);
    });
  });
});

describe('the overview', () => {
  it('saves the inspection and its bars', async () => {
    await withPage({ recording: sample, start: { page: 'overview' } }, async (page) => {
      await page.getByRole('table', { name: 'Layers by bytes' }).waitFor();
      await save(page, 'Export Inspection', 'As Web Page…');
      await save(page, 'Export Inspection', 'As Node Data for Model Explorer…');
      await expect
        .poll(() => asked(page, 'exportFile'))
        .toEqual([{ request: { what: 'inspection', format: 'html' } }, { request: { what: 'nodeData' } }]);
      await save(page, 'Export Layers by bytes', 'As JSON…');
      const { name, data } = await saved(page);
      expect(name).toBe('lenet-5.layers-by-bytes.json');
      const heaviest = sample.layers.reduce((a, b) => (b.card.bytes > a.card.bytes ? b : a));
      expect((JSON.parse(data as string) as object[])[0]).toMatchObject({
        name: heaviest.card.name,
        amount: heaviest.card.bytes,
      });
      await save(page, 'Export Operators by time', 'As JSON…');
      const byTime = await saved(page);
      expect(byTime.name).toBe('lenet-5.operators-by-time.json');
      const amounts = (JSON.parse(byTime.data as string) as { amount: number }[]).map(({ amount }) => amount);
      expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBeCloseTo(sample.profile!.kernelsMs, 9);
      await save(page, 'Export Layers by bytes', 'As SVG…');
      const { data: svg } = await saved(page);
      const { colours } = await coloursOf(page, svgUrl(svg as string));
      expect(colours.length).toBeGreaterThan(1);
      await expectAccessible(page.mainFrame());
    });
  });

  it('shows the layers of an operator', async () => {
    await withPage({ recording: sample, start: { page: 'overview' } }, async (page) => {
      await page.getByRole('table', { name: 'Operators by MACs' }).getByRole('button', { name: 'Gemm' }).click();
      await layerRow(page, '/fc1/').waitFor();
      expect(await layerGrid(page).getAttribute('role')).toBe('treegrid');
    });
  });

  it('goes from a finding to its weight and tab, and starts what mends it', async () => {
    const small = card.weights.reduce((a, b) => (b.bytes < a.bytes ? b : a)).name;
    const mend = { method: 'quantize', options: { perChannel: true } };
    const findings = [
      {
        ...sample.findings[0]!,
        kind: 'channel-ranges',
        layer: card.name,
        shows: { page: 'layers' as const, layer: card.name, weight: small, tab: 'channels' as const },
        mend,
      },
    ];
    await withPage({ recording: { ...sample, findings }, start: { page: 'overview' } }, async (page) => {
      await page.getByRole('button', { name: `Mend ${card.name}` }).click();
      await expect.poll(() => asked(page, 'compressWith')).toEqual([mend]);
      await page.getByRole('button', { name: `Show ${card.name}` }).click();
      await page.locator('.detail').getByRole('tabpanel', { name: 'Channels' }).waitFor();
      await expect.poll(async () => (await asked(page, 'weight')).at(-1)).toMatchObject({ layer, weight: small });
    });
  });
});

it('saves a comparison, and the histograms of both models', async () => {
  const recording = recorded('lenet-5-int8.json');
  await withPage({ recording, start: { page: 'compare' }, width: 1600 }, async (page) => {
    const rows = page.getByRole('grid', { name: 'Layers of both models' });
    await rows.locator('.grid-body').first().waitFor();
    await save(page, 'Export Comparison', 'As CSV…');
    const query = { search: '', sortBy: 'order', descending: false, changedOnly: false };
    const b = recording.opened.path;
    await expect
      .poll(() => asked(page, 'exportFile'))
      .toEqual([{ request: { what: 'comparison', format: 'csv', a: recording.report!.input, b, query } }]);
    const { layer } = recording.report!.applied[0]!;
    await rows.locator('.grid-body').filter({ hasText: layer }).first().click();
    await page.locator('.overlaid svg').waitFor();
    await save(page, 'Export Histograms', 'As CSV…');
    const { data } = await saved(page);
    const lines = (data as string).trimEnd().split('\r\n');
    expect(lines[0]).toBe('from,to,a,b');
    const sum = (column: number): number =>
      lines.slice(1).reduce((total, line) => total + Number(line.split(',')[column]), 0);
    const index = recording.comparison!.pairs.findIndex((pair) => pair.b === layer || pair.a === layer);
    const weights = recording.comparison!.weights.find((each) => each.index === index)!;
    const all = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
    expect([sum(2), sum(3)]).toEqual([all(weights.a!.counts), all(weights.b!.counts)]);
    await save(page, 'Export Histograms', 'As SVG…');
    await expect.poll(async () => (await saved(page)).name).toMatch(/\.histograms\.svg$/);
    await expectAccessible(page.mainFrame());
  });
});
