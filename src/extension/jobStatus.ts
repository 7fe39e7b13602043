import * as vscode from 'vscode';
import type { Job, Jobs } from './jobs.js';
import { Owner } from './owner.js';
import { t, translate } from './translate.js';

/** The status bar item that mirrors the job under way; a click shows its model. */
export class JobStatus extends Owner {
  readonly #item = this.own(vscode.window.createStatusBarItem('tare.job', vscode.StatusBarAlignment.Left));

  constructor(jobs: Jobs) {
    super();
    this.#item.name = 'Tare';
    this.own(jobs.onDidChange(() => this.#show(jobs.running.at(-1))));
  }

  #show(job: Job | undefined): void {
    if (!job) return this.#item.hide();
    this.#item.text = `$(sync~spin) ${jobLine(job)}`;
    this.#item.tooltip = t('extension.job.tooltip', { model: vscode.workspace.asRelativePath(job.model) });
    this.#item.command = { command: 'tare.inspect', title: t('extension.job.tooltip'), arguments: [job.model] };
    this.#item.show();
  }
}

/** What a job does and how far it is, in one line. */
export function jobLine({ title, progress }: Job): string {
  const params = { title: translate(title), stage: translate(progress.stage) };
  if (progress.fraction === null) return t('extension.job.status', params);
  return t('extension.job.status-fraction', { ...params, percent: Math.floor(progress.fraction * 100) });
}
