import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Json } from '../compress/method.js';
import type { FailureData } from '../messages/failure.js';
import { failureData } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import type { OpenedModel } from '../protocol/engineService.js';
import type { PageName, PageNotice, PageStart } from '../protocol/pageService.js';
import type { EngineClient } from './engineClient.js';
import type { Jobs } from './jobs.js';
import type { LocalFile } from './localFile.js';
import { localFile } from './localFile.js';
import type { Originals } from './originals.js';
import { Owner } from './owner.js';
import { translations } from './translate.js';

interface Opened {
  readonly file: LocalFile;
  readonly model: OpenedModel;
  readonly state: Json;
}

/** A model behind one or more editors. It is opened in the engine when the first page asks, and once for all of them. */
export class ModelDocument extends Owner implements vscode.CustomDocument {
  readonly #noticed = this.own(new vscode.EventEmitter<PageNotice>());
  /** What every page of this model is told. */
  readonly onNotice = this.#noticed.event;
  readonly #disposed = this.own(new vscode.EventEmitter<void>());
  readonly onDidDispose = this.#disposed.event;
  #opened: Promise<Opened> | undefined;
  #page: PageName | null = null;

  constructor(
    readonly uri: vscode.Uri,
    private readonly engine: EngineClient,
    private readonly jobs: Jobs,
    private readonly storage: vscode.Uri,
    private readonly originals: Originals,
  ) {
    super();
    this.own(
      jobs.onDidChange((event) => {
        if (event.job.model.toString() !== uri.toString()) return;
        const { id, title, progress } = event.job;
        if (event.kind === 'progress') this.notify({ kind: 'job', job: { id, title, progress } });
        else this.notify({ kind: 'job-ended', id, title, failure: event.failure });
      }),
    );
  }

  get name(): string {
    return path.posix.basename(this.uri.path);
  }

  /** The model as the engine has it now; opened if it is not. A failure is forgotten, so that the next call tries again. */
  async model(): Promise<OpenedModel> {
    return (await this.#open()).model;
  }

  /** What a page needs to begin. The page that was asked for is shown once. */
  async start(): Promise<PageStart> {
    const { model, state } = await this.#open();
    const page = this.#page;
    this.#page = null;
    return {
      opened: model,
      state,
      page,
      against: this.originals.of(this.uri),
      jobs: this.jobs.running
        .filter((job) => job.model.toString() === this.uri.toString())
        .map(({ id, title, progress }) => ({ id, title, progress })),
      translations: translations(),
    };
  }

  /** Asks the pages, now and those that are still to start, for a page; `against` stays what it was where undefined. */
  show(page: PageName, against?: string): void {
    if (against !== undefined) this.originals.set(this.uri, against);
    this.#page = page;
    this.notify({ kind: 'show', page, against: this.originals.of(this.uri) });
  }

  /** Reads the model again and tells the pages. The selection lives on, in the pages and as the state of the new content. */
  async reopen(why: Message | null): Promise<void> {
    const before = await this.#opened?.catch(() => undefined);
    this.#opened = undefined;
    if (before) this.#close(before);
    try {
      const { state } = await this.#open();
      if (before && state === null && before.state !== null) await this.writeState(before.state);
      this.notify({ kind: 'reopened', start: await this.start(), why });
    } catch (error) {
      this.notify({ kind: 'failed', failure: failureData(error) });
    }
  }

  /** The engine died and is not started again by itself: the pages say so and offer to reload. */
  lose(failure: FailureData): void {
    this.#opened = undefined;
    this.notify({ kind: 'failed', failure });
  }

  /** Keeps what the pages remember. */
  async writeState(state: Json): Promise<void> {
    const opened = await this.#open();
    this.#opened = Promise.resolve({ ...opened, state });
    await this.engine.call('writeState', { contentKey: opened.model.contentKey, state });
  }

  notify(notice: PageNotice): void {
    this.#noticed.fire(notice);
  }

  /** Whether the model was opened from this path, a copy's included. */
  async isAt(file: string): Promise<boolean> {
    const opened = await this.#opened?.catch(() => undefined);
    return opened?.model.path === file;
  }

  /** Whether a page has asked for the model. */
  get isOpen(): boolean {
    return this.#opened !== undefined;
  }

  override dispose(): void {
    if (this.disposed) return;
    void this.#opened?.then((opened) => this.#close(opened)).catch(() => undefined);
    this.#disposed.fire();
    super.dispose();
  }

  #open(): Promise<Opened> {
    if (this.#opened) return this.#opened;
    const opening = this.#read();
    this.#opened = opening;
    opening.catch(() => {
      if (this.#opened === opening) this.#opened = undefined;
    });
    return opening;
  }

  async #read(): Promise<Opened> {
    const file = await localFile(this.uri, this.storage);
    try {
      const model = await this.engine.call('open', { path: file.path });
      const state = await this.engine.call('readState', { contentKey: model.contentKey });
      return { file, model, state };
    } catch (error) {
      file.dispose();
      throw error;
    }
  }

  #close({ file, model }: Opened): void {
    // A handle of an engine that died is gone with it.
    this.engine.call('close', { model: model.model }).catch(() => undefined);
    file.dispose();
  }
}
