import * as vscode from 'vscode';
import type { PageCommand, PageService } from '../protocol/pageService.js';
import type { Handlers } from '../protocol/rpc.js';
import { serve } from '../protocol/server.js';
import { pagePorts } from '../protocol/webviewPort.js';
import type { EngineClient } from './engineClient.js';
import { exportFile } from './exportFile.js';
import type { Jobs } from './jobs.js';
import type { ModelDocument } from './modelDocument.js';
import { NoticeQueue } from './noticeQueue.js';
import { Owner } from './owner.js';
import { saveFile } from './saveFile.js';

export interface PageServices {
  readonly engine: EngineClient;
  readonly jobs: Jobs;
  readonly log: vscode.LogOutputChannel;
  /** What is remembered for the workspace, and a folder for what is on its way. */
  readonly memory: vscode.Memento;
  readonly storage: vscode.Uri;
  openModel(path: string): Promise<void>;
}

const commands: Readonly<Record<Exclude<PageCommand, 'reload'>, string>> = {
  compress: 'tare.compress',
  evaluate: 'tare.evaluate',
  profile: 'tare.profile',
  measureActivations: 'tare.measureActivations',
  compareWith: 'tare.compare',
  measureErrors: 'tare.measureErrors',
  showLog: 'tare.showLog',
  copyDiagnostics: 'tare.copyDiagnostics',
  copyReport: 'tare.copyReport',
  copyAsCommand: 'tare.copyAsCommand',
};

/**
 * The extension's side of one editor. VS Code makes the page anew whenever it was hidden: each page is served until it
 * is replaced by the next or the editor closes.
 */
export class PageHost extends Owner {
  constructor(
    private readonly document: ModelDocument,
    panel: vscode.WebviewPanel,
    private readonly services: PageServices,
  ) {
    super();
    const { log } = services;
    const ports = pagePorts(panel.webview, (port) => {
      const notices = new NoticeQueue();
      const listening = document.onNotice((notice) => notices.push(notice));
      port.onClose(() => listening.dispose());
      serve<PageService>(port, this.#handlers(notices), (method, error) =>
        log.warn(`${document.name}: ${method}: ${error instanceof Error ? error.message : String(error)}`),
      );
    });
    this.own(ports);
    this.own(panel.onDidChangeViewState(() => panel.visible || ports.closePage()));
    this.own(panel.onDidDispose(() => this.dispose()));
  }

  #handlers(notices: NoticeQueue): Handlers<PageService> {
    const { document } = this;
    const { engine, jobs, log, memory, storage } = this.services;
    const model = async () => (await document.model()).model;
    return {
      layers: async (argument, { signal }) => engine.call('layers', { ...argument, model: await model() }, { signal }),
      layerTable: async (argument, { signal }) =>
        engine.call('layerTable', { ...argument, model: await model() }, { signal }),
      statistics: async (argument, { signal, emit }) =>
        engine.call('statistics', { ...argument, model: await model() }, { signal, onEvent: emit }),
      weight: async (argument, { signal }) => engine.call('weight', { ...argument, model: await model() }, { signal }),
      weightCodes: async (argument, { signal }) =>
        engine.call('weightCodes', { ...argument, model: await model() }, { signal }),
      findings: async (argument, { signal }) =>
        engine.call('findings', { ...argument, model: await model() }, { signal }),
      diagram: async (argument, { signal, emit }) =>
        engine.call('diagram', { ...argument, model: await model() }, { signal, onEvent: emit }),
      diagramMetric: async (argument, { signal }) =>
        engine.call('diagramMetric', { ...argument, model: await model() }, { signal }),
      diagramReveal: async (argument, { signal }) =>
        engine.call('diagramReveal', { ...argument, model: await model() }, { signal }),
      activations: async (_, { signal }) => engine.call('activations', { model: await model() }, { signal }),
      activation: async (argument, { signal }) =>
        engine.call('activation', { ...argument, model: await model() }, { signal }),
      previewCompression: async (argument, { signal }) =>
        engine.call('previewCompression', { ...argument, model: await model() }, { signal }),
      methods: (_, { signal }) => engine.call('methods', undefined, { signal }),
      profileCard: async (_, { signal }) => engine.call('profileCard', { model: await model() }, { signal }),
      writeState: ({ state }) => document.writeState(state),
      reportCard: (argument, { signal }) => engine.call('reportCard', argument, { signal }),
      evaluation: (argument, { signal }) => engine.call('evaluation', argument, { signal }),
      compare: (argument, { signal, emit }) => engine.call('compare', argument, { signal, onEvent: emit }),
      comparedLayers: (argument, { signal }) => engine.call('comparedLayers', argument, { signal }),
      comparedWeights: (argument, { signal }) => engine.call('comparedWeights', argument, { signal }),
      errors: (argument, { signal }) => engine.call('errors', argument, { signal }),
      errorPoints: (argument, { signal }) => engine.call('errorPoints', argument, { signal }),
      comparedPlace: (argument, { signal }) => engine.call('comparedPlace', argument, { signal }),

      start: () => {
        notices.clear();
        return document.start();
      },
      notices: (_, { signal, emit }) => notices.listen(emit, signal),
      command: ({ command }) => this.#run(command),
      compressWith: (choice) => void vscode.commands.executeCommand(commands.compress, document.uri, undefined, choice),
      exportFile: ({ request }) => {
        const write = async (path: string, signal: AbortSignal) =>
          engine.call('exportTo', { model: await model(), request, path }, { signal });
        return exportFile(request, { uri: document.uri, memory, storage, write });
      },
      saveFile: (file) => saveFile(file, document.uri, memory),
      cancelJob: ({ id }) => jobs.cancel(id),
      runAgain: ({ id }) => jobs.runAgain(id),
      copy: async ({ text }) => vscode.env.clipboard.writeText(text),
      openModel: ({ path }) => this.services.openModel(path),
      reportError: ({ message, stack }) => log.error(`page of ${document.name}: ${message}\n${stack}`),
    };
  }

  /** A command may ask the person, and goes on after the page is gone: the page is not kept waiting. */
  #run(command: PageCommand): void {
    if (command === 'reload') void this.document.reopen(null);
    else void vscode.commands.executeCommand(commands[command], this.document.uri);
  }
}
