import type { FrameLocator, Locator, Page } from 'playwright-core';

/** The page of the Tare editor that is shown; of several side by side, the one at `index` from the left. */
export function frame(page: Page, index = 0): FrameLocator {
  return page.frameLocator('iframe.webview.ready').nth(index).frameLocator('iframe#active-frame');
}

/** A file in the explorer. */
export function explorerRow(page: Page, name: string): Locator {
  return page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`);
}

export function tab(page: Page, name: string): Locator {
  return page.locator(`.tabs-container .tab[aria-label^="${name}"]`);
}

/**
 * Opens a file by a double click in the explorer and returns its editor's page. VS Code may give a file that is opened
 * right after its start to the text editor; then the tab is closed and the file opened again.
 */
export async function openEditor(page: Page, name: string): Promise<FrameLocator> {
  const webview = page.locator('iframe.webview.ready');
  const text = page.locator('.editor-instance .monaco-editor-pane-placeholder, .editor-instance .monaco-editor');
  for (let attempt = 1; ; attempt++) {
    await explorerRow(page, name).dblclick();
    await webview.or(text).first().waitFor({ state: 'attached' });
    if ((await webview.count()) > 0) break;
    if (attempt === 6) throw new Error(`${name} opened ${attempt} times in the text editor`);
    await closeTab(page, name);
  }
  await moveMouseAway(page);
  return frame(page);
}

export async function closeTab(page: Page, name: string): Promise<void> {
  await tab(page, name).first().click({ button: 'middle' });
  await tab(page, name).first().waitFor({ state: 'detached' });
}

/** Right-clicks a file in the explorer, or several that are selected first, and picks an entry. */
export async function explorerMenu(page: Page, names: readonly string[], entry: string): Promise<void> {
  if (names.length > 1) {
    for (const [i, name] of names.entries()) {
      await explorerRow(page, name).click({ modifiers: i === 0 ? [] : ['ControlOrMeta'] });
    }
  }
  await explorerRow(page, names.at(-1)!).click({ button: 'right' });
  await pickFromMenu(page, entry);
}

/** Picks an entry of the menu that is open. By the keyboard: a menu ignores the mouse while it is new. */
export async function pickFromMenu(page: Page, entry: string): Promise<void> {
  const item = page.locator('.monaco-menu .action-item:not(.disabled)', { hasText: entry }).first();
  await item.hover();
  await page.locator('.monaco-menu .action-item.focused', { hasText: entry }).waitFor();
  await page.keyboard.press('Enter');
  await item.waitFor({ state: 'detached' });
  await moveMouseAway(page);
}

/**
 * Runs a command of the palette by its title. An editor that takes the focus late closes the palette, or swallows the key
 * that opens it: then it is opened again.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await page.keyboard.press('F1');
      await page.locator('.quick-input-widget input').fill(`>${title}`, { timeout: 8000 });
      return await pick(page, title, { timeout: 8000 });
    } catch (error) {
      if (attempt === 6) throw error;
    }
  }
}

/** Picks an entry of the quick pick that is open. */
export async function pick(page: Page, label: string, options: { timeout?: number } = {}): Promise<void> {
  await page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().click(options);
}

/** Right-click, *Compress Model…*, and Enter to each of the three questions. */
export async function compressByMenu(page: Page, name: string): Promise<void> {
  await explorerMenu(page, [name], 'Compress Model');
  for (const title of ['what do you want?', 'calibrate on which data?', 'Name of the new file']) {
    await page.locator('.quick-input-widget', { hasText: title }).waitFor();
    await page.keyboard.press('Enter');
  }
}

/** A notification with this text. */
export function notification(page: Page, text: string | RegExp): Locator {
  return page.locator('.notification-toast', { hasText: text });
}

/** A hover of what was clicked would cover what is beside it. */
async function moveMouseAway(page: Page): Promise<void> {
  await page.mouse.move(0, 0);
}
