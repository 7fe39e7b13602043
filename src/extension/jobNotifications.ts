import * as vscode from 'vscode';
import type { Job, Jobs } from './jobs.js';
import type { ModelEditor } from './modelEditor.js';
import { Owner } from './owner.js';
import { showFailure } from './showFailure.js';
import { t, translate } from './translate.js';

/** A cancellable notification for each job whose model the person does not see, and a message where one failed unseen. */
export class JobNotifications extends Owner {
  /** Jobs with a notification, and how to tell it of progress and to end it. */
  readonly #shown = new Map<number, { report(job: Job): void; end(): void }>();

  constructor(
    private readonly jobs: Jobs,
    private readonly editor: ModelEditor,
  ) {
    super();
    this.own(editor.onDidChangeVisibility(() => jobs.running.forEach((job) => this.#update(job))));
    this.own(
      jobs.onDidChange(({ kind, job, ...event }) => {
        if (kind === 'progress') return this.#update(job);
        this.#shown.get(job.id)?.end();
        const failure = 'failure' in event ? event.failure : undefined;
        if (!failure || editor.isVisible(job.model)) return;
        showFailure(failure, [{ title: t('extension.action.run-again'), run: () => jobs.runAgain(job.id) }]);
      }),
    );
  }

  #update(job: Job): void {
    const shown = this.#shown.get(job.id);
    if (shown) shown.report(job);
    else if (!this.editor.isVisible(job.model)) this.#show(job);
  }

  #show(job: Job): void {
    let told = 0;
    let bar: vscode.Progress<{ message: string; increment: number }> | undefined;
    const report = ({ progress: { stage, fraction } }: Job) => {
      const percent = Math.max(told, (fraction ?? 0) * 100);
      bar?.report({ message: translate(stage), increment: percent - told });
      if (bar) told = percent;
    };
    const ended = new Promise<void>((resolve) => {
      const end = () => {
        this.#shown.delete(job.id);
        resolve();
      };
      this.#shown.set(job.id, { report, end });
    });
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title: translate(job.title) };
    void vscode.window.withProgress(options, (progress, token) => {
      bar = progress;
      token.onCancellationRequested(() => this.jobs.cancel(job.id));
      report(job);
      return ended;
    });
  }

  override dispose(): void {
    for (const { end } of this.#shown.values()) end();
    super.dispose();
  }
}
