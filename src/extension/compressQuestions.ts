import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CompressRequest } from '../protocol/engineService.js';
import type { CompressionChoice } from '../protocol/pageService.js';
import type { ChosenData } from './askForData.js';
import { askForData } from './askForData.js';
import { rememberData } from './dataSets.js';
import { checkOutput, checkSuffix, freeSuffix, outputFor } from './outputName.js';
import type { Answer, Step } from './steps.js';
import { inputStep, pickStep } from './steps.js';
import { t } from './translate.js';

type Scheme = 'static' | 'dynamic';

/**
 * Asks how to compress some models: what is wanted, where that is not preset, the data, the name of the output (of several
 * models: what to add to their names). Enter at each question gives a good result. Undefined where the person gave up.
 */
export async function askHowToCompress(
  models: readonly string[],
  memory: vscode.Memento,
  preset?: CompressionChoice,
): Promise<CompressRequest[] | undefined> {
  const asked = preset ? 1 : 0;
  const stepAt = (question: number) => ({ step: question - asked, of: 3 - asked });
  let scheme: Scheme = preset?.options.scheme === 'dynamic' ? 'dynamic' : 'static';
  let chosen: ChosenData = { data: null, test: null };
  for (let question = 1 + asked; ;) {
    if (question === 1) {
      const answer = await askForScheme(stepOf(models, stepAt(1), 'extension.pick.method'));
      if (!answer || answer === 'back') return undefined;
      scheme = answer.value;
      question = 2;
    } else if (question === 2) {
      const purpose = scheme === 'static' ? 'calibrate' : 'measure';
      const step = stepOf(models, stepAt(2), `extension.pick.data.${purpose}`);
      const answer = await askForData(step, models[0]!, purpose, memory);
      if (!answer || (answer === 'back' && preset)) return undefined;
      if (answer !== 'back') chosen = answer.value;
      question = answer === 'back' ? 1 : 3;
    } else {
      const answer = await askForOutputs(models, scheme === 'static' ? 'int8' : 'dynamic-int8', stepAt(3));
      if (!answer) return undefined;
      if (answer === 'back') {
        question = 2;
        continue;
      }
      if (chosen.data) await rememberData(models[0]!, chosen.data, memory);
      return models.map((input, i) => ({
        input,
        output: answer.value[i]!,
        method: preset?.method ?? 'quantize',
        options: preset?.options ?? { scheme },
        ...dataFor(scheme, chosen),
        maxDrop: null,
        threads: threadSetting(),
      }));
    }
  }
}

/** The threads that the settings ask for; undefined leaves the choice to onnxruntime. */
export function threadSetting(): number | undefined {
  return vscode.workspace.getConfiguration('tare').get('threads', 0) || undefined;
}

/** A dynamic scheme fits nothing to data: what was chosen is only measured on. */
function dataFor(scheme: Scheme, { data, test }: ChosenData): Pick<CompressRequest, 'data' | 'test'> {
  return scheme === 'static' ? { data, test } : { data: null, test: data };
}

function stepOf(
  models: readonly string[],
  at: Omit<Step, 'title'>,
  title: 'extension.pick.method' | 'extension.pick.data.calibrate' | 'extension.pick.data.measure',
): Step {
  const params = { model: path.basename(models[0]!), count: models.length };
  return { title: t(models.length > 1 ? `${title}.batch` : title, params), ...at };
}

function askForScheme(step: Step): Promise<Answer<Scheme>> {
  const items = (['static', 'dynamic'] as const).map((scheme) => ({
    label: t(`extension.pick.${scheme}`),
    detail: t(`extension.pick.${scheme}.detail`),
    scheme,
  }));
  return pickStep(step, items).then((answer) =>
    answer && answer !== 'back' ? { value: answer.value.scheme } : answer,
  );
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
