import * as path from 'node:path';
import { sentence } from '../../messages/catalog.js';
import { askForData } from '../askForData.js';
import type { MenuArguments } from '../command.js';
import { requireTrust } from '../command.js';
import { threadSetting } from '../compressQuestions.js';
import { rememberData } from '../dataSets.js';
import { chooseOther, originalOf } from '../originalOf.js';
import type { Services } from '../services.js';
import { localPath, targetModel } from '../targets.js';
import { t } from '../translate.js';

/**
 * *Tare: Measure Errors…*: asks for data, measures in which layers this model departs from its original, and shows that on its
 * Compare page.
 */
export async function measureErrors(services: Services, ...of: MenuArguments): Promise<void> {
  const { context, engine, jobs, editor } = services;
  requireTrust();
  const uri = await targetModel('evaluate', ...of);
  if (!uri) return;
  const b = localPath(uri);
  const other = (await originalOf(services, uri)) ?? (await chooseOther(services, uri))?.fsPath;
  if (other === undefined) return;
  const name = path.basename(b);
  const step = { title: t('extension.pick.data.errors', { model: name }), step: 1, of: 1 };
  const answer = await askForData(step, b, 'evaluate', services);
  if (!answer || answer === 'back' || answer.value.data === null) return;
  const { data, preprocess } = answer.value;
  await rememberData(b, answer.value, context.workspaceState);
  jobs.start({
    title: sentence('extension.job.errors', { model: name }),
    model: uri,
    async run(signal, onEvent) {
      const request = { a: other, b, data, preprocess, threads: threadSetting() };
      const card = await engine.call('measureErrors', request, { signal, onEvent });
      editor.documentOf(uri)?.notify({ kind: 'errors-measured', against: other, card });
      await editor.show(uri, 'compare', other);
    },
  });
}
