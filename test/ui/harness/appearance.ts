import { join } from 'node:path';
import { screenshotsFolder } from '../../rig/folders.js';
import { frame } from './editor.js';
import type { Workbench } from './workbench.js';

export const themes = {
  light: { name: 'Default Light Modern', kind: 'vscode-light' },
  dark: { name: 'Default Dark Modern', kind: 'vscode-dark' },
  'high-contrast': { name: 'Default High Contrast', kind: 'vscode-high-contrast' },
} as const;

export type Theme = keyof typeof themes;

/** Changes the window's theme and waits until the editor's page has it. */
export async function useTheme(workbench: Workbench, theme: Theme): Promise<void> {
  workbench.configure({ 'workbench.colorTheme': themes[theme].name });
  await frame(workbench.page).locator(`body[data-vscode-theme-kind="${themes[theme].kind}"]`).waitFor();
}

/** A picture of the whole window, for a person to look at: out/screenshots/NAME.png. */
export async function screenshot(workbench: Workbench, name: string): Promise<void> {
  await workbench.page.screenshot({ path: join(screenshotsFolder, `${name}.png`) });
}
