import * as vscode from 'vscode';
import type { MenuArguments } from '../command.js';
import { reportMarkdown } from '../reportMarkdown.js';
import { reportOn } from '../reportOn.js';
import type { Services } from '../services.js';
import { t } from '../translate.js';

/** *Tare: Copy Report*: the report on a compressed model, as Markdown. */
export async function copyReport(services: Services, ...of: MenuArguments): Promise<void> {
  const report = await reportOn(services, ...of);
  if (!report) return;
  await vscode.env.clipboard.writeText(reportMarkdown(report));
  vscode.window.setStatusBarMessage(t('extension.copied.report'), 5000);
}
