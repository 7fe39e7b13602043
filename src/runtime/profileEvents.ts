/** What onnxruntime's profiler writes: a JSON array with one event a line, each when it ended (core/common/profiler.cc). */

/** Kernels of one name and operator: how long they took in one run, in milliseconds. */
export interface KernelTime {
  /** Of the node in the optimized graph; `<operator>_<index>` where it has none. */
  readonly name: string;
  readonly op: string;
  readonly milliseconds: number;
}

export interface ProfiledRuns {
  readonly kernels: readonly KernelTime[];
  /** Of one run as a whole. */
  readonly runMs: number;
  readonly runs: number;
}

/** Operators in whose time that of their subgraphs' kernels is contained. */
const owners = new Set(['If', 'Loop', 'Scan', 'SequenceMap']);

interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds since the session began. */
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

const kernelSuffix = '_kernel_time';

/** Reads events in the order of the file and tells the median of each kernel over the runs. */
export class ProfileReader {
  readonly #kernels = new Map<string, { readonly name: string; readonly op: string; readonly perRun: number[] }>();
  readonly #runMs: number[] = [];
  #run = new Map<string, number>();
  #done: { readonly start: number; readonly microseconds: number }[] = [];
  #seen = 0;

  /** The first `warmup` runs do not count. */
  constructor(private readonly warmup: number) {}

  add(line: string): void {
    const text = line.trim().replace(/,$/, '');
    if (!text.startsWith('{')) return;
    const event = JSON.parse(text) as Event;
    if (event.cat === 'Node' && event.name.endsWith(kernelSuffix)) this.#addKernel(event);
    else if (event.cat === 'Session' && event.name === 'model_run') this.#endRun(event.dur);
  }

  result(): ProfiledRuns {
    const kernels = [...this.#kernels.values()].map(({ name, op, perRun }) => ({
      name,
      op,
      milliseconds: median(perRun.concat(Array<number>(this.#runMs.length - perRun.length).fill(0))) / 1000,
    }));
    return { kernels, runMs: median(this.#runMs) / 1000, runs: this.#runMs.length };
  }

  #addKernel({ name, ts, dur, args }: Event): void {
    const op = args?.op_name ?? '';
    let own = dur;
    if (owners.has(op)) while ((this.#done.at(-1)?.start ?? -1) >= ts) own -= this.#done.pop()!.microseconds;
    this.#done.push({ start: ts, microseconds: dur });
    const key = JSON.stringify([name.slice(0, -kernelSuffix.length), op]);
    this.#run.set(key, (this.#run.get(key) ?? 0) + Math.max(0, own));
  }

  #endRun(microseconds: number): void {
    this.#seen++;
    if (this.#seen > this.warmup) {
      this.#runMs.push(microseconds);
      for (const [key, time] of this.#run) this.#kernel(key).push(time);
    }
    this.#run = new Map();
    this.#done = [];
  }

  #kernel(key: string): number[] {
    const known = this.#kernels.get(key);
    if (known) return known.perRun;
    const [name, op] = JSON.parse(key) as [string, string];
    const perRun: number[] = [];
    this.#kernels.set(key, { name, op, perRun });
    return perRun;
  }
}

function median(numbers: readonly number[]): number {
  if (numbers.length === 0) return 0;
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
