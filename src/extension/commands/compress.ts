import * as path from 'node:path';
import * as vscode from 'vscode';
import { sentence } from '../../messages/catalog.js';
import { formatBytes } from '../../messages/units.js';
import type { CompressRequest } from '../../protocol/engineService.js';
import type { CompressReport } from '../../recipe/report.js';
import type { MenuArguments, Preset } from '../command.js';
import { requireTrust } from '../command.js';
import { askHowToCompress } from '../compressQuestions.js';
import type { JobRequest } from '../jobs.js';
import type { Services } from '../services.js';
import { localPath, targetModels } from '../targets.js';
import { t } from '../translate.js';

/**
 * *Tare: Compress Model…*: asks, but for what is preset, then compresses; several models one after the other with the same answers. The result
 * opens on its Compare page; of several, a message says how many there are and what they weigh.
 */
export async function compress(
  services: Services,
  uri?: MenuArguments[0],
  uris?: MenuArguments[1],
  preset?: Preset,
): Promise<void> {
  requireTrust();
  const models = await targetModels('compress', uri, uris);
  if (models.length === 0) return;
  const requests = await askHowToCompress(models.map(localPath), services, preset);
  if (!requests) return;
  if (requests === 'form') return services.editor.show(models[0]!, 'compress');
  if (requests.length === 1)
    services.jobs.start(compressJob(services, requests[0]!, (report) => openResult(services, report)));
  else services.jobs.track(compressAll(services, requests));
}

async function compressAll(services: Services, requests: readonly CompressRequest[]): Promise<void> {
  let [count, before, after] = [0, 0, 0];
  for (const request of requests) {
    const note = (report: CompressReport) => {
      count++;
      before += report.before.bytes;
      after += report.after.bytes;
      return Promise.resolve();
    };
    const end = await services.jobs.start(compressJob(services, request, note)).ended;
    if (end === 'cancelled') break;
  }
  if (count === 0) return;
  const params = { count, before: formatBytes(before), after: formatBytes(after) };
  void vscode.window.showInformationMessage(t('extension.job.batch-done', params));
}

function compressJob(
  { engine, log }: Services,
  request: CompressRequest,
  onDone: (report: CompressReport) => Promise<void>,
): JobRequest {
  return {
    title: sentence('extension.job.compress', { model: path.basename(request.input) }),
    model: vscode.Uri.file(request.input),
    async run(signal, onEvent) {
      const report = await engine.call('compress', request, { signal, onEvent });
      log.info(report.command);
      await onDone(report);
    },
  };
}

async function openResult({ editor }: Services, report: CompressReport): Promise<void> {
  const params = {
    model: path.basename(report.input),
    before: formatBytes(report.before.bytes),
    after: formatBytes(report.after.bytes),
  };
  vscode.window.setStatusBarMessage(t('extension.job.done', params), 10_000);
  await editor.show(vscode.Uri.file(report.output), 'compare', report.input);
}
