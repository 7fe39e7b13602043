import * as path from 'node:path';
import * as vscode from 'vscode';
import type { DataPurpose, FoundData } from './dataSets.js';
import { findDataSets } from './dataSets.js';
import { askForPreprocessing, presetText } from './askForPreprocessing.js';
import type { Services } from './services.js';
import type { Answer, Step } from './steps.js';
import { pickStep } from './steps.js';
import { t } from './translate.js';

/** Data that was chosen: a path or 'random', or null for none; and test data that goes with it. */
export interface ChosenData {
  readonly data: string | null;
  readonly test: string | null;
  /** How its images become inputs: a preset, or the path of a JSON file; null where it has none, or says itself. */
  readonly preprocess: string | null;
}

type Chosen = Omit<ChosenData, 'preprocess'>;
type Item = vscode.QuickPickItem & { readonly choose: () => Promise<Chosen | undefined> };

/**
 * Asks for a data set: found ones first, then browsing, random numbers, and none where the purpose allows it; then, of images
 * that say nothing of it themselves, how they become inputs of the model.
 */
export async function askForData(
  step: Step,
  model: string,
  purpose: DataPurpose,
  { engine, context }: Pick<Services, 'engine' | 'context'>,
): Promise<Answer<ChosenData>> {
  const memory = context.workspaceState;
  const found = await findDataSets(model, purpose, memory);
  const items: Item[] = found.map(foundItem);
  items.push(browseItem(false), browseItem(true));
  const none: Item = item('extension.pick.data.none', 'extension.pick.data.none.detail', { data: null, test: null });
  const randomForTime = item('extension.pick.data.random', 'extension.pick.data.random.time', {
    data: 'random',
    test: null,
  });
  const random = item('extension.pick.data.random', 'extension.pick.data.random.detail', {
    data: 'random',
    test: null,
  });
  if (purpose === 'measure') items.splice(found.length, 0, none);
  // What is measured is time, for which any numbers do.
  if (purpose === 'profile') items.unshift(randomForTime);
  else if (purpose !== 'measure') items.push(random);
  for (;;) {
    const answer = await pickStep(step, items);
    if (!answer || answer === 'back') return answer;
    const value = await answer.value.choose();
    if (!value) continue;
    const preprocess = await askForPreprocessing(step, model, value.data, { engine, memory });
    if (!preprocess) return undefined;
    if (preprocess !== 'back') return { value: { ...value, preprocess: preprocess.value } };
  }
}

function foundItem({ path: data, where, test, preprocess }: FoundData): Item {
  const places = {
    recent: t('extension.pick.data.recent'),
    beside: t('extension.pick.data.beside'),
    workspace: t('extension.pick.data.workspace'),
    folders: t('extension.pick.data.folders'),
  };
  const measuredOn = test ? t('extension.pick.data.with-test', { test: path.basename(test) }) : undefined;
  return {
    label: path.basename(data),
    description: [places[where], preprocess && presetText(preprocess), measuredOn].filter(Boolean).join(' · '),
    detail: where === 'beside' ? undefined : vscode.workspace.asRelativePath(path.dirname(data)),
    choose: () => Promise.resolve({ data, test }),
  };
}

function item(label: Parameters<typeof t>[0], detail: Parameters<typeof t>[0], chosen: Chosen): Item {
  return { label: t(label), detail: t(detail), choose: () => Promise.resolve(chosen) };
}

function browseItem(folders: boolean): Item {
  const label = t(folders ? 'extension.pick.data.browse-folder' : 'extension.pick.data.browse');
  const choose = async () => {
    const [uri] =
      (await vscode.window.showOpenDialog({
        title: label,
        canSelectFolders: folders,
        canSelectFiles: !folders,
        filters: folders ? undefined : { [t('extension.pick.data.filter')]: ['npz', 'npy', 'csv', 'tsv', 'json'] },
      })) ?? [];
    return uri && { data: uri.fsPath, test: null };
  };
  return { label, detail: folders ? t('extension.pick.data.browse-folder.detail') : undefined, choose };
}
