import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { customTab, tareApi, whenTabs, workspaceFile } from '../extension.js';

/** A file system that is on no disk, as Git's or a virtual workspace's: one file, read only. */
class OneFile implements vscode.FileSystemProvider {
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly size = bytes.byteLength,
  ) {}

  stat(): vscode.FileStat {
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: this.size };
  }

  readFile(): Uint8Array {
    return this.bytes;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  readDirectory(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  createDirectory(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  writeFile(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  delete(): never {
    throw vscode.FileSystemError.NoPermissions();
  }

  rename(): never {
    throw vscode.FileSystemError.NoPermissions();
  }
}

/** What VS Code's Git extension offers to others, as far as it is needed here. */
interface GitExtension {
  readonly enabled: boolean;
  readonly onDidChangeEnablement: vscode.Event<boolean>;
  getAPI(version: 1): {
    toGitUri(uri: vscode.Uri, ref: string): vscode.Uri;
    openRepository(root: vscode.Uri): Promise<unknown>;
  };
}

/** Git, also in windows that are set up without it. */
async function enabledGit(): Promise<GitExtension> {
  const git = await vscode.extensions.getExtension<GitExtension>('vscode.git')!.activate();
  if (git.enabled) return git;
  const enabled = new Promise<void>((done) => git.onDidChangeEnablement((on) => on && done()));
  await vscode.workspace.getConfiguration('git').update('enabled', true, vscode.ConfigurationTarget.Global);
  await enabled;
  return git;
}

async function openFrom(scheme: string, files: OneFile) {
  const registration = vscode.workspace.registerFileSystemProvider(scheme, files, { isReadonly: true });
  const uri = vscode.Uri.from({ scheme, path: '/somewhere/model.onnx', query: 'ref=HEAD' });
  const api = await tareApi();
  await api.show(uri);
  await whenTabs(() => customTab(uri));
  return { opened: api.opened(uri), registration };
}

describe('a model that is not on disk', () => {
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('is copied to be shown', async () => {
    const bytes = await vscode.workspace.fs.readFile(workspaceFile('lenet-5.onnx'));
    const { opened, registration } = await openFrom('tare-test-small', new OneFile(bytes));
    const model = await opened;
    assert.equal(model?.card.bytes, bytes.byteLength);
    assert.match(model.path, /copies.*model\.onnx$/);
    registration.dispose();
  });

  it('is shown as Git has it, the left side of a diff', async () => {
    const folder = workspaceFile('.').fsPath;
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder });
    git('init', '--quiet');
    git('add', 'lenet-5.onnx');
    git('-c', 'user.name=Tare', '-c', 'user.email=tare@localhost', 'commit', '--quiet', '--message', 'A model');
    const api = (await enabledGit()).getAPI(1);
    await api.openRepository(workspaceFile('.'));
    const uri = api.toGitUri(workspaceFile('lenet-5.onnx'), 'HEAD');
    assert.equal(uri.scheme, 'git');
    const tare = await tareApi();
    await tare.show(uri);
    await whenTabs(() => customTab(uri));
    const { card, path } = (await tare.opened(uri))!;
    assert.equal(card.bytes, (await vscode.workspace.fs.stat(workspaceFile('lenet-5.onnx'))).size);
    assert.match(path, /copies.*lenet-5\.onnx$/);
  });

  it('is refused where it is larger than the limit, before it is read', async () => {
    const { opened, registration } = await openFrom('tare-test-large', new OneFile(new Uint8Array(1), 3e9));
    await assert.rejects(opened!, { code: 'extension.too-large' });
    registration.dispose();
  });
});
