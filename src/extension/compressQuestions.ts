import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CompressRequest } from '../protocol/engineService.js';
import type { CompressionChoice } from '../protocol/pageService.js';
import type { ChosenData } from './askForData.js';
import { askForData } from './askForData.js';
import { rememberData } from './dataSets.js';
import { checkOutput, checkSuffix, freeSuffix, outputFor } from './outputName.js';
import { metricSetting } from './metricSetting.js';
import type { Services } from './services.js';
import type { Answer, Step } from './steps.js';
import { inputStep, pickStep } from './steps.js';
import { t, translated } from './translate.js';

/** What a person wants: a method with its options, and what a new file of it is called. */
interface Goal extends CompressionChoice {
  readonly suffix: string;
  readonly needsData: boolean;
}

/**
 * Asks how to compress some models: what is wanted, where that is not preset, the data, the name of the output (of several
 * models: what to add to their names). Enter at each question gives a good result. Undefined where the person gave up;
 * 'form' where they want to choose every option.
 */
export async function askHowToCompress(
  models: readonly string[],
  services: Services,
  preset?: CompressionChoice,
): Promise<CompressRequest[] | 'form' | undefined> {
  const { engine, context } = services;
  const asked = preset ? 1 : 0;
  const stepAt = (question: number) => ({ step: question - asked, of: 3 - asked });
  const goals = preset ? [] : await presetGoals(engine);
  let goal: Goal | undefined = preset && (await goalOf(preset, engine));
  let chosen: ChosenData = { data: null, test: null, preprocess: null };
  for (let question = 1 + asked; ;) {
    if (question === 1) {
      const answer = await askForGoal(stepOf(models, stepAt(1), 'extension.pick.method'), goals, models.length === 1);
      if (!answer || answer === 'back') return undefined;
      if (answer.value === 'form') return 'form';
      goal = await goalOf(answer.value, engine, answer.value.suffix);
      question = 2;
    } else if (question === 2) {
      const purpose = goal!.needsData ? 'calibrate' : 'measure';
      const step = stepOf(models, stepAt(2), `extension.pick.data.${purpose}`);
      const answer = await askForData(step, models[0]!, purpose, services);
      if (!answer || (answer === 'back' && preset)) return undefined;
      if (answer !== 'back') chosen = answer.value;
      question = answer === 'back' ? 1 : 3;
    } else {
      const { method, options, suffix, needsData } = goal!;
      const answer = await askForOutputs(models, suffix, stepAt(3));
      if (!answer) return undefined;
      if (answer === 'back') {
        question = 2;
        continue;
      }
      await rememberData(models[0]!, chosen, context.workspaceState);
      return models.map((input, i) => ({
        input,
        output: answer.value[i]!,
        method,
        options,
        ...dataFor(needsData, chosen),
        preprocess: chosen.preprocess,
        metric: metricSetting(vscode.Uri.file(input), chosen.data),
        maxDrop: null,
        threads: threadSetting(),
      }));
    }
  }
}

interface GoalItem extends vscode.QuickPickItem {
  readonly goal: (CompressionChoice & { readonly suffix: string }) | 'form';
}

/** Presets of all methods, to be picked from. */
async function presetGoals(engine: Services['engine']): Promise<GoalItem[]> {
  const cards = await engine.call('methods', undefined);
  return cards.flatMap(({ name: method, presets = [] }) =>
    presets.map(({ name, title, sentence, options }) => ({
      label: translated(title),
      detail: translated(sentence),
      goal: { method, options, suffix: name },
    })),
  );
}

async function goalOf(choice: CompressionChoice, engine: Services['engine'], suffix?: string): Promise<Goal> {
  const { method, options } = choice;
  const needsData = await engine.call('needsData', { method, options });
  return { method, options, needsData, suffix: suffix ?? suffixOf(options) };
}

/** What the name of a file made with options of a person's says: the scheme, and the type of the weights. */
function suffixOf({ scheme, weightType, bits }: CompressionChoice['options']): string {
  const words = [scheme, bits ? `${bits}bit` : weightType].filter((word) => typeof word === 'string');
  return words.length > 0 ? words.join('-') : 'int8';
}

/** The threads that the settings ask for; undefined leaves the choice to onnxruntime. */
export function threadSetting(): number | undefined {
  return vscode.workspace.getConfiguration('tare').get('threads', 0) || undefined;
}

/** What needs no data fits nothing to it: what was chosen is only measured on. */
function dataFor(needsData: boolean, { data, test }: ChosenData): Pick<CompressRequest, 'data' | 'test'> {
  return needsData ? { data, test } : { data: null, test: data };
}

function stepOf(
  models: readonly string[],
  at: Omit<Step, 'title'>,
  title: 'extension.pick.method' | 'extension.pick.data.calibrate' | 'extension.pick.data.measure',
): Step {
  const params = { model: path.basename(models[0]!), count: models.length };
  return { title: t(models.length > 1 ? `${title}.batch` : title, params), ...at };
}

/** The two that most people want first, the presets, and last the form with every option, which one model has. */
function askForGoal(step: Step, presets: readonly GoalItem[], withForm: boolean): Promise<Answer<GoalItem['goal']>> {
  const safest = presets.find(({ goal }) => goal !== 'form' && goal.suffix === 'safest')?.goal ?? 'form';
  const items: GoalItem[] = [
    {
      label: t('extension.pick.static'),
      detail: t('extension.pick.static.detail'),
      goal: safest === 'form' ? safest : { ...safest, suffix: 'int8' },
    },
    {
      label: t('extension.pick.dynamic'),
      detail: t('extension.pick.dynamic.detail'),
      goal: { method: 'quantize', options: { scheme: 'dynamic' }, suffix: 'dynamic-int8' },
    },
  ];
  const heading = {
    label: t('extension.pick.presets'),
    kind: vscode.QuickPickItemKind.Separator,
    goal: 'form' as const,
  };
  const form: GoalItem = {
    label: t('extension.pick.form'),
    detail: t('extension.pick.form.detail'),
    goal: 'form',
  };
  const all = [...items, ...(withForm ? [form] : []), heading, ...presets.filter(({ goal }) => goal !== safest)];
  return pickStep(step, all).then((answer) => (answer && answer !== 'back' ? { value: answer.value.goal } : answer));
}

async function askForOutputs(
  models: readonly string[],
  wanted: string,
  at: Omit<Step, 'title'>,
): Promise<Answer<string[]>> {
  const suffix = await freeSuffix(models, wanted);
  const [model] = models;
  if (models.length === 1) {
    const step = { title: t('extension.pick.output'), ...at };
    const name = path.basename(outputFor(model!, suffix));
    const answer = await inputStep(step, name, (value) => checkOutput(model!, value));
    if (!answer || answer === 'back') return answer;
    return { value: [path.resolve(path.dirname(model!), answer.value.trim())] };
  }
  const step = { title: t('extension.pick.output.batch'), ...at };
  const answer = await inputStep(step, suffix, (value) => checkSuffix(models, value));
  if (!answer || answer === 'back') return answer;
  return { value: models.map((each) => outputFor(each, answer.value)) };
}
