import * as path from 'node:path';
import { sentence } from '../../messages/catalog.js';
import { askForData } from '../askForData.js';
import type { MenuArguments } from '../command.js';
import { requireTrust } from '../command.js';
import { threadSetting } from '../compressQuestions.js';
import { rememberData } from '../dataSets.js';
import type { Services } from '../services.js';
import { localPath, targetModel } from '../targets.js';
import { t } from '../translate.js';

/**
 * *Tare: Profile Model…*: asks for data (random numbers do for times), measures how long each layer takes, and shows it on
 * the Overview.
 */
export async function profile(services: Services, ...of: MenuArguments): Promise<void> {
  const { context, engine, jobs, editor } = services;
  requireTrust();
  const uri = await targetModel('profile', ...of);
  if (!uri) return;
  const model = localPath(uri);
  const name = path.basename(model);
  const step = { title: t('extension.pick.data.profile', { model: name }), step: 1, of: 1 };
  const answer = await askForData(step, model, 'profile', services);
  if (!answer || answer === 'back' || answer.value.data === null) return;
  const { preprocess } = answer.value;
  const data = answer.value.data === 'random' ? null : answer.value.data;
  await rememberData(model, answer.value, context.workspaceState);
  jobs.start({
    title: sentence('extension.job.profile', { model: name }),
    model: uri,
    async run(signal, onEvent) {
      const request = { model, data, preprocess, threads: threadSetting() };
      const card = await engine.call('profile', request, { signal, onEvent });
      editor.documentOf(uri)?.notify({ kind: 'profiled', card });
      await editor.show(uri, 'overview');
    },
  });
}
