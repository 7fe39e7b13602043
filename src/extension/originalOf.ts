import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Services } from './services.js';
import { chooseModels, localPath } from './targets.js';
import { t } from './translate.js';

/** The model that this one was compared with, else the one it was made from, where that is still there. */
export async function originalOf({ engine, originals }: Services, uri: vscode.Uri): Promise<string | null> {
  const original = originals.of(uri) ?? (await engine.call('reportCard', { path: localPath(uri) }))?.input ?? null;
  const there = original !== null && (await stat(original).then(Boolean, () => false));
  return there ? original : null;
}

/** Lets the person choose the model to hold this one against: first the one it was made from, where a report says so. */
export async function chooseOther({ engine }: Services, model: vscode.Uri): Promise<vscode.Uri | undefined> {
  const report = await engine.call('report', { path: localPath(model) });
  const original = report && vscode.Uri.file(report.input);
  const first = original ? [{ uri: original, why: t('extension.pick.original') }] : [];
  const title = t('extension.pick.against', { model: path.posix.basename(model.path) });
  const [other] = await chooseModels(title, [model], first);
  return other;
}
