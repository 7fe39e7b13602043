/**
 * The picture of the README: the sample model's layers and one layer's clipping range, in a real VS Code.
 * `npm run build && npx tsx test/ui/pictures.ts` writes it to docs/images.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { Editors } from '../rig/editors.js';
import { root, scratchFolder } from '../rig/folders.js';
import { packageExtension } from '../rig/vsix.js';
import { openWindow } from '../rig/window.js';
import { openEditor } from './harness/editor.js';

const settings = { 'workbench.colorTheme': 'Default Dark Modern', 'files.exclude': { '**/.vscode': true } };

async function main(): Promise<void> {
  const say = (line: string) => console.log(line);
  await packageExtension(say);
  const editors = new Editors(say);
  const scratch = scratchFolder('picture');
  try {
    const folder = join(scratch, 'digits');
    cpSync(join(root, 'media/sample'), folder, { recursive: true });
    mkdirSync(join(folder, '.vscode'));
    writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
    const { server, browser } = await editors.served();
    const connected = await chromium.connect(browser.wsEndpoint());
    const page = await connected.newPage({ viewport: { width: 1280, height: 800 } });
    await openWindow(page, server.authority, { folder, trusted: true });
    await page.waitForFunction(() => performance.getEntriesByName('code/didLoadExtensions').length > 0);
    await showLayer(page);
    const path = join(root, 'docs/images/editor.png');
    await page.screenshot({ path });
    say(path);
    await connected.close();
  } finally {
    await editors.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The largest layer, its range the best one at 8 bits, nothing pointed at or about to come. */
async function showLayer(page: Page): Promise<void> {
  const editor = await openEditor(page, 'lenet-5.onnx');
  await editor.locator('.grid-body', { hasText: '/fc1/Gemm' }).dblclick();
  await editor.getByRole('button', { name: 'Best (MSE)' }).click();
  await editor.getByRole('button', { name: /findings$/ }).waitFor();
  await editor.getByRole('grid', { name: 'Layers', exact: true }).focus();
  await editor.locator('.detail').evaluate((panel) => panel.scrollTo(0, 0));
  await page.mouse.move(0, 0);
  await editor.locator('html').evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
