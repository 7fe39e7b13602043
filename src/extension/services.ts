import type * as vscode from 'vscode';
import type { EngineClient } from './engineClient.js';
import type { Jobs } from './jobs.js';
import type { ModelEditor } from './modelEditor.js';
import type { Originals } from './originals.js';

/** What the commands work with. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly engine: EngineClient;
  readonly jobs: Jobs;
  readonly editor: ModelEditor;
  readonly originals: Originals;
  readonly log: vscode.LogOutputChannel;
}
