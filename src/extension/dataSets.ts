import { readdir, stat } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';

export type DataPurpose = 'calibrate' | 'measure' | 'evaluate' | 'profile' | 'activations';

export interface FoundData {
  readonly path: string;
  readonly where: 'recent' | 'beside' | 'workspace' | 'folders';
  /** Test data that belongs to this calibration data by its name and place. */
  readonly test: string | null;
}

interface RecentUse {
  readonly model: string;
  readonly data: string;
}

const recentKey = 'tare.recentData';
const keptRecent = 12;
const foundInWorkspace = 60;

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
    ['beside', dataSetsIn(folder)],
    ['recent', existing(recent.filter((use) => use.model !== model).map((use) => use.data))],
    ['folders', Promise.all(dataFolders().map(dataSetsIn)).then((lists) => lists.flat())],
    ['workspace', dataSetsInWorkspace()],
  ];
  const found = new Map<string, FoundData>();
  for (const [where, search] of places) {
    const paths = await search;
    if (where !== 'recent') paths.sort((a, b) => likelihood(b, purpose) - likelihood(a, purpose) || a.localeCompare(b));
    for (const data of paths) {
      if (!found.has(data))
        found.set(data, { path: data, where, test: purpose === 'calibrate' ? await testOf(data) : null });
    }
  }
  return [...found.values()];
}

/** Remembers that data was used for a model. */
export async function rememberData(model: string, data: string, memory: vscode.Memento): Promise<void> {
  if (data === 'random') return;
  const others = memory.get<RecentUse[]>(recentKey, []).filter((use) => use.model !== model || use.data !== data);
  await memory.update(recentKey, [{ model, data }, ...others].slice(0, keptRecent));
}

/** Data sets that lie in a folder: .npz, .npy, and the folder itself where it has test_data_set_* folders. */
async function dataSetsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && /\.np[yz]$/i.test(entry.name));
  const sets = entries.some((entry) => entry.isDirectory() && /^test_data_set_\d+$/.test(entry.name));
  return [...files.map((entry) => path.join(folder, entry.name)), ...(sets ? [folder] : [])];
}

async function dataSetsInWorkspace(): Promise<string[]> {
  const uris = await vscode.workspace.findFiles('**/*.{npz,npy}', '**/node_modules/**', foundInWorkspace);
  return uris.filter((uri) => uri.scheme === 'file').map((uri) => uri.fsPath);
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
  const test = /test|valid|eval/i.test(name) ? 1 : 0;
  const pair = /\.npz$/i.test(name) ? 0.5 : 0;
  return pair + (purpose === 'calibrate' ? 2 * calibration - test : 2 * test - calibration);
}

/** `digits-test.npz` for `digits-calibration.npz`, where it is there. */
async function testOf(calibration: string): Promise<string | null> {
  const name = path.basename(calibration);
  const test = name.replace(/calibration|calib/i, 'test');
  if (test === name) return null;
  const [found] = await existing([path.join(path.dirname(calibration), test)]);
  return found ?? null;
}
