import * as path from 'node:path';
import * as vscode from 'vscode';
import { Failure } from '../messages/failure.js';
import { modelViewType } from './modelEditor.js';
import { t } from './translate.js';

const isModel = (uri: vscode.Uri) => /\.onnx$/i.test(uri.path);

/** Models found in the workspace to choose from. */
const offeredModels = 200;

/** What a person chooses a model for. */
export type Purpose = 'inspect' | 'compress' | 'evaluate' | 'profile' | 'activations' | 'compare' | 'report';

/**
 * The models that a command is about: those it was called on in a menu, else the one in the active editor, else what the
 * person chooses. Empty where the person chose none. Fails on a file that Tare does not open, naming what to open.
 */
export async function targetModels(
  purpose: Purpose,
  uri?: vscode.Uri,
  uris?: readonly vscode.Uri[],
): Promise<vscode.Uri[]> {
  const given = uris?.length ? [...uris] : uri ? [uri] : activeModel();
  const targets = given.length > 0 ? given : await chooseModels(t(`extension.pick.model.${purpose}`));
  targets.forEach(checkIsModel);
  return targets;
}

/** One model, by the same rule. */
export async function targetModel(
  purpose: Purpose,
  uri?: vscode.Uri,
  uris?: readonly vscode.Uri[],
): Promise<vscode.Uri | undefined> {
  return (await targetModels(purpose, uri, uris))[0];
}

/** The path of a model beside which files can be written; fails where it is not on this machine's disk. */
export function localPath(uri: vscode.Uri): string {
  if (uri.scheme !== 'file') throw new Failure('extension.not-local', { file: path.posix.basename(uri.path) });
  return uri.fsPath;
}

/** Lets the person choose among the workspace's models, but for those in `without`, or browse for one. */
export async function chooseModels(
  title: string,
  without: readonly vscode.Uri[] = [],
  first: readonly { readonly uri: vscode.Uri; readonly why: string }[] = [],
): Promise<vscode.Uri[]> {
  const left = new Set([...without, ...first.map(({ uri }) => uri)].map(String));
  const found = (await vscode.workspace.findFiles('**/*.[oO][nN][nN][xX]', undefined, offeredModels))
    .filter((uri) => !left.has(uri.toString()))
    .sort((a, b) => a.path.localeCompare(b.path))
    .map((uri) => ({ uri, why: '' }));
  const items = [...first, ...found].map(({ uri, why }) => ({
    label: path.posix.basename(uri.path),
    description: [path.dirname(vscode.workspace.asRelativePath(uri)), why]
      .filter((part) => part && part !== '.')
      .join(' · '),
    uri: uri as vscode.Uri | undefined,
  }));
  items.push({ label: t('extension.pick.model.browse'), description: '', uri: undefined });
  const chosen = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  if (!chosen) return [];
  if (chosen.uri) return [chosen.uri];
  return (await vscode.window.showOpenDialog({ title, filters: { ONNX: ['onnx'] } })) ?? [];
}

function activeModel(): vscode.Uri[] {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputCustom && (input.viewType === modelViewType || isModel(input.uri))) {
    return [input.uri];
  }
  return input instanceof vscode.TabInputText && isModel(input.uri) ? [input.uri] : [];
}

function checkIsModel(uri: vscode.Uri): void {
  if (isModel(uri)) return;
  const file = path.posix.basename(uri.path);
  if (/\.ort$/i.test(file)) throw new Failure('extension.ort-format', { file });
  if (/\.(data|bin|weights?|onnx_data|onnx\.data|pb)$/i.test(file))
    throw new Failure('extension.external-data', { file });
  throw new Failure('extension.not-onnx', { file });
}
