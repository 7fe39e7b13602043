import { rm } from 'node:fs/promises';
import type { BrowserServer } from 'playwright-core';
import { chromium } from 'playwright-core';
import { findBrowser, launchBrowser } from './browser.js';
import type { CodeServer, CodeServerInstall } from './codeServer.js';
import { installCodeServer, installExtension, startCodeServer } from './codeServer.js';
import { findDesktop, installExtensionInDesktop, runSuiteInDesktop } from './desktop.js';
import { scratchFolder } from './folders.js';
import type { HostSuite } from './hostSuites.js';
import { runSuiteOnServer } from './serverHost.js';
import { vsixPath } from './vsix.js';

/**
 * The real editors of one run, each made when it is first asked for: one server and one browser serve all windows, and a
 * desktop VS Code, where there is one, takes the suites of the extension host.
 */
export class Editors {
  readonly #say: (line: string) => void;
  /** Where the server has the packaged extension. */
  readonly extensionsFolder = scratchFolder('extensions');
  readonly #desktopExtensionsFolder = scratchFolder('extensions');
  #install: Promise<CodeServerInstall> | undefined;
  #desktop: Promise<string | null> | undefined;
  #served: Promise<{ server: CodeServer; browser: BrowserServer }> | undefined;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** code-server with the Node it runs on; installed at the first call. */
  install(): Promise<CodeServerInstall> {
    return (this.#install ??= installCodeServer(this.#say));
  }

  /** The server, with the packaged extension installed, and the browser. */
  served(): Promise<{ server: CodeServer; browser: BrowserServer }> {
    return (this.#served ??= this.#start());
  }

  async #start(): Promise<{ server: CodeServer; browser: BrowserServer }> {
    const install = await this.install();
    await installExtension(install, vsixPath, this.extensionsFolder);
    const choice = await findBrowser(this.#say);
    const server = await startCodeServer(install, { extensionsFolder: this.extensionsFolder });
    return { server, browser: await launchBrowser(choice) };
  }

  async runHostSuite(suite: HostSuite, say: (line: string) => void): Promise<void> {
    const desktop = await (this.#desktop ??= this.#findDesktop());
    if (desktop) return runSuiteInDesktop(suite, desktop, this.#desktopExtensionsFolder, say);
    const { server, browser } = await this.served();
    const connected = await chromium.connect(browser.wsEndpoint());
    try {
      await runSuiteOnServer(suite, connected, server.authority, say);
    } finally {
      await connected.close();
    }
  }

  async #findDesktop(): Promise<string | null> {
    const desktop = await findDesktop(this.#say);
    this.#say(`extension host: ${desktop ?? 'code-server, no desktop VS Code here'}`);
    if (desktop) await installExtensionInDesktop(desktop, vsixPath, this.#desktopExtensionsFolder);
    return desktop;
  }

  async stop(): Promise<void> {
    const served = await this.#served?.catch(() => undefined);
    await served?.browser.close();
    await served?.server.stop();
    for (const folder of [this.extensionsFolder, this.#desktopExtensionsFolder]) {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}
