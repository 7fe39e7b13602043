import * as vscode from 'vscode';
import type { MenuArguments } from '../command.js';
import { reportOn } from '../reportOn.js';
import type { Services } from '../services.js';
import { t } from '../translate.js';

/** *Tare: Copy as Command*: the command line that makes the same file again. */
export async function copyAsCommand(services: Services, ...of: MenuArguments): Promise<void> {
  const report = await reportOn(services, ...of);
  if (!report) return;
  await vscode.env.clipboard.writeText(report.command);
  vscode.window.setStatusBarMessage(t('extension.copied.command'), 5000);
}
