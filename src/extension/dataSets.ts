import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { dataInFolder, imageFolders } from './dataInFolder.js';

export type DataPurpose = 'calibrate' | 'measure' | 'evaluate' | 'profile' | 'activations';

export interface FoundData {
  readonly path: string;
  readonly where: 'recent' | 'beside' | 'workspace' | 'folders';
  /** Test data that belongs to this calibration data by its name and place. */
  readonly test: string | null;
  /** How its images became inputs of this model when it was last used. */
  readonly preprocess: string | null;
}

interface RecentUse {
  readonly model: string;
  readonly data: string;
  readonly preprocess?: string;
}

const recentKey = 'tare.recentData';
const keptRecent = 12;
const foundInWorkspace = 60;
const imagesInWorkspace = 2000;
const inInstalledPackages = '**/node_modules/**';

/** Data sets to offer for a model, the likeliest first: used for it before, then by place, then by name. */
export async function findDataSets(
  model: string,
  purpose: DataPurpose,
  memory: vscode.Memento,
): Promise<readonly FoundData[]> {
  const recent = memory.get<RecentUse[]>(recentKey, []);
  const folder = path.dirname(model);
  const places: [FoundData['where'], Promise<string[]>][] = [
    ['recent', existing(recent.filter((use) => use.model === model).map((use) => use.data))],
    ['beside', dataInFolder(folder)],
    ['recent', existing(recent.filter((use) => use.model !== model).map((use) => use.data))],
    [
      'folders',
      Promise.all(dataFolders().map((each) => dataInFolder(each, { itself: true }))).then((lists) => lists.flat()),
    ],
    ['workspace', dataSetsInWorkspace()],
  ];
  const found = new Map<string, FoundData>();
  for (const [where, search] of places) {
    const paths = await search;
    if (where !== 'recent') paths.sort((a, b) => likelihood(b, purpose) - likelihood(a, purpose) || a.localeCompare(b));
    for (const data of paths) {
      if (found.has(data)) continue;
      const test = purpose === 'calibrate' ? await testOf(data) : null;
      found.set(data, { path: data, where, test, preprocess: rememberedPreprocess(model, data, memory) });
    }
  }
  return [...found.values()];
}

/** How images of some data became inputs of a model when it was last used; null where nothing was said. */
export function rememberedPreprocess(model: string, data: string, memory: vscode.Memento): string | null {
  const used = memory.get<RecentUse[]>(recentKey, []).find((use) => use.model === model && use.data === data);
  return used?.preprocess ?? null;
}

/** Remembers that data was used for a model, and how. */
export async function rememberData(
  model: string,
  { data, preprocess }: { readonly data: string | null; readonly preprocess: string | null },
  memory: vscode.Memento,
): Promise<void> {
  if (data === null || data === 'random') return;
  const others = memory.get<RecentUse[]>(recentKey, []).filter((use) => use.model !== model || use.data !== data);
  await memory.update(
    recentKey,
    [{ model, data, ...(preprocess !== null && { preprocess }) }, ...others].slice(0, keptRecent),
  );
}

async function dataSetsInWorkspace(): Promise<string[]> {
  const find = async (pattern: string, most: number) => {
    const uris = await vscode.workspace.findFiles(pattern, inInstalledPackages, most);
    return uris.filter((uri) => uri.scheme === 'file').map((uri) => uri.fsPath);
  };
  const [tables, described, pictures] = await Promise.all([
    find('**/*.{npz,npy,csv,tsv}', foundInWorkspace),
    find('**/preprocessing.json', foundInWorkspace),
    find('**/*.{jpg,jpeg,png,JPG,JPEG,PNG}', imagesInWorkspace),
  ]);
  const counts = new Map<string, number>();
  for (const picture of pictures) {
    const folder = path.dirname(picture);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const roots = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const ofImages = roots.flatMap((root) => {
    const inRoot = [...counts].filter(([folder]) => folder.startsWith(root + path.sep));
    return imageFolders(new Map(inRoot), root);
  });
  return [...tables, ...described.map((file) => path.dirname(file)), ...ofImages];
}

function dataFolders(): string[] {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  return vscode.workspace
    .getConfiguration('tare')
    .get<string[]>('dataFolders', [])
    .map((folder) => path.resolve(root, folder));
}

async function existing(paths: string[]): Promise<string[]> {
  const there = await Promise.all(paths.map((each) => stat(each).then(Boolean, () => false)));
  return paths.filter((_, i) => there[i]);
}

/** How well a name fits the purpose: calibration data is named so, and test data is not for calibrating. */
function likelihood(data: string, purpose: DataPurpose): number {
  const name = path.basename(data);
  const calibration = /calib/i.test(name) ? 1 : 0;
  const test = /test|val(id|$)|eval/i.test(name) ? 1 : 0;
  const kind = /\.npz$/i.test(name) ? 0.5 : /\.[ct]sv$/i.test(name) ? -0.25 : 0;
  return kind + (purpose === 'calibrate' ? 2 * calibration - test : 2 * test - calibration);
}

/** `digits-test.npz` for `digits-calibration.npz`, `val` for `train`, where it is there. */
async function testOf(calibration: string): Promise<string | null> {
  const name = path.basename(calibration);
  const names = ['test', 'val'].map((test) => name.replace(/calibration|calib|training|train/i, test));
  const others = names.filter((each) => each !== name).map((each) => path.join(path.dirname(calibration), each));
  return (await existing(others))[0] ?? null;
}
