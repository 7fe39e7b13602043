import type { PageApi } from '../src/protocol/webviewPort.js';

interface VsCodeApi extends PageApi {
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** What VS Code gives a page; it can be asked for only once. */
export const vscode = acquireVsCodeApi();
