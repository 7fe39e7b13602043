import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { screenshotsFolder, scratchFolder } from './folders.js';
import { reportMark } from './reportMark.js';
import type { HostSuite } from './hostSuites.js';
import { developmentExtension, fillWorkspace } from './hostSuites.js';
import { openWindow } from './window.js';

/** Runs a suite in the extension host of a server, whose window a headless browser shows. */
export async function runSuiteOnServer(
  suite: HostSuite,
  browser: Browser,
  authority: string,
  say: (line: string) => void,
): Promise<void> {
  const folder = scratchFolder('workspace');
  await fillWorkspace(folder);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const code = new Promise<number>((done) => {
      page.once('crash', () => done(1));
      // The two hooks that VS Code's web workbench calls in automated windows.
      void page.exposeFunction('codeAutomationLog', (_level: string, args: unknown[]) => {
        const [, line] = args.map(String).join(' ').split(reportMark);
        if (line !== undefined) say(line);
      });
      void page.exposeFunction('codeAutomationExit', (exitCode: number) => done(exitCode));
    });
    await openWindow(page, authority, {
      folder,
      trusted: suite.trusted,
      suite: { extensionDevelopmentPath: developmentExtension, extensionTestsPath: suite.entry },
    });
    if ((await code) !== 0) {
      await page.screenshot({ path: join(screenshotsFolder, 'failed', `host-${suite.name}.png`) });
    }
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  }
}
