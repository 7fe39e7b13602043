import { stat } from 'node:fs/promises';
import type * as vscode from 'vscode';
import type { MenuArguments } from '../command.js';
import { chooseOther } from '../originalOf.js';
import type { Services } from '../services.js';
import { localPath, targetModels } from '../targets.js';

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

async function inOrder(one: vscode.Uri, other: vscode.Uri): Promise<[original: vscode.Uri, compressed: vscode.Uri]> {
  const [a, b] = await Promise.all([stat(localPath(one)), stat(localPath(other))]);
  return a.size >= b.size ? [one, other] : [other, one];
}
