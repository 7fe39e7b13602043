import { resolve } from 'node:path';
import type { StatisticsPool } from '../inspect/statisticsPool.js';
import { Failure } from '../messages/failure.js';
import type { EngineNotice, ModelHandle, OpenedModel } from '../protocol/engineService.js';
import type { LayoutPool } from './layoutPool.js';
import { OpenFile } from './openFile.js';
import type { FileWatch } from './fileWatch.js';
import { stampOf, watchFiles } from './fileWatch.js';
import type { StateFolder } from './stateFolder.js';

interface Entry {
  readonly file: Promise<OpenFile>;
  watch?: FileWatch;
  handles: number;
}

/** Handles of two engines never meet, so that one of an engine that died closes nothing in the next. */
const handlesPerProcess = 1_000_000;

/** The open models: a file is opened once for all its handles, and closed with the last. */
export class Models {
  readonly #byPath = new Map<string, Entry>();
  readonly #byHandle = new Map<ModelHandle, Entry>();
  #lastHandle = process.pid * handlesPerProcess;

  /** `onNotice` hears when the file of an open model is another than it was. */
  constructor(
    private readonly state: StateFolder,
    private readonly pool: StatisticsPool,
    private readonly layoutPool: LayoutPool,
    private readonly onNotice: (notice: EngineNotice) => void,
  ) {}

  async open(path: string): Promise<OpenedModel> {
    const absolute = resolve(path);
    await this.#noticeChange(absolute);
    const entry = this.#byPath.get(absolute) ?? this.#add(absolute);
    entry.handles++;
    try {
      const file = await entry.file;
      const model = ++this.#lastHandle;
      this.#byHandle.set(model, entry);
      return { ...file.description, model };
    } catch (error) {
      this.#release(absolute, entry);
      throw error;
    }
  }

  /** A handle that is not open any more is none to close. */
  async close(handle: ModelHandle): Promise<void> {
    const entry = this.#byHandle.get(handle);
    if (!entry) return;
    this.#byHandle.delete(handle);
    const file = await entry.file;
    this.#release(file.path, entry);
    if (entry.handles === 0) await file.close();
  }

  /** Fails with 'engine.no-model' for a handle that was closed, or is of another engine. */
  async get(handle: ModelHandle): Promise<OpenFile> {
    const entry = this.#byHandle.get(handle);
    if (!entry) throw new Failure('engine.no-model');
    return entry.file;
  }

  /** The open files with this content. */
  async withContent(contentKey: string): Promise<OpenFile[]> {
    const files = await Promise.all([...this.#byPath.values()].map(({ file }) => file.catch(() => undefined)));
    return files.filter((file) => file?.description.contentKey === contentKey) as OpenFile[];
  }

  /** Paths and how many handles each has. */
  list(): { readonly path: string; readonly handles: number }[] {
    return [...this.#byPath].map(([path, { handles }]) => ({ path, handles }));
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#byHandle.keys()].map((handle) => this.close(handle)));
  }

  #add(path: string): Entry {
    const entry: Entry = { file: OpenFile.open(path, this.state, this.pool, this.layoutPool), handles: 0 };
    this.#byPath.set(path, entry);
    entry.file.then(
      ({ watched }) => {
        if (entry.handles > 0) entry.watch = watchFiles(watched, () => this.#changed(path, entry));
      },
      () => undefined,
    );
    return entry;
  }

  /** Who opens a path gets what is there now, even where the change has not been noticed yet. */
  async #noticeChange(path: string): Promise<void> {
    const entry = this.#byPath.get(path);
    const file = await entry?.file.catch(() => undefined);
    if (!entry || !file || this.#byPath.get(path) !== entry) return;
    if ((await stampOf(path)) === file.stamp || this.#byPath.get(path) !== entry) return;
    entry.watch?.close();
    this.#changed(path, entry);
  }

  /** The handles stay, on a file that is not there any more as it was; who opens the path from now on gets the new one. */
  #changed(path: string, entry: Entry): void {
    if (this.#byPath.get(path) === entry) this.#byPath.delete(path);
    this.onNotice({ kind: 'file-changed', path });
  }

  #release(path: string, entry: Entry): void {
    entry.handles--;
    if (entry.handles > 0) return;
    if (this.#byPath.get(path) === entry) this.#byPath.delete(path);
    entry.watch?.close();
  }
}
