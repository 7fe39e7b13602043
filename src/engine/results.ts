import type { EvaluationReport } from '../evaluate/evaluation.js';
import type { CompressReport } from '../recipe/report.js';
import { FileHashes, fileSize } from './fileHash.js';
import type { StateFolder } from './stateFolder.js';

interface Kept {
  reports: CompressReport;
  evaluations: EvaluationReport;
}

/**
 * Reports and evaluations by the content of the file they are about: they follow it when it is renamed or copied, and
 * are not found once it changed. A file is only hashed where one of its exact size is known.
 */
export class Results {
  readonly #hashes = new FileHashes();

  constructor(private readonly state: StateFolder) {}

  async keep<K extends keyof Kept>(kind: K, path: string, result: Kept[K]): Promise<void> {
    const [size, hash] = [await fileSize(path), await this.#hashes.of(path)];
    if (hash !== null) await this.state.write(kind, `${size}-${hash}`, result);
  }

  async find<K extends keyof Kept>(kind: K, path: string): Promise<Kept[K] | null> {
    const size = await fileSize(path);
    const prefix = `${size}-`;
    if (size === null || !(await this.state.keys(kind)).some((key) => key.startsWith(prefix))) return null;
    return (await this.state.read(kind, `${prefix}${await this.#hashes.of(path)}`)) as Kept[K] | null;
  }
}
