/** How long a page's main thread was taken, from Chromium's trace of its tasks. */
import type { Browser, Page } from 'playwright-core';

export interface LongestTask {
  /** Milliseconds from its begin to its end, those in which another process had the processor included. */
  readonly wall: number;
  /** Milliseconds of the processor that a task took. */
  readonly processor: number;
}

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Runs `act`; the longest task of the page's main thread meanwhile. */
export async function longestTask(browser: Browser, page: Page, act: () => Promise<void>): Promise<LongestTask> {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  return longestOf(traceEvents);
}

function longestOf(events: readonly TraceEvent[]): LongestTask {
  const thread = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  const isMain = ({ name, args }: TraceEvent): boolean => name === 'thread_name' && args.name === 'CrRendererMain';
  const mains = new Set(events.filter(isMain).map(thread));
  const tasks = events.filter((event) => event.ph === 'X' && /RunTask$/.test(event.name) && mains.has(thread(event)));
  if (tasks.length === 0) throw new Error('the trace has no task of the main thread');
  const longest = (of: (task: TraceEvent) => number): number =>
    tasks.reduce((most, task) => Math.max(most, of(task)), 0);
  return { wall: longest(({ dur = 0 }) => dur) / 1000, processor: longest(({ tdur = 0 }) => tdur) / 1000 };
}
