/** In a real workbench: from the death of the runner, or of the engine, under a compression to *Run Again* on the screen. */
import { rm } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { formatSeconds } from '../../src/messages/units.js';
import { Editors } from '../rig/editors.js';
import { scratchFolder } from '../rig/folders.js';
import { copySamples } from '../rig/hostSuites.js';
import { packageExtension } from '../rig/vsix.js';
import { openWindow } from '../rig/window.js';
import { compressByMenu, frame, openEditor } from '../ui/harness/editor.js';
import { killAll } from '../ui/harness/process.js';
import { median } from './processFigures.js';

const repeats = 5;

export async function reportDeaths(): Promise<void> {
  await packageExtension(() => {});
  const editors = new Editors(() => {});
  const workspaces: string[] = [];
  try {
    const { server, browser } = await editors.served();
    const connected = await chromium.connect(browser.wsEndpoint());
    const figures = { runner: [] as number[], engine: [] as number[] };
    for (let round = 0; round < repeats; round++) {
      // Each in a window of its own, where an engine that dies often is not started again by itself, and in a workspace of its
      // own, which has nothing kept that would make the compression short.
      const workspace = scratchFolder('workspace');
      workspaces.push(workspace);
      await copySamples(workspace);
      const context = await connected.newContext({ viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      await openWindow(page, server.authority, { folder: workspace, trusted: true });
      await page.waitForFunction(() => performance.getEntriesByName('code/didLoadExtensions').length > 0);
      await (await openEditor(page, 'lenet-5.onnx')).getByRole('heading', { name: 'lenet-5.onnx' }).waitFor();
      await compressByMenu(page, 'lenet-5.onnx');
      figures.runner.push(await untilTold(page, 'runner', editors.extensionsFolder));
      await frame(page).getByRole('button', { name: 'Run Again' }).click();
      figures.engine.push(await untilTold(page, 'engine', editors.extensionsFolder));
      await context.close();
    }
    await connected.close();
    const seconds = (values: readonly number[]) => formatSeconds(median(values) / 1000);
    console.log(`a process killed under a compression, to Run Again on the screen, median of ${repeats} (bar: 1 s):`);
    console.log(`  its runner   ${seconds(figures.runner)}`);
    console.log(`  its engine   ${seconds(figures.engine)}`);
  } finally {
    await editors.stop();
    for (const folder of workspaces) await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds from the kill to the button. A runner that was idle is missed by nobody: the next is killed. */
async function untilTold(page: Page, kind: 'engine' | 'runner', extensions: string): Promise<number> {
  const content = frame(page);
  const bar = content.getByRole('progressbar', { name: 'Compressing lenet-5.onnx' });
  await bar.waitFor();
  const again = content.getByRole('button', { name: 'Run Again' });
  for (;;) {
    const killed = Date.now();
    if (killAll(kind, extensions) === 0) {
      if (await bar.isVisible()) continue;
      throw new Error(`The compression ended before its ${kind} could be killed.`);
    }
    const told = await again.waitFor({ timeout: 2000 }).then(
      () => true,
      () => false,
    );
    if (told) return Date.now() - killed;
  }
}
