import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { isAlive } from '../onnx/isAlive.js';
import { packNumbers, unpackNumbers } from '../protocol/packNumbers.js';

/** Entries of a kind that are kept, and their bytes; the longest unused go first. */
const mostEntries = 500;
const mostEntriesOf: Readonly<Record<string, number>> = { figures: 20_000 };
const mostBytes = 256 << 20;

const endings = ['.json', '.bin'] as const;
type Ending = (typeof endings)[number];

/**
 * What the engine remembers over restarts: documents by kind and key, one file each: JSON, or where they hold many numbers
 * structured clones. A write replaces the file at once or not at all; a file that cannot be read counts as absent.
 */
export class StateFolder {
  readonly #writing = new Map<string, Promise<void>>();
  #temporaries = 0;

  constructor(readonly path: string) {}

  async read(kind: string, key: string): Promise<unknown> {
    const file = this.#file(kind, key);
    await this.#writing.get(file)?.catch(() => undefined);
    try {
      const value = unpackNumbers(JSON.parse(await readFile(file, 'utf8')));
      await noteUse(file);
      return value;
    } catch {
      return null;
    }
  }

  /** Changes of one document happen in the order they were asked for. */
  write(kind: string, key: string, value: unknown): Promise<void> {
    const text = JSON.stringify(packNumbers(value));
    return this.#inTurn(this.#file(kind, key), (file) => this.#replace(join(this.path, kind), file, text));
  }

  /** What `writeClone` was given: typed arrays are typed arrays. */
  async readClone(kind: string, key: string): Promise<unknown> {
    const file = this.#file(kind, key, '.bin');
    await this.#writing.get(file)?.catch(() => undefined);
    try {
      const value = deserialize(await readFile(file)) as unknown;
      await noteUse(file);
      return value;
    } catch {
      return null;
    }
  }

  writeClone(kind: string, key: string, value: unknown): Promise<void> {
    const bytes = serialize(value);
    return this.#inTurn(this.#file(kind, key, '.bin'), (file) => this.#replace(join(this.path, kind), file, bytes));
  }

  remove(kind: string, key: string): Promise<void> {
    return this.#inTurn(this.#file(kind, key), (file) => rm(file, { force: true }));
  }

  /** Keys of a kind, as `write` was given them: only for keys that are safe names of files. */
  async keys(kind: string): Promise<string[]> {
    const names = await readdir(join(this.path, kind)).catch(() => []);
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  }

  /** Removes what was left half-written, and of each kind what is past what is kept. */
  async tidy(): Promise<void> {
    const kinds = await readdir(this.path, { withFileTypes: true }).catch(() => []);
    for (const kind of kinds.filter((entry) => entry.isDirectory())) await this.tidyKind(kind.name);
  }

  async tidyKind(kind: string): Promise<void> {
    const folder = join(this.path, kind);
    const names = await readdir(folder).catch(() => []);
    const files = await Promise.all(
      names.map(async (name) => {
        const found = await stat(join(folder, name)).catch(() => undefined);
        return { name, time: found?.mtimeMs ?? 0, size: found?.size ?? 0 };
      }),
    );
    const isDocument = ({ name }: { name: string }) => endings.some((ending) => name.endsWith(ending));
    const documents = files.filter(isDocument).sort((a, b) => b.time - a.time);
    let bytes = 0;
    const most = mostEntriesOf[kind] ?? mostEntries;
    const past = documents.filter(({ size }, i) => (bytes += size) > mostBytes || i >= most);
    const gone = [...past, ...files.filter(({ name }) => isLeftOver(name))];
    await Promise.all(gone.map(({ name }) => rm(join(folder, name), { force: true })));
  }

  #inTurn(file: string, change: (file: string) => Promise<void>): Promise<void> {
    const before = this.#writing.get(file) ?? Promise.resolve();
    const written = before.catch(() => undefined).then(() => change(file));
    this.#writing.set(file, written);
    const forget = () => {
      if (this.#writing.get(file) === written) this.#writing.delete(file);
    };
    written.then(forget, forget);
    return written;
  }

  async #replace(folder: string, file: string, content: string | Uint8Array): Promise<void> {
    await mkdir(folder, { recursive: true });
    const temporary = `${file}.${process.pid}-${++this.#temporaries}.tmp`;
    await writeFile(temporary, content);
    await rename(temporary, file);
  }

  /** A key that is a plain name stays readable; any other becomes its hash. */
  #file(kind: string, key: string, ending: Ending = '.json'): string {
    const name = /^[\w-]{1,120}$/.test(key) ? key : createHash('sha256').update(key).digest('hex');
    return join(this.path, kind, name + ending);
  }
}

async function noteUse(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
}

/** A temporary file of a process that is not this one and does not live any more. */
function isLeftOver(name: string): boolean {
  const pid = /\.(?:json|bin)\.(\d+)-\d+\.tmp$/.exec(name)?.[1];
  return pid !== undefined && !isAlive(Number(pid));
}
