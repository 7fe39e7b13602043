import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { MenuArguments } from '../command.js';
import type { Services } from '../services.js';
import { chooseModels, localPath, targetModels } from '../targets.js';
import { t } from '../translate.js';

/**
 * *Tare: Compare With…*: two selected models, or one and another that is asked for. The larger is taken for the original;
 * the other's editor opens on its Compare page.
 */
export async function compare(services: Services, ...of: MenuArguments): Promise<void> {
  const [one, selected] = await targetModels('compare', ...of);
  if (!one) return;
  const other = selected ?? (await chooseOther(services, one));
  if (!other) return;
  const [original, compressed] = await inOrder(one, other);
  await services.editor.show(compressed, 'compare', localPath(original));
}

/** The model it was made from stands first, where there is a report that says so. */
async function chooseOther({ engine }: Services, model: vscode.Uri): Promise<vscode.Uri | undefined> {
  const report = await engine.call('report', { path: localPath(model) });
  const original = report && vscode.Uri.file(report.input);
  const first = original ? [{ uri: original, why: t('extension.pick.original') }] : [];
  const title = t('extension.pick.against', { model: path.posix.basename(model.path) });
  const [other] = await chooseModels(title, [model], first);
  return other;
}

async function inOrder(one: vscode.Uri, other: vscode.Uri): Promise<[original: vscode.Uri, compressed: vscode.Uri]> {
  const [a, b] = await Promise.all([stat(localPath(one)), stat(localPath(other))]);
  return a.size >= b.size ? [one, other] : [other, one];
}
