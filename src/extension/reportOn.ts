import * as path from 'node:path';
import { Failure } from '../messages/failure.js';
import type { CompressReport } from '../recipe/report.js';
import type { MenuArguments } from './command.js';
import type { Services } from './services.js';
import { localPath, targetModel } from './targets.js';

/** The report on the model that a command is about; undefined where the person chose no model. Fails where there is none. */
export async function reportOn({ engine }: Services, ...of: MenuArguments): Promise<CompressReport | undefined> {
  const uri = await targetModel('report', ...of);
  if (!uri) return undefined;
  const report = await engine.call('report', { path: localPath(uri) });
  if (!report) throw new Failure('extension.no-report', { file: path.basename(uri.fsPath) });
  return report;
}
