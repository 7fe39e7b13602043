import * as path from 'node:path';
import * as vscode from 'vscode';

/**
 * The module that the settings name to score the outputs of a model on some data, relative to the workspace folder of the
 * model; null for none, and for data that says nothing of quality. It is run: VS Code gives no such setting of a workspace that is not trusted.
 */
export function metricSetting(model: vscode.Uri, data: string | null): string | null {
  if (data === null || data === 'random') return null;
  const named = vscode.workspace.getConfiguration('tare', model).get<string>('metric', '').trim();
  if (named === '') return null;
  const folder = vscode.workspace.getWorkspaceFolder(model) ?? vscode.workspace.workspaceFolders?.[0];
  return path.resolve(folder?.uri.fsPath ?? path.dirname(model.fsPath), named);
}
