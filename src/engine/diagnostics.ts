import { arch, cpus, freemem, release, totalmem, type } from 'node:os';
import { dependencies } from '../../package.json';
import { failureData } from '../messages/failure.js';
import { formatBytes } from '../messages/units.js';

interface FailedCall {
  readonly time: Date;
  readonly method: string;
  readonly text: string;
}

const keptFailures = 20;

/** What went wrong lately, for *Copy Diagnostics*. */
export class RecentFailures {
  #failed: FailedCall[] = [];

  /** Returns what it keeps: a failure in a sentence, a defect with the place it came from. */
  add(method: string, error: unknown): string {
    const { code, message } = failureData(error);
    const text = code === 'internal' && error instanceof Error && error.stack ? error.stack : `${code}: ${message}`;
    this.#failed = [...this.#failed, { time: new Date(), method, text }].slice(-keptFailures);
    return text;
  }

  lines(): string[] {
    return this.#failed.map(({ time, method, text }) => `${time.toISOString()} ${method}: ${text}`);
  }
}

/** Of the engine's process and its machine, in lines. */
export function machineLines(): string[] {
  const [processor] = cpus();
  return [
    `node ${process.version}, onnxruntime-node ${dependencies['onnxruntime-node']}`,
    `${type()} ${release()} ${arch()}, ${cpus().length} x ${processor?.model ?? 'unknown processor'}`,
    `memory ${formatBytes(freemem())} free of ${formatBytes(totalmem())}; the engine has ${formatBytes(process.memoryUsage.rss())}`,
    `engine ${process.pid}, up ${Math.round(process.uptime())} s`,
  ];
}
