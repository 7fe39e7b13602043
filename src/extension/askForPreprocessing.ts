import * as path from 'node:path';
import * as vscode from 'vscode';
import type { PresetName } from '../data/images/preprocessing.js';
import { rememberedPreprocess } from './dataSets.js';
import type { Services } from './services.js';
import type { Answer, Step } from './steps.js';
import { pickStep } from './steps.js';
import { t } from './translate.js';

type Item = vscode.QuickPickItem & { readonly choose: () => Promise<string | undefined> };

/**
 * Asks how the images of some data become inputs of a model, where the data has images and does not say: as they did the
 * last time first, else as is likeliest for the model. Answers null where there is nothing to ask.
 */
export async function askForPreprocessing(
  step: Step,
  model: string,
  data: string | null,
  { engine, memory }: { readonly engine: Services['engine']; readonly memory: vscode.Memento },
): Promise<Answer<string | null>> {
  if (data === null || data === 'random') return { value: null };
  const presets = await engine.call('imagePresets', { model, data });
  if (!presets) return { value: null };
  const remembered = rememberedPreprocess(model, data, memory);
  const items = itemsOf(presets, remembered);
  const title = t('extension.pick.preprocess', { data: path.basename(data), model: path.basename(model) });
  for (;;) {
    const answer = await pickStep({ ...step, title, back: true }, items);
    if (!answer || answer === 'back') return answer;
    const value = await answer.value.choose();
    if (value !== undefined) return { value };
  }
}

/** A preset by its name, a file by its own. */
export function presetText(preprocess: string): string {
  return preprocess in details ? preprocess : path.basename(preprocess);
}

const details: Readonly<Record<PresetName, Parameters<typeof t>[0]>> = {
  imagenet: 'extension.pick.preprocess.imagenet',
  '0-1': 'extension.pick.preprocess.0-1',
  '-1-1': 'extension.pick.preprocess.-1-1',
  '0-255': 'extension.pick.preprocess.0-255',
};

function itemsOf([likeliest, ...others]: readonly PresetName[], remembered: string | null): Item[] {
  const names = [likeliest!, ...others];
  const items = names.map((name): Item => {
    const why = name === remembered ? 'extension.pick.preprocess.last' : 'extension.pick.preprocess.likely';
    return {
      label: name,
      description: name === remembered || (name === likeliest && remembered === null) ? t(why) : undefined,
      detail: t(details[name]),
      choose: () => Promise.resolve(name),
    };
  });
  const last = names.findIndex((name) => name === remembered);
  if (last > 0) items.unshift(...items.splice(last, 1));
  if (remembered !== null && last < 0) {
    const description = t('extension.pick.preprocess.last');
    items.unshift({ label: presetText(remembered), description, choose: () => Promise.resolve(remembered) });
  }
  return [...items, browseItem()];
}

function browseItem(): Item {
  const label = t('extension.pick.preprocess.browse');
  const choose = async () => {
    const filters = { JSON: ['json'] };
    const [uri] = (await vscode.window.showOpenDialog({ title: label, filters })) ?? [];
    return uri?.fsPath;
  };
  return { label, detail: t('extension.pick.preprocess.browse.detail'), choose };
}
