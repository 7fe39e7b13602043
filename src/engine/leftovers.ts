import { dirname } from 'node:path';
import { isAlive } from '../onnx/isAlive.js';
import { removeLeftovers } from '../onnx/temporaryFiles.js';
import type { StateFolder } from './stateFolder.js';

/** The folders that jobs write to, kept on disk from before the first write until the job has ended in order. */
export class OutputFolders {
  #open = new Map<string, number>();

  constructor(private readonly state: StateFolder) {}

  /** Removes what the jobs of engines that died have left, wherever it was. */
  async clean(): Promise<void> {
    for (const key of await this.state.keys('outputs')) {
      const pid = Number(/^engine-(\d+)$/.exec(key)?.[1]);
      if (!pid || isAlive(pid)) continue;
      const folders = await this.state.read('outputs', key);
      if (Array.isArray(folders)) await Promise.all(folders.map((folder) => removeLeftovers(String(folder))));
      await this.state.remove('outputs', key);
    }
  }

  /** Runs a job that writes `output`. */
  async during<T>(output: string, job: () => Promise<T>): Promise<T> {
    const folder = dirname(output);
    await this.#count(folder, 1);
    try {
      return await job();
    } finally {
      await this.#count(folder, -1);
    }
  }

  async #count(folder: string, by: number): Promise<void> {
    const count = (this.#open.get(folder) ?? 0) + by;
    if (count > 0) this.#open.set(folder, count);
    else this.#open.delete(folder);
    const key = `engine-${process.pid}`;
    if (this.#open.size > 0) await this.state.write('outputs', key, [...this.#open.keys()]);
    else await this.state.remove('outputs', key);
  }
}
