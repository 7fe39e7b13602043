import * as path from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../messages/failure.js';
import type { ExportFormat } from './exportName.js';
import { t } from './translate.js';

const folderKey = 'tare.exportFolder';

/** Asks where to save a file; begins in the folder of the last export, else in the model's. */
export async function askWhereToSave(
  name: string,
  model: vscode.Uri,
  memory: vscode.Memento,
): Promise<vscode.Uri | undefined> {
  const last = memory.get<string>(folderKey);
  const folder = last === undefined ? homeOf(model) : vscode.Uri.parse(last);
  const format = path.posix.extname(name).slice(1) as ExportFormat;
  const target = await vscode.window.showSaveDialog({
    title: t('extension.export.title', { name }),
    defaultUri: vscode.Uri.joinPath(folder, name),
    filters: { [t(`extension.export.format.${format}`)]: [format] },
  });
  if (target) await memory.update(folderKey, vscode.Uri.joinPath(target, '..').toString());
  return target;
}

/** A model that Git or another provider holds lies in no folder: the workspace is nearest. */
function homeOf(model: vscode.Uri): vscode.Uri {
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri;
  return model.scheme === 'file' || !workspace ? vscode.Uri.joinPath(model, '..') : workspace;
}

/** Names the file that VS Code could not write. */
export const unwritable =
  (target: vscode.Uri) =>
  (cause: Error): never => {
    const file = path.posix.basename(target.path);
    throw new Failure('extension.unwritable', { file, detail: cause.message }, { cause });
  };

/** Says that a file was saved, and opens it where the person wants to see it. Returns at once. */
export function tellSaved(target: vscode.Uri): void {
  const open = t('extension.export.open');
  const name = path.posix.basename(target.path);
  // A tensor's bytes are nothing to look at.
  const actions = name.endsWith('.npy') ? [] : [open];
  void vscode.window
    .showInformationMessage(t('extension.export.saved', { file: name }), ...actions)
    .then((chosen) => chosen === open && vscode.commands.executeCommand('vscode.open', target));
}
