/**
 * Pictures of every page in every theme at 480, 900 and 1600 pixels, for a person to look at:
 * `npx tsx test/ui/standalone/pictures.ts` writes them to out/screenshots/standalone.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { liveEngine } from './liveEngine.js';
import type { PageOptions } from './page.js';
import { bundlePage, openBrowser, openPage } from './page.js';
import type { RecordedActivations } from './recordedActivations.js';
import type { Recording } from './recording.js';
import type { ThemeName } from './themes.js';
import { themes } from './themes.js';

const root = resolve(__dirname, '../../..');
const folder = join(root, 'out/screenshots/standalone');

function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(join(root, 'test/fixtures/pages', name), 'utf8')) as T;
}

const recorded = (name: string): Recording => fixture(name);

async function main(): Promise<void> {
  const engine = await liveEngine(join(root, 'media/sample/lenet-5.onnx'));
  const sample = recorded('lenet-5.json');
  const layer = sample.layers.findIndex(({ card }) => card.op === 'Conv');
  const selection = { index: layer, name: sample.layers[layer]!.card.name };
  const pages: Readonly<Record<string, PageOptions>> = {
    overview: { recording: sample, start: { page: 'overview' } },
    layers: { recording: sample },
    detail: { recording: sample, start: { state: { selection, position: layer, detailOpen: true } } },
    channels: {
      recording: sample,
      start: { state: { selection, position: layer, detailOpen: true, detailTab: 'channels' } },
    },
    activations: {
      recording: { ...sample, activations: fixture<RecordedActivations>('lenet-5-activations.json') },
      start: { state: { selection, position: layer, detailOpen: true, detailTab: 'activations' } },
    },
    grouped: { recording: sample, start: { state: { query: { groupBy: 'op', unfolded: ['Conv'] } } } },
    graph: { recording: engine.recording, engine, start: { page: 'graph' } },
    compress: { recording: engine.recording, engine, start: { page: 'compress' } },
    compare: { recording: recorded('lenet-5-int8.json'), start: { page: 'compare' } },
  };
  const [browser, bundle] = await Promise.all([openBrowser(), bundlePage()]);
  for (const theme of Object.keys(themes) as ThemeName[]) {
    for (const width of [480, 900, 1600]) {
      for (const [name, options] of Object.entries(pages)) {
        const { page } = await openPage(browser, bundle, { ...options, theme, width, height: 720 });
        await page.getByRole('button', { name: 'findings' }).waitFor();
        await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
        await page.screenshot({ path: join(folder, `${name}-${width}-${theme}.png`) });
        await page.close();
      }
    }
  }
  await browser.close();
  await engine.close();
}

void main();
