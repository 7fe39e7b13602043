import * as vscode from 'vscode';
import type { EngineClient } from './engineClient.js';
import type { Jobs } from './jobs.js';
import { sentence } from '../messages/catalog.js';
import type { Message } from '../messages/message.js';
import type { PageName } from '../protocol/pageService.js';
import { ModelDocument } from './modelDocument.js';
import type { Originals } from './originals.js';
import { Owner } from './owner.js';
import { PageHost } from './pageHost.js';
import { pageHtml, pageResources } from './pageHtml.js';

export const modelViewType = 'tare.model';

interface Intent {
  readonly page: PageName;
  readonly against?: string;
}

/** The custom editor for models: documents by URI, each with any number of pages. */
export class ModelEditor extends Owner implements vscode.CustomReadonlyEditorProvider<ModelDocument> {
  readonly #documents = new Map<string, ModelDocument>();
  /** What to show in editors that are about to open. */
  readonly #intents = new Map<string, Intent>();
  readonly #panels = new Map<vscode.WebviewPanel, ModelDocument>();
  readonly #visibility = this.own(new vscode.EventEmitter<void>());
  /** Editors came into view or went out of it. */
  readonly onDidChangeVisibility = this.#visibility.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly engine: EngineClient,
    private readonly jobs: Jobs,
    private readonly originals: Originals,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.own(
      vscode.window.registerCustomEditorProvider(modelViewType, this, { supportsMultipleEditorsPerDocument: true }),
    );
    this.own(
      engine.onNotice((notice) => {
        if (notice.kind === 'file-changed') void this.#reopenAt(notice.path);
      }),
    );
    this.own(
      engine.onDidDie(({ failure, reopen }) => {
        for (const document of this.#documents.values()) {
          if (!document.isOpen) continue;
          if (reopen) void document.reopen(sentence('extension.engine-restarted'));
          else document.lose(failure);
        }
      }),
    );
  }

  openCustomDocument(uri: vscode.Uri): ModelDocument {
    const storage = this.context.storageUri ?? this.context.globalStorageUri;
    const document = new ModelDocument(uri, this.engine, this.jobs, storage, this.originals);
    const key = uri.toString();
    this.#documents.set(key, document);
    document.onDidDispose(() => {
      if (this.#documents.get(key) === document) this.#documents.delete(key);
    });
    const intent = this.#intents.get(key);
    this.#intents.delete(key);
    if (intent) document.show(intent.page, intent.against);
    return document;
  }

  resolveCustomEditor(document: ModelDocument, panel: vscode.WebviewPanel): void {
    const { extensionUri } = this.context;
    panel.webview.options = { enableScripts: true, localResourceRoots: [pageResources(extensionUri)] };
    this.#panels.set(panel, document);
    panel.onDidChangeViewState(() => this.#visibility.fire());
    panel.onDidDispose(() => {
      this.#panels.delete(panel);
      this.#visibility.fire();
    });
    new PageHost(document, panel, {
      engine: this.engine,
      jobs: this.jobs,
      log: this.log,
      memory: this.context.workspaceState,
      storage: this.context.storageUri ?? this.context.globalStorageUri,
      openModel: (path) => this.show(vscode.Uri.file(path)),
    });
    panel.webview.html = pageHtml(panel.webview, extensionUri);
    this.#visibility.fire();
  }

  /** Opens the model's editor, or brings it to the front, on a page. */
  async show(uri: vscode.Uri, page?: PageName, against?: string): Promise<void> {
    if (page) {
      const document = this.#documents.get(uri.toString());
      if (document) document.show(page, against);
      else this.#intents.set(uri.toString(), { page, against });
    }
    await vscode.commands.executeCommand('vscode.openWith', uri, modelViewType);
  }

  /** The document of a model that has an editor. */
  documentOf(uri: vscode.Uri): ModelDocument | undefined {
    return this.#documents.get(uri.toString());
  }

  /** Whether the person sees an editor of this model. */
  isVisible(uri: vscode.Uri): boolean {
    return [...this.#panels].some(([panel, document]) => panel.visible && document.uri.toString() === uri.toString());
  }

  async #reopenAt(path: string): Promise<void> {
    const why: Message = sentence('extension.file-changed');
    for (const document of this.#documents.values()) if (await document.isAt(path)) await document.reopen(why);
  }

  override dispose(): void {
    for (const document of [...this.#documents.values()]) document.dispose();
    super.dispose();
  }
}
