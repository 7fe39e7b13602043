import * as path from 'node:path';
import { sentence } from '../../messages/catalog.js';
import { askForData } from '../askForData.js';
import type { MenuArguments } from '../command.js';
import { requireTrust } from '../command.js';
import { threadSetting } from '../compressQuestions.js';
import { rememberData } from '../dataSets.js';
import { metricSetting } from '../metricSetting.js';
import { originalOf } from '../originalOf.js';
import type { Services } from '../services.js';
import { localPath, targetModel } from '../targets.js';
import { t } from '../translate.js';

/**
 * *Tare: Evaluate Model…*: asks for data, measures the model on it, beside the original where there is one, and shows
 * the result on its Compare page.
 */
export async function evaluate(services: Services, ...of: MenuArguments): Promise<void> {
  const { context, engine, jobs, editor } = services;
  requireTrust();
  const uri = await targetModel('evaluate', ...of);
  if (!uri) return;
  const model = localPath(uri);
  const name = path.basename(model);
  const step = { title: t('extension.pick.data.evaluate', { model: name }), step: 1, of: 1 };
  const answer = await askForData(step, model, 'evaluate', services);
  if (!answer || answer === 'back' || answer.value.data === null) return;
  const { data, preprocess } = answer.value;
  await rememberData(model, answer.value, context.workspaceState);
  jobs.start({
    title: sentence('extension.job.evaluate', { model: name }),
    model: uri,
    async run(signal, onEvent) {
      const [against, metric] = [await originalOf(services, uri), metricSetting(uri, data)];
      const request = { model, against, data, preprocess, metric, threads: threadSetting() };
      const report = await engine.call('evaluate', request, { signal, onEvent });
      editor.documentOf(uri)?.notify({ kind: 'evaluated', report });
      await editor.show(uri, 'compare');
    },
  });
}
