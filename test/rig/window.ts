import type { Page } from 'playwright-core';

export interface WindowOptions {
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  /** False opens the folder in Restricted Mode. */
  readonly trusted: boolean;
  /** Makes the window run a suite inside its extension host instead of waiting for a person. */
  readonly suite?: { readonly extensionDevelopmentPath: string; readonly extensionTestsPath: string };
}

/**
 * Opens a workbench of the server at `authority`. What differs between windows is written into the page's configuration
 * before the workbench reads it, so that one server serves them all.
 */
export async function openWindow(page: Page, authority: string, options: WindowOptions): Promise<void> {
  const url = new URL(`http://${authority}/`);
  url.searchParams.set('folder', options.folder);
  if (options.suite) {
    const payload = Object.entries(options.suite).map(([key, path]) => [key, `vscode-remote://${authority}${path}`]);
    url.searchParams.set('payload', JSON.stringify(payload));
  }
  await page.addInitScript(configureWorkbench, { trusted: options.trusted, suite: options.suite !== undefined });
  await page.goto(url.href);
}

/** Runs in the page, before its own scripts. */
function configureWorkbench({ trusted, suite }: { trusted: boolean; suite: boolean }): void {
  if (window.top !== window) return;
  new MutationObserver((_changes, observer) => {
    const element = document.getElementById('vscode-workbench-web-configuration');
    const settings = element?.getAttribute('data-settings');
    if (!element || !settings) return;
    observer.disconnect();
    const configuration = JSON.parse(settings);
    configuration.enableWorkspaceTrust = !trusted;
    configuration.productConfiguration.enableTelemetry = false;
    // Without this a built workbench ignores the payload; with it, it hides most notifications.
    if (suite) configuration.developmentOptions.enableSmokeTestDriver = true;
    element.setAttribute('data-settings', JSON.stringify(configuration));
  }).observe(document, { childList: true, subtree: true });
}
