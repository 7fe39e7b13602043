import * as vscode from 'vscode';
import { askWhereToSave, tellSaved, unwritable } from './askWhereToSave.js';
import { fileSafe } from './exportName.js';

/** Saves what a page has made; the path, or null where the person changed their mind. */
export async function saveFile(
  { name, data }: { readonly name: string; readonly data: string | Uint8Array },
  model: vscode.Uri,
  memory: vscode.Memento,
): Promise<string | null> {
  const target = await askWhereToSave(safeName(name), model, memory);
  if (!target) return null;
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  await vscode.workspace.fs.writeFile(target, bytes).then(undefined, unwritable(target));
  tellSaved(target);
  return target.fsPath;
}

/** The name has an ending, which says what is in it. */
function safeName(name: string): string {
  const dot = name.lastIndexOf('.');
  return `${fileSafe(name.slice(0, dot), 150)}${name.slice(dot)}`;
}
