import * as vscode from 'vscode';
import { Failure, failureData } from '../messages/failure.js';
import type { CompressionChoice } from '../protocol/pageService.js';
import type { Services } from './services.js';
import { showFailure } from './showFailure.js';

/** What VS Code's menus give a command: the file it was called on, and all files that are selected. */
export type MenuArguments = [uri?: vscode.Uri, uris?: readonly vscode.Uri[]];

/** What the caller has decided already, in place of the first question. */
export type Preset = CompressionChoice | undefined;

/** Registers a command whose failures are shown to the person. */
export function command(
  id: string,
  services: Services,
  run: (services: Services, ...of: [...MenuArguments, preset?: Preset]) => Promise<void>,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (uri?: unknown, uris?: unknown, preset?: unknown) => {
    try {
      await run(services, ...menuArguments(uri, uris), isChoice(preset) ? preset : undefined);
    } catch (error) {
      const failure = failureData(error);
      services.log.error(`${id}: ${failure.message}`);
      showFailure(failure);
    }
  });
}

/** To measure a model is to run it: only where the person trusts the workspace. */
export function requireTrust(): void {
  if (!vscode.workspace.isTrusted) throw new Failure('extension.untrusted');
}

/** Menus of webviews pass a context object in place of a URI. */
function menuArguments(uri: unknown, uris: unknown): [vscode.Uri | undefined, vscode.Uri[] | undefined] {
  const list = Array.isArray(uris) ? uris.filter((each) => each instanceof vscode.Uri) : undefined;
  return [uri instanceof vscode.Uri ? uri : undefined, list];
}

function isChoice(value: unknown): value is CompressionChoice {
  if (typeof value !== 'object' || value === null) return false;
  const { method, options } = value as Partial<CompressionChoice>;
  return typeof method === 'string' && typeof options === 'object' && options !== null;
}
