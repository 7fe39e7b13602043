/** What a page may ask of the extension: some calls of the engine, forwarded, and what only VS Code can do. */
import type { Call } from './rpc.js';
import type { ActivationsCard } from './activationCalls.js';
import type { DiagramCalls } from './diagramCalls.js';
import type { CompressRequest, EngineService, OpenedModel } from './engineService.js';
import type { ErrorsCard } from './errorCalls.js';
import type { ExportHostCalls } from './exportCalls.js';
import type { ProfileCard } from './profileCalls.js';
import type { EvaluationReport } from '../evaluate/evaluation.js';
import type { FailureData } from '../messages/failure.js';
import type { Message } from '../messages/message.js';
import type { Json } from '../compress/method.js';
import type { Progress } from '../recipe/report.js';

/** A call without what the extension fills in for the page: the handle and the content key of the editor's own model. */
type OfThisModel<C> = C extends Call<infer A, infer R, infer E> ? Call<Omit<A, 'model' | 'contentKey'>, R, E> : never;

export type ForwardedCalls = {
  [
    M in
      | 'layers'
      | 'layerTable'
      | 'statistics'
      | 'weight'
      | 'weightCodes'
      | 'findings'
      | 'writeState'
      | 'profileCard'
      | 'activations'
      | 'activation'
      | 'previewCompression'
      | keyof DiagramCalls
  ]: OfThisModel<EngineService[M]>;
} & Pick<
  EngineService,
  | 'methods'
  | 'reportCard'
  | 'evaluation'
  | 'compare'
  | 'comparedLayers'
  | 'comparedWeights'
  | 'errors'
  | 'errorPoints'
  | 'comparedPlace'
>;

export type PageName = 'overview' | 'layers' | 'graph' | 'compress' | 'compare';

export interface PageStart {
  readonly opened: OpenedModel;
  /** What `writeState` last kept for this content; null for nothing. */
  readonly state: Json;
  /** The page to show, where the extension asks for one; otherwise what the state says. */
  readonly page: PageName | null;
  /** The other model (`a`) of the Compare page, where there is one; this editor's model is `b`. */
  readonly against: string | null;
  /** Jobs on this model that are running now. */
  readonly jobs: readonly RunningJob[];
  /** Translations of the catalogue's English texts; empty for English. */
  readonly translations: Readonly<Record<string, string>>;
}

export interface RunningJob {
  readonly id: number;
  readonly title: Message;
  readonly progress: Progress;
}

export type PageNotice =
  /** `against` as in PageStart; it replaces what the page had. */
  | { readonly kind: 'show'; readonly page: PageName; readonly against: string | null }
  /** A job on this model began or went on. */
  | { readonly kind: 'job'; readonly job: RunningJob }
  /** It ended; with a failure other than 'cancelled', offer `runAgain`. */
  | { readonly kind: 'job-ended'; readonly id: number; readonly title: Message; readonly failure?: FailureData }
  | { readonly kind: 'evaluated'; readonly report: EvaluationReport }
  /** Activations were measured: the rows and the detail have them. */
  | { readonly kind: 'activations'; readonly card: ActivationsCard }
  /** Where its error arises was measured, against this original: the rows of the comparison have it. */
  | { readonly kind: 'errors-measured'; readonly against: string; readonly card: ErrorsCard }
  /** The model was profiled: its rows have times. */
  | { readonly kind: 'profiled'; readonly card: ProfileCard }
  /** The model was read again (after a change on disk, or a restart of the engine): ask for everything anew. */
  | { readonly kind: 'reopened'; readonly start: PageStart; readonly why: Message | null }
  /** The model cannot be read any more: show the failure in place of the pages, with *Reload*. */
  | { readonly kind: 'failed'; readonly failure: FailureData };

export type PageCommand =
  | 'compress'
  | 'evaluate'
  | 'profile'
  | 'measureActivations'
  | 'compareWith'
  | 'measureErrors'
  | 'reload'
  | 'showLog'
  | 'copyDiagnostics'
  | 'copyReport'
  | 'copyAsCommand';

/** A method of compression and options that differ from its defaults. */
export type CompressionChoice = Pick<CompressRequest, 'method' | 'options'>;

export interface HostCalls {
  /** The page's first call; rejects where the model cannot be opened. */
  start: Call<void, PageStart>;
  /** Never ends while the page lives. */
  notices: Call<void, void, PageNotice>;
  /** Runs one of the extension's commands on this editor's model. */
  command: Call<{ command: PageCommand }, void>;
  /** Starts *Compress…* on this editor's model with the method and the options decided. */
  compressWith: Call<CompressionChoice, void>;
  cancelJob: Call<{ id: number }, void>;
  /** Starts a job that failed once more, with the same request. */
  runAgain: Call<{ id: number }, void>;
  copy: Call<{ text: string }, void>;
  /** Opens another file's editor. */
  openModel: Call<{ path: string }, void>;
  /** A defect in the page, for the log. */
  reportError: Call<{ message: string; stack: string }, void>;
}

export interface PageService extends ForwardedCalls, HostCalls, ExportHostCalls {}
