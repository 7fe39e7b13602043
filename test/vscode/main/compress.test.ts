import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { answerQuestions, customTab, tare, tareApi, whenTabs, workspaceFile } from '../extension.js';

async function hashOf(file: vscode.Uri): Promise<string> {
  return createHash('sha256')
    .update(await vscode.workspace.fs.readFile(file))
    .digest('hex');
}

async function filesLike(pattern: RegExp): Promise<string[]> {
  const entries = await vscode.workspace.fs.readDirectory(workspaceFile('.'));
  return entries.map(([name]) => name).filter((name) => pattern.test(name));
}

describe('compressing by the command', () => {
  const input = workspaceFile('lenet-5.onnx');
  const output = workspaceFile('lenet-5.int8.onnx');

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(output).then(undefined, () => undefined);
  });

  it('makes a smaller file of the answers that stand first, and shows it', async () => {
    const before = await hashOf(input);
    const api = await tareApi();
    await answerQuestions(vscode.commands.executeCommand('tare.compress', input));
    await api.whenIdle();
    await whenTabs(() => customTab(output));
    const [{ size: original }, { size: compressed }] = await Promise.all([
      vscode.workspace.fs.stat(input),
      vscode.workspace.fs.stat(output),
    ]);
    assert.ok(compressed < 0.27 * original, `${compressed} of ${original} bytes`);
    assert.equal(await hashOf(input), before);
    assert.deepEqual(await filesLike(/\.tmp$/), []);
    await vscode.commands.executeCommand('tare.copyReport', output);
    const report = await vscode.env.clipboard.readText();
    assert.match(report, /\| sureness \(higher is better\) \| 0\.9\d+ \| 0\.9\d+ \|/);
  });

  it('finds images, and takes them as is likeliest where they do not say', async () => {
    const folder = workspaceFile('of-images');
    const [model, made] = ['lenet-5.onnx', 'lenet-5.int8.onnx'].map((name) => vscode.Uri.joinPath(folder, name));
    await vscode.workspace.fs.copy(input, model!, { overwrite: true });
    const icon = vscode.Uri.joinPath(tare().extensionUri, 'media/icon.png');
    for (const name of ['one/1.png', 'one/2.png', 'two/1.png', 'two/2.png']) {
      await vscode.workspace.fs.copy(icon, vscode.Uri.joinPath(folder, 'photos', name), { overwrite: true });
    }
    const api = await tareApi();
    await answerQuestions(vscode.commands.executeCommand('tare.compress', model));
    await api.whenIdle();
    await vscode.commands.executeCommand('tare.copyAsCommand', made);
    const command = await vscode.env.clipboard.readText();
    assert.match(command, /of-images.photos'? .*--preprocess 0-1 /);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(folder, { recursive: true });
  });

  it('leaves nothing behind when the engine is killed, and works at the next try', async () => {
    const before = await hashOf(input);
    const api = await tareApi();
    await api.show(input);
    await answerQuestions(vscode.commands.executeCommand('tare.compress', input));
    const pid = api.enginePid();
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGKILL');
    await api.whenIdle();
    assert.deepEqual(await filesLike(/int8\.onnx$/), []);
    assert.equal(await hashOf(input), before);

    await answerQuestions(vscode.commands.executeCommand('tare.compress', input));
    assert.notEqual(api.enginePid(), pid);
    await api.whenIdle();
    await whenTabs(() => customTab(output));
    assert.deepEqual(await filesLike(/\.tmp$/), []);
  });

  it('does the same where a runner is killed', async () => {
    const api = await tareApi();
    await answerQuestions(vscode.commands.executeCommand('tare.compress', input));
    await killRunners(api);
    assert.deepEqual(await filesLike(/int8\.onnx$/), []);
    await answerQuestions(vscode.commands.executeCommand('tare.compress', input));
    await api.whenIdle();
    await whenTabs(() => customTab(output));
  });
});

/** Kills whatever runner there is until the job has ended: one that dies between two tasks is only replaced. */
async function killRunners(api: Awaited<ReturnType<typeof tareApi>>): Promise<void> {
  let isIdle = false;
  const idle = api.whenIdle().then(() => (isIdle = true));
  while (!isIdle) {
    for (const pid of await api.runnerPids()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }
  await idle;
}
