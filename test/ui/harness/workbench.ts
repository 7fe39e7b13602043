import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { root, screenshotsFolder, scratchFolder } from '../../rig/folders.js';
import { openWindow } from '../../rig/window.js';
import { browserVariable, endpoint, serverVariable } from './endpoints.js';
import { watchProblems } from './problems.js';

export interface WorkbenchOptions {
  /** Files and folders of the project that are copied into the workspace folder; the demo's sample if absent. */
  readonly files?: readonly string[];
  /** False opens the workspace in Restricted Mode. */
  readonly trusted?: boolean;
  /** Settings of the workspace. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A real VS Code window with the packaged extension, on a workspace folder of its own. */
export interface Workbench {
  readonly page: Page;
  readonly folder: string;
  /** What went wrong in the editor's frames since the last call: console errors, exceptions, refusals of the policy. */
  takeProblems(): string[];
  /** Changes settings of the workspace while the window is open. */
  configure(settings: Readonly<Record<string, unknown>>): void;
  close(): Promise<void>;
}

const sample = ['media/sample/lenet-5.onnx', 'media/sample/digits-calibration.npz', 'media/sample/digits-test.npz'];

/** Opens a window and waits until it has registered its extensions. */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const folder = scratchFolder('workspace');
  for (const file of options.files ?? sample) {
    cpSync(join(root, file), join(folder, basename(file)), { recursive: true });
  }
  const settings = { ...options.settings };
  const configure = (changes: Readonly<Record<string, unknown>>) => {
    Object.assign(settings, changes);
    mkdirSync(join(folder, '.vscode'), { recursive: true });
    writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
  };
  configure({});

  const browser: Browser = await chromium.connect(endpoint(browserVariable));
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const problems = watchProblems(page);
  await openWindow(page, endpoint(serverVariable), { folder, trusted: options.trusted ?? true });
  // An `.onnx` file that is opened before its editor is known gets the text editor.
  await page.waitForFunction(() => performance.getEntriesByName('code/didLoadExtensions').length > 0);
  return {
    page,
    folder,
    takeProblems: () => problems.splice(0),
    configure,
    close: async () => {
      await context.close();
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * One window for all tests of a file. After each test it must have seen no problem in the editor's frames; a picture of a
 * failed test is in out/screenshots/failed.
 */
export function useWorkbench(options: WorkbenchOptions = {}): () => Workbench {
  let workbench: Workbench | undefined;
  const current = () => {
    if (!workbench) throw new Error('The window is open only while tests run.');
    return workbench;
  };
  beforeAll(async () => {
    workbench = await openWorkbench(options);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      const name = task.name.replace(/\W+/g, '-');
      await current().page.screenshot({ path: join(screenshotsFolder, 'failed', `${name}.png`) });
    }
    expect(current().takeProblems(), 'problems in the frames of the editor').toEqual([]);
  });
  afterAll(() => workbench?.close());
  return current;
}
