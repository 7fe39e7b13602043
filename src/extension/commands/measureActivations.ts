import * as path from 'node:path';
import * as vscode from 'vscode';
import { sentence } from '../../messages/catalog.js';
import { askForData } from '../askForData.js';
import type { MenuArguments } from '../command.js';
import { requireTrust } from '../command.js';
import { threadSetting } from '../compressQuestions.js';
import { rememberData } from '../dataSets.js';
import type { Services } from '../services.js';
import { localPath, targetModel } from '../targets.js';
import { t } from '../translate.js';

/** *Tare: Measure Activations…*: asks for data, runs the model on it, and shows what its layers give out. */
export async function measureActivations(services: Services, ...of: MenuArguments): Promise<void> {
  const { context, engine, jobs, editor } = services;
  requireTrust();
  const uri = await targetModel('activations', ...of);
  if (!uri) return;
  const model = localPath(uri);
  const name = path.basename(model);
  const step = { title: t('extension.pick.data.activations', { model: name }), step: 1, of: 1 };
  const answer = await askForData(step, model, 'activations', services);
  if (!answer || answer === 'back' || answer.value.data === null) return;
  const { data, preprocess } = answer.value;
  await rememberData(model, answer.value, context.workspaceState);
  jobs.start({
    title: sentence('extension.job.activations', { model: name }),
    model: uri,
    async run(signal, onEvent) {
      const request = { model, data, preprocess, threads: threadSetting(), budgetBytes: memorySetting() };
      const card = await engine.call('measureActivations', request, { signal, onEvent });
      editor.documentOf(uri)?.notify({ kind: 'activations', card });
      await editor.show(uri, 'layers');
    },
  });
}

/** Bytes that captured activations may take at once. */
function memorySetting(): number {
  return vscode.workspace.getConfiguration('tare').get('activationMemory', 1024) * 2 ** 20;
}
