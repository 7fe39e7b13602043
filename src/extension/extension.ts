/** Where the extension begins: what there is, and how it is joined. */
import * as vscode from 'vscode';
import { command } from './command.js';
import { associate } from './commands/associate.js';
import { compare } from './commands/compare.js';
import { compress } from './commands/compress.js';
import { copyAsCommand } from './commands/copyAsCommand.js';
import { copyDiagnostics } from './commands/copyDiagnostics.js';
import { copyReport } from './commands/copyReport.js';
import { evaluate } from './commands/evaluate.js';
import { measureErrors } from './commands/measureErrors.js';
import { inspect } from './commands/inspect.js';
import { measureActivations } from './commands/measureActivations.js';
import { profile } from './commands/profile.js';
import { showLog } from './commands/showLog.js';
import { EngineClient } from './engineClient.js';
import { JobNotifications } from './jobNotifications.js';
import { Jobs } from './jobs.js';
import { JobStatus } from './jobStatus.js';
import { ModelEditor } from './modelEditor.js';
import { Originals } from './originals.js';
import { Owner } from './owner.js';
import type { Services } from './services.js';
import type { OpenedModel } from '../protocol/engineService.js';
import { addTerminalCommand } from './terminalCommand.js';
import { useTranslations } from './translate.js';

/** What `activate` returns: for tests and for other extensions that wait for Tare. */
export interface TareApi {
  /** Process id of the engine, while it runs. */
  enginePid(): number | undefined;
  /** Process ids of the runners that live now. */
  runnerPids(): Promise<readonly number[]>;
  /** Resolves when no job runs. */
  whenIdle(): Promise<void>;
  /** The model that an editor shows, once its page has asked for it; rejects where it cannot be opened. */
  opened(uri: vscode.Uri): Promise<OpenedModel> | undefined;
  /** Opens a model's editor on a page. */
  show: ModelEditor['show'];
}

export function activate(context: vscode.ExtensionContext): TareApi {
  useTranslations(vscode.l10n.bundle ?? {});
  const owner = new Owner();
  context.subscriptions.push(owner);

  const log = owner.own(vscode.window.createOutputChannel('Tare', { log: true }));
  const storage = context.storageUri ?? context.globalStorageUri;
  const script = context.asAbsolutePath('dist/engine.js');
  const engine = owner.own(new EngineClient(script, storage.fsPath, log));
  const jobs = owner.own(new Jobs());
  const originals = new Originals(context.workspaceState);
  const editor = owner.own(new ModelEditor(context, engine, jobs, originals, log));
  owner.own(new JobStatus(jobs));
  owner.own(new JobNotifications(jobs, editor));

  const services: Services = { context, engine, jobs, editor, originals, log };
  const commands = {
    inspect,
    compress,
    evaluate,
    profile,
    measureActivations,
    compare,
    measureErrors,
    associate,
    copyAsCommand,
    copyReport,
    copyDiagnostics,
    showLog,
  };
  for (const [name, run] of Object.entries(commands)) owner.own(command(`tare.${name}`, services, run));
  addTerminalCommand(context).catch((error: Error) => log.warn(`no tare command in terminals: ${error.message}`));

  return {
    enginePid: () => engine.pid,
    runnerPids: async () => (engine.pid ? (await engine.call('processes', undefined)).runners : []),
    whenIdle: () => jobs.whenIdle(),
    opened: (uri) => editor.documentOf(uri)?.model(),
    show: (uri, page, against) => editor.show(uri, page, against),
  };
}
