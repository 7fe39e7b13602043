import type { Page } from 'playwright-core';

/** Where an extension's page and its resources come from, in the workbench's own addresses. */
const ofTheEditor = /vscode-resource\.vscode-cdn\.net|\/webview\/browser\/pre\//;

/** Collects what goes wrong in an extension's frames; the workbench's own complaints are not ours. */
export function watchProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    // A script that is part of the page itself has no address.
    const { url } = message.location();
    if (url === '' || ofTheEditor.test(url)) problems.push(`console: ${message.text()} (${url})`);
  });
  page.on('pageerror', (error) => {
    if (ofTheEditor.test(error.stack ?? '')) problems.push(`exception: ${error.stack}`);
  });
  page.on('crash', () => problems.push('the page crashed'));
  return problems;
}
