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
 * on its way to the browser, so that one server serves them all.
 */
export async function openWindow(page: Page, authority: string, options: WindowOptions): Promise<void> {
  const url = new URL(`http://${authority}/`);
  url.searchParams.set('folder', options.folder);
  if (options.suite) {
    const payload = Object.entries(options.suite).map(([key, path]) => [key, `vscode-remote://${authority}${path}`]);
    url.searchParams.set('payload', JSON.stringify(payload));
  }
  await page.route(
    (asked) => asked.host === url.host && asked.pathname === '/',
    async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: configured(await response.text(), options) });
    },
  );
  await page.goto(url.href);
}

function configured(html: string, options: WindowOptions): string {
  return html.replace(
    /(id="vscode-workbench-web-configuration" data-settings=")([^"]*)"/,
    (_all, start: string, settings) => {
      const configuration = JSON.parse(unescapeAttribute(String(settings)));
      configuration.enableWorkspaceTrust = !options.trusted;
      // Without this a built workbench ignores the payload; with it, it hides most notifications.
      if (options.suite) configuration.developmentOptions.enableSmokeTestDriver = true;
      return `${start}${escapeAttribute(JSON.stringify(configuration))}"`;
    },
  );
}

function unescapeAttribute(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
