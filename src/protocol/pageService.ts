/** What a page may ask of the extension: some calls of the engine, forwarded, and what only VS Code can do. */
import type { Call } from './rpc.js';
import type { EngineService, OpenedModel } from './engineService.js';
import type { FailureData } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import type { Json } from '../compress/method.js';
import type { Progress } from '../recipe/report.js';

export type ForwardedCalls = Pick<
  EngineService,
  'layers' | 'statistics' | 'weight' | 'findings' | 'report' | 'compare' | 'writeState'
>;

export type PageName = 'overview' | 'layers' | 'compare';

export interface PageStart {
  readonly opened: OpenedModel;
  readonly state: Json;
  /** The other model of the Compare page, where there is one. */
  readonly against: string | null;
  /** Translations of the catalogue's English texts; empty for English. */
  readonly translations: Readonly<Record<string, string>>;
}

export interface RunningJob {
  readonly id: number;
  readonly title: Message;
  readonly progress: Progress;
}

export type PageNotice =
  | { readonly kind: 'show'; readonly page: PageName }
  | { readonly kind: 'job'; readonly job: RunningJob }
  | { readonly kind: 'job-ended'; readonly id: number; readonly failure?: FailureData }
  /** The model was read again (after a change on disk, or a restart of the engine): ask for everything anew. */
  | { readonly kind: 'reopened'; readonly start: PageStart; readonly why: Message | null }
  | { readonly kind: 'failed'; readonly failure: FailureData };

export interface HostCalls {
  /** The page's first call; rejects where the model cannot be opened. */
  start: Call<void, PageStart>;
  /** Never ends while the page lives. */
  notices: Call<void, void, PageNotice>;
  /** Runs one of the extension's commands on this editor's model. */
  command: Call<{ command: 'compress' | 'evaluate' | 'compareWith' | 'reload' | 'showLog' | 'copyDiagnostics' }, void>;
  cancelJob: Call<{ id: number }, void>;
  copy: Call<{ text: string }, void>;
  /** Opens another file's editor. */
  openModel: Call<{ path: string }, void>;
  /** A defect in the page, for the log. */
  reportError: Call<{ message: string; stack: string }, void>;
}

export interface PageService extends ForwardedCalls, HostCalls {}
