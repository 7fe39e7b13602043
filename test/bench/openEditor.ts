/**
 * In a real workbench: from the page's first sign of life, when it asks for its model, to a painted layer table of a
 * model of 1.5 GB; beside how long VS Code takes to open the editor of an extension that does nothing.
 */
import { link, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import type { Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { formatSeconds } from '../../src/messages/units.js';
import { installExtension } from '../rig/codeServer.js';
import { Editors } from '../rig/editors.js';
import { scratchFolder } from '../rig/folders.js';
import { packageExtension } from '../rig/vsix.js';
import { openWindow } from '../rig/window.js';
import { closeTab, explorerRow, frame } from '../ui/harness/editor.js';
import { largeModelPath } from './largeModelPath.js';
import { median } from './processFigures.js';

const repeats = 5;

export async function openEditor(): Promise<void> {
  const model = await largeModelPath();
  await packageExtension(() => {});
  const editors = new Editors(() => {});
  const workspace = scratchFolder('workspace');
  const empty = scratchFolder('empty');
  try {
    const { server, browser } = await editors.served();
    await installExtension(await editors.install(), await emptyExtension(empty), editors.extensionsFolder);
    await link(model, join(workspace, 'large.onnx'));
    await writeFile(join(workspace, 'nothing.empty'), '');
    const connected = await chromium.connect(browser.wsEndpoint());
    const page = await (await connected.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await page.addInitScript(markFirstPaints);
    await openWindow(page, server.authority, { folder: workspace, trusted: true });
    await page.waitForFunction(() => performance.getEntriesByName('code/didLoadExtensions').length > 0);
    const figures = { empty: [] as number[], tare: [] as number[], table: [] as number[] };
    for (let round = 0; round <= repeats; round++) {
      const nothing = await open(page, 'nothing.empty', '#root');
      const tare = await open(page, 'large.onnx', '.grid-body .grid-cell:not(.pending)');
      // The first opening in a window loads VS Code's own parts.
      if (round === 0) continue;
      figures.empty.push(nothing.alive);
      figures.tare.push(tare.alive);
      figures.table.push(tare.painted);
    }
    await connected.close();
    const seconds = (values: readonly number[]) => formatSeconds(median(values) / 1000);
    console.log(`opening 1.5 GB in the editor, median of ${repeats}, in turn:`);
    console.log(`  double click to an empty page alive     ${seconds(figures.empty)}`);
    console.log(`  double click to Tare's page alive       ${seconds(figures.tare)}`);
    console.log(`  from there to a painted layer table     ${seconds(figures.table)} (bar: 0.5 s)`);
  } finally {
    await editors.stop();
    for (const folder of [workspace, empty]) await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds from the double click to the first element of the page, and from there to `painted` on the screen. */
async function open(page: Page, name: string, painted: string): Promise<{ alive: number; painted: number }> {
  const clicked = Date.now();
  await explorerRow(page, name).dblclick();
  const content = frame(page);
  await content.locator('#root > *').first().waitFor({ state: 'attached' });
  const layers = content.getByRole('tab', { name: 'Layers' });
  if (name.endsWith('.onnx')) await layers.waitFor();
  if (name.endsWith('.onnx') && (await layers.getAttribute('aria-selected')) !== 'true') await layers.click();
  await content.locator(painted).first().waitFor();
  const marks = await content.locator('html').evaluate(() => ({ ...globalThis.tareMarks }));
  await closeTab(page, name);
  return { alive: marks.alive! - clicked, painted: (marks.table ?? marks.alive!) - marks.alive! };
}

declare global {
  var tareMarks: { alive?: number; table?: number };
}

/**
 * Runs in every frame before its own scripts: notes when the page first drew something, and when rows were on screen.
 * VS Code writes the page into a document that is there already: a timer outlives that, an observer does not.
 */
function markFirstPaints(): void {
  const marks: typeof globalThis.tareMarks = (globalThis.tareMarks = {});
  const look = setInterval(() => {
    if (document.querySelector('#root > *')) marks.alive ??= Date.now();
    if (!document.querySelector('.grid-body .grid-cell:not(.pending)')) return;
    clearInterval(look);
    requestAnimationFrame(() => setTimeout(() => (marks.table = Date.now())));
  }, 4);
}

/** An extension whose editor of `*.empty` draws one element. */
async function emptyExtension(folder: string): Promise<string> {
  const manifest = {
    name: 'empty',
    publisher: 'tare-bench',
    version: '1.0.0',
    license: 'MIT',
    main: './extension.js',
    engines: { vscode: '^1.100.0' },
    activationEvents: [],
    contributes: {
      customEditors: [{ viewType: 'empty', displayName: 'Empty', selector: [{ filenamePattern: '*.empty' }] }],
    },
  };
  const source = `
    const vscode = require('vscode');
    exports.activate = () => vscode.window.registerCustomEditorProvider('empty', {
      openCustomDocument: (uri) => ({ uri, dispose() {} }),
      resolveCustomEditor: (_document, panel) => {
        panel.webview.options = { enableScripts: true };
        panel.webview.html = '<!doctype html><html lang="en"><body><div id="root"><p>empty</p></div></body></html>';
      },
    });`;
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'extension.js'), source);
  await writeFile(join(folder, 'README.md'), 'Draws nothing.\n');
  await writeFile(join(folder, 'LICENSE'), 'MIT\n');
  await writeFile(join(folder, '.vscodeignore'), '*.vsix\n');
  const packagePath = join(folder, 'empty.vsix');
  await createVSIX({ cwd: folder, packagePath, allowMissingRepository: true, dependencies: false });
  return packagePath;
}
