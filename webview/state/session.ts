/** The conversation with the extension: what model this page shows, what runs, and what went wrong. */
import { signal } from '@preact/signals';
import type { EvaluationReport } from '../../src/evaluate/evaluation.js';
import type { FailureData } from '../../src/messages/failure.js';
import { failureData } from '../../src/messages/failure.js';
import type { Message } from '../../src/messages/message.js';
import type { ActivationsCard } from '../../src/protocol/activationCalls.js';
import type { ProfileCard } from '../../src/protocol/profileCalls.js';
import { createClient } from '../../src/protocol/client.js';
import type {
  CompressionChoice,
  PageCommand,
  PageNotice,
  PageService,
  PageStart,
  RunningJob,
} from '../../src/protocol/pageService.js';
import { hostPort } from '../../src/protocol/webviewPort.js';
import { vscode } from '../vscodeApi.js';
import { useTranslations } from '../format/text.js';
import { failureOf } from './failureOf.js';
import { changeTabState, tabState } from './tabState.js';
import { changePageState, pageState, parsePageState, persistPageState } from './pageState.js';

export const client = createClient<PageService>(hostPort(vscode, window));

export interface TimedJob extends RunningJob {
  /** When this page heard of it first, in milliseconds of the page's clock, and at which fraction. */
  readonly since: number;
  readonly sinceFraction: number;
}

export interface FailedJob {
  readonly id: number;
  readonly title: Message;
  readonly failure: FailureData;
}

export const started = signal<PageStart | null>(null);
/** Why there is no model to show. */
export const startFailure = signal<FailureData | null>(null);
/** Why the model was read again, until a person has seen it. */
export const reopenedBecause = signal<Message | null>(null);
export const jobs = signal<readonly TimedJob[]>([]);
export const failedJob = signal<FailedJob | null>(null);
/** A command that could not be run. */
export const commandFailure = signal<FailureData | null>(null);
/** The model to compare with, where there is one. */
export const against = signal<string | null>(null);
export const evaluation = signal<EvaluationReport | null>(null);
/** Counts the measurements of errors that came while the page was there: rows that were read before are without them. */
export const errorsMeasured = signal(0);
/** What the activations of this model were last measured on. */
export const activationsCard = signal<ActivationsCard | null>(null);
/** The last profile of this model. */
export const profile = signal<ProfileCard | null>(null);
/** Counts the profiles and activations that came while the page was there: rows that were read before are without them. */
export const timesRead = signal(0);
/** Counts the readings of the model: whoever keeps answers of the engine drops them when it moves. */
export const generation = signal(0);

export function reportError(error: unknown): void {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  void client.call('reportError', { message, stack }).catch(() => {});
}

/** Waits for a call that only asks for something to be done; what goes wrong is said in the page. */
function ask(call: Promise<unknown>): void {
  call.catch((error: unknown) => {
    commandFailure.value = failureOf(error);
  });
}

/** Runs a command of the extension on this model. */
export const runCommand = (command: PageCommand): void => ask(client.call('command', { command }));
/** Starts *Compress…* with what to do decided. */
export const compressWith = (choice: CompressionChoice): void => ask(client.call('compressWith', choice));
export const copyText = (text: string): void => ask(client.call('copy', { text }));
export const openModel = (path: string): void => ask(client.call('openModel', { path }));
export const cancelJob = (id: number): void => ask(client.call('cancelJob', { id }));
export function runJobAgain(id: number): void {
  failedJob.value = null;
  ask(client.call('runAgain', { id }));
}

/** Takes up the conversation. Settles once the model is open, or is known not to open. */
export async function startSession(): Promise<void> {
  client.call('notices', undefined, { onEvent: onNotice }).catch(reportError);
  try {
    takeUp(await client.call('start', undefined));
  } catch (error) {
    startFailure.value = failureData(error);
  }
}

/** Milliseconds after the last change: VS Code takes a hidden page down without asking. */
const writeDelay = 150;

let stopPersisting = (): void => {};

/** Writes at once what the page is to remember. */
export function leaveSession(): void {
  stopPersisting();
  stopPersisting = () => {};
}

function takeUp(start: PageStart): void {
  leaveSession();
  useTranslations(start.translations);
  // Where the model was read again, the page knows best: what it wrote last may not have arrived.
  if (started.peek() === null) {
    const own = tabState().page;
    const kept = parsePageState(start.state ?? own);
    // Of two editors on one model each comes back on the page that it was on.
    pageState.value = own === null ? kept : { ...kept, page: parsePageState(own).page };
  }
  if (start.page) changePageState({ page: start.page });
  against.value = start.against;
  jobs.value = [];
  start.jobs.forEach(onJob);
  started.value = start;
  startFailure.value = null;
  generation.value += 1;
  stopPersisting = persistPageState((state) => {
    changeTabState({ page: state });
    client.call('writeState', { state }).catch(reportError);
  }, writeDelay);
}

function onJob(job: RunningJob): void {
  const known = jobs.peek().find(({ id }) => id === job.id);
  const timed: TimedJob = {
    ...job,
    since: known?.since ?? performance.now(),
    sinceFraction: known?.sinceFraction ?? job.progress.fraction ?? 0,
  };
  jobs.value = known ? jobs.peek().map((old) => (old.id === job.id ? timed : old)) : [...jobs.peek(), timed];
}

/** What was just measured is seen: in its columns, unless they were hidden by hand, and in the detail. */
function showActivations(): void {
  const columns = { activationMin: true, activationMax: true, ...pageState.peek().columns };
  changePageState({ columns, detailTab: 'activations' });
}

function onNotice(notice: PageNotice): void {
  switch (notice.kind) {
    case 'show':
      against.value = notice.against;
      changePageState({ page: notice.page });
      break;
    case 'job':
      failedJob.value = null;
      onJob(notice.job);
      break;
    case 'job-ended':
      jobs.value = jobs.peek().filter(({ id }) => id !== notice.id);
      if (notice.failure) failedJob.value = { id: notice.id, title: notice.title, failure: notice.failure };
      break;
    case 'activations':
      activationsCard.value = notice.card;
      showActivations();
      timesRead.value += 1;
      break;
    case 'profiled':
      profile.value = notice.card;
      timesRead.value += 1;
      break;
    case 'errors-measured':
      errorsMeasured.value += 1;
      break;
    case 'evaluated':
      evaluation.value = notice.report;
      break;
    case 'reopened':
      takeUp(notice.start);
      reopenedBecause.value = notice.why;
      break;
    case 'failed':
      startFailure.value = notice.failure;
      break;
  }
}
