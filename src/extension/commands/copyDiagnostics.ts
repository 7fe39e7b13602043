import * as vscode from 'vscode';
import { failureData } from '../../messages/failure.js';
import type { Services } from '../services.js';
import { t } from '../translate.js';

/** *Tare: Copy Diagnostics*: what one needs to know to mend a failure. No weights, and paths only where they failed. */
export async function copyDiagnostics({ context, engine, jobs }: Services): Promise<void> {
  const extension = context.extension.packageJSON as { version: string };
  const engineText = await engine
    .call('diagnostics', undefined)
    .catch((error: unknown) => `engine: ${failureData(error).message}`);
  const lines = [
    `Tare ${extension.version}`,
    `${vscode.env.appName} ${vscode.version} (${vscode.env.appHost}${vscode.env.remoteName ? `, ${vscode.env.remoteName}` : ''})`,
    `language ${vscode.env.language}, workspace ${vscode.workspace.isTrusted ? 'trusted' : 'restricted'}`,
    `jobs ${jobs.running.length}`,
    engineText,
  ];
  await vscode.env.clipboard.writeText(lines.join('\n'));
  vscode.window.setStatusBarMessage(t('extension.copied.diagnostics'), 5000);
}
