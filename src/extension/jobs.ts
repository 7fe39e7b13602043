import * as vscode from 'vscode';
import type { FailureData } from '../messages/failure.js';
import { failureData } from '../messages/failure.js';
import { sentence } from '../messages/catalog.js';
import type { Message } from '../messages/message.js';
import type { RunningJob } from '../protocol/pageService.js';
import type { Progress } from '../recipe/report.js';
import { Owner } from './owner.js';

/** Long work on one model. `run` can be called again after it failed. */
export interface JobRequest {
  readonly title: Message;
  /** The model it works on: its editors show it. */
  readonly model: vscode.Uri;
  /** Does the work and what follows from it (opening the result). */
  run(signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<void>;
}

export interface Job extends RunningJob {
  readonly model: vscode.Uri;
}

export type JobEvent =
  | { readonly kind: 'progress'; readonly job: Job }
  | { readonly kind: 'ended'; readonly job: Job; readonly failure?: FailureData };

/** How a job came to its end; it never rejects. */
export type JobEnd = 'done' | 'failed' | 'cancelled';

/** Failed jobs that are kept to be run again. */
const keptFailures = 20;

/** The long work that is under way. */
export class Jobs extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<JobEvent>());
  readonly onDidChange = this.#changed.event;
  readonly #running = new Map<number, { job: Job; controller: AbortController; ended: Promise<JobEnd> }>();
  readonly #failed = new Map<number, JobRequest>();
  readonly #series = new Set<Promise<unknown>>();
  #lastId = 0;

  get running(): readonly Job[] {
    return [...this.#running.values()].map(({ job }) => job);
  }

  start(request: JobRequest): { readonly id: number; readonly ended: Promise<JobEnd> } {
    const id = ++this.#lastId;
    const { title, model } = request;
    const controller = new AbortController();
    const job: Job = { id, title, model, progress: { stage: sentence('extension.job.starting'), fraction: null } };
    const report = (progress: Progress) => this.#progress(id, progress);
    const ended = request.run(controller.signal, report).then(
      () => this.#end(id, request),
      (error: unknown) => this.#end(id, request, failureData(error)),
    );
    this.#running.set(id, { job, controller, ended });
    this.#changed.fire({ kind: 'progress', job });
    return { id, ended };
  }

  cancel(id: number): void {
    this.#running.get(id)?.controller.abort();
  }

  runAgain(id: number): void {
    const request = this.#failed.get(id);
    this.#failed.delete(id);
    if (request) this.start(request);
  }

  /** Counts a series of jobs as busy from its first to its last. */
  track(series: Promise<unknown>): void {
    const tracked = series.finally(() => this.#series.delete(tracked));
    this.#series.add(tracked);
  }

  /** Resolves when no job runs and no series of jobs goes on. */
  async whenIdle(): Promise<void> {
    while (this.#running.size + this.#series.size > 0) {
      await Promise.allSettled([...[...this.#running.values()].map(({ ended }) => ended), ...this.#series]);
    }
  }

  override dispose(): void {
    for (const { controller } of this.#running.values()) controller.abort();
    super.dispose();
  }

  #progress(id: number, progress: Progress): void {
    const entry = this.#running.get(id);
    if (!entry) return;
    entry.job = { ...entry.job, progress };
    this.#changed.fire({ kind: 'progress', job: entry.job });
  }

  #end(id: number, request: JobRequest, failure?: FailureData): JobEnd {
    const { job } = this.#running.get(id)!;
    this.#running.delete(id);
    if (failure && failure.code !== 'cancelled') {
      this.#failed.set(id, request);
      for (const old of [...this.#failed.keys()].slice(0, -keptFailures)) this.#failed.delete(old);
    }
    this.#changed.fire({ kind: 'ended', job, failure });
    return !failure ? 'done' : failure.code === 'cancelled' ? 'cancelled' : 'failed';
  }
}
