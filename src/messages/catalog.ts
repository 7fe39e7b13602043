import type { Message, MessageParams } from './message.js';
import { fill } from './message.js';
import { activationFailures, activationSentences } from './en/activations.js';
import { cliSentences } from './en/cli.js';
import { compressFailures, compressSentences } from './en/compress.js';
import { conditioningFailures, conditioningSentences } from './en/conditioning.js';
import { dataFailures, dataSentences } from './en/data.js';
import { detailSentences } from './en/detailPage.js';
import { engineFailures, engineSentences } from './en/engine.js';
import { evaluateFailures, evaluateSentences } from './en/evaluate.js';
import { formSentences } from './en/formPage.js';
import { graphFailures, graphSentences } from './en/graph.js';
import { graphPageSentences } from './en/graphPage.js';
import { halfFailures, halfSentences } from './en/half.js';
import { inspectFailures, inspectSentences } from './en/inspect.js';
import { onnxFailures, onnxSentences } from './en/onnx.js';
import { pageSentences } from './en/pages.js';
import { presetFailures, presetSentences } from './en/presets.js';
import { qonnxFailures, qonnxSentences } from './en/qonnx.js';
import { quantizeFailures, quantizeSentences } from './en/quantize.js';
import { targetSentences } from './en/targets.js';
import { recipeFailures, recipeSentences } from './en/recipe.js';
import { schemeFailures, schemeSentences } from './en/schemes.js';
import { runtimeFailures } from './en/runtime.js';
import { weightOnlyFailures, weightOnlySentences } from './en/weightOnly.js';
import { extensionFailures, extensionSentences } from './en/extension.js';

/** A failure names the thing that is wrong (`message`) and what to do about it (`mend`). */
export interface FailureText {
  readonly message: string;
  readonly mend: string;
}

export const failures = {
  ...onnxFailures,
  ...graphFailures,
  ...runtimeFailures,
  ...dataFailures,
  ...inspectFailures,
  ...activationFailures,
  ...compressFailures,
  ...quantizeFailures,
  ...schemeFailures,
  ...halfFailures,
  ...qonnxFailures,
  ...presetFailures,
  ...conditioningFailures,
  ...weightOnlyFailures,
  ...evaluateFailures,
  ...recipeFailures,
  ...engineFailures,
  ...extensionFailures,
} as const satisfies Record<string, FailureText>;

export const sentences = {
  ...graphSentences,
  ...onnxSentences,
  ...inspectSentences,
  ...targetSentences,
  ...activationSentences,
  ...dataSentences,
  ...compressSentences,
  ...quantizeSentences,
  ...schemeSentences,
  ...halfSentences,
  ...qonnxSentences,
  ...presetSentences,
  ...conditioningSentences,
  ...weightOnlySentences,
  ...evaluateSentences,
  ...recipeSentences,
  ...engineSentences,
  ...cliSentences,
  ...pageSentences,
  ...detailSentences,
  ...formSentences,
  ...graphPageSentences,
  ...extensionSentences,
} as const satisfies Record<string, string>;

export type FailureId = keyof typeof failures;
export type SentenceId = keyof typeof sentences;

/** A sentence of the catalogue, checked at compile time; translated only at the edge that shows it. */
export function sentence(id: SentenceId, params: MessageParams = {}): Message {
  return { id, params };
}

/** The English text of a sentence: what the command line prints. */
export function english(message: Message): string {
  const template = (sentences as Record<string, string>)[message.id];
  return template === undefined ? message.id : fill(template, message.params);
}
