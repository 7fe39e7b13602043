import { mkdtemp, rm } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ExportRequest } from '../protocol/exportCalls.js';
import { askWhereToSave, tellSaved, unwritable } from './askWhereToSave.js';
import { exportName } from './exportName.js';
import { t } from './translate.js';

export interface ExportSource {
  readonly uri: vscode.Uri;
  /** What is remembered for the workspace, and a folder for what is on its way. */
  readonly memory: vscode.Memento;
  readonly storage: vscode.Uri;
  /** Writes the file on this machine's disk. */
  write(path: string, signal: AbortSignal): Promise<unknown>;
}

/** Asks where to, and lets the engine write there; the path, or null where the person changed their mind. */
export async function exportFile(request: ExportRequest, source: ExportSource): Promise<string | null> {
  const name = exportName(source.uri.path, request);
  const target = await askWhereToSave(name, source.uri, source.memory);
  if (!target) return null;
  const stopped = await withProgress(path.posix.basename(target.path), (signal) => writeTo(target, source, signal));
  if (stopped) return null;
  tellSaved(target);
  return target.fsPath;
}

/** Shows that it goes on, with *Cancel*; true where the person stopped it. */
async function withProgress(file: string, run: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const controller = new AbortController();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: t('extension.export.writing', { file }),
    cancellable: true,
  };
  try {
    await vscode.window.withProgress(options, (_, token) => {
      token.onCancellationRequested(() => controller.abort());
      return run(controller.signal);
    });
    return false;
  } catch (error) {
    if (controller.signal.aborted) return true;
    throw error;
  }
}

async function writeTo(target: vscode.Uri, { storage, write }: ExportSource, signal: AbortSignal): Promise<void> {
  if (target.scheme === 'file') {
    await write(target.fsPath, signal);
    return;
  }
  // The engine knows this machine's disk only.
  await vscode.workspace.fs.createDirectory(storage);
  const folder = await mkdtemp(path.join(storage.fsPath, 'export-'));
  try {
    const file = path.join(folder, path.posix.basename(target.path));
    await write(file, signal);
    const copied = vscode.workspace.fs.copy(vscode.Uri.file(file), target, { overwrite: true });
    await copied.then(undefined, unwritable(target));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
