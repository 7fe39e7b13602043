import * as vscode from 'vscode';
import type { FailureData } from '../messages/failure.js';
import { t, translateFailure } from './translate.js';

/** An action offered on a failure's message. */
export interface FailureAction {
  readonly title: string;
  run(): unknown;
}

/**
 * Tells the person what went wrong and what to do, with actions; *Show Log* and *Copy Diagnostics* always stand last.
 * Returns at once: a command does not wait for the person to read.
 */
export function showFailure(failure: FailureData, actions: readonly FailureAction[] = []): void {
  if (failure.code === 'cancelled') return;
  const { message, mend } = translateFailure(failure);
  const all: FailureAction[] = [...actions];
  if (failure.code === 'extension.untrusted') all.push(command('extension.action.trust', 'workbench.trust.manage'));
  all.push(command('extension.action.show-log', 'tare.showLog'));
  all.push(command('extension.action.copy-diagnostics', 'tare.copyDiagnostics'));
  void vscode.window
    .showErrorMessage(`${message} ${mend}`, ...all.map(({ title }) => title))
    .then((chosen) => all.find(({ title }) => title === chosen)?.run());
}

function command(id: Parameters<typeof t>[0], name: string): FailureAction {
  return { title: t(id), run: () => vscode.commands.executeCommand(name) };
}
