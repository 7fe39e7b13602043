import type * as vscode from 'vscode';
import type { EngineClient } from './engineClient.js';
import type { Jobs } from './jobs.js';
import type { ModelEditor } from './modelEditor.js';

/** What the commands work with. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly engine: EngineClient;
  readonly jobs: Jobs;
  readonly editor: ModelEditor;
  readonly log: vscode.LogOutputChannel;
}
