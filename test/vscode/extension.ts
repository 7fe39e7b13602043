import * as vscode from 'vscode';
import type { TareApi } from '../../src/extension/extension.js';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly customEditors: readonly { readonly viewType: string }[];
  };
}

/** The extension as VS Code has it installed. */
export function tare(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('tare.tare');
  if (!extension) throw new Error('The package is not installed.');
  return extension;
}

export function manifest(): Manifest {
  return tare().packageJSON as Manifest;
}

/** What the extension offers to tests, once it is active. */
export async function tareApi(): Promise<TareApi> {
  return tare().activate() as Promise<TareApi>;
}

/** Accepts what stands first in each question, until the command has no more. */
export async function answerQuestions(command: Thenable<unknown>): Promise<void> {
  let asking = true;
  const end = Promise.resolve(command).finally(() => (asking = false));
  while (asking) await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  await end;
}

/** A file of the suite's workspace. */
export function workspaceFile(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('The suite runs without a workspace.');
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Resolves when `condition` gives something, asking at each change of the window's tabs. */
export function whenTabs<T>(condition: () => T | undefined): Promise<T> {
  return new Promise((done) => {
    const check = () => {
      const value = condition();
      if (value === undefined) return;
      subscription.dispose();
      done(value);
    };
    const subscription = vscode.window.tabGroups.onDidChangeTabs(check);
    check();
  });
}

/** The editor that a file is shown in, by the type of its tab. */
export function customTab(uri: vscode.Uri): vscode.Tab | undefined {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .find(({ input }) => input instanceof vscode.TabInputCustom && input.uri.toString() === uri.toString());
}
