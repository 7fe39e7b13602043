import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { customTab, tareApi, whenTabs, workspaceFile } from '../extension.js';

describe('in Restricted Mode', () => {
  const model = workspaceFile('lenet-5.onnx');

  it('is what this window is in', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it('a model can be inspected', async () => {
    await vscode.commands.executeCommand('tare.inspect', model);
    await whenTabs(() => customTab(model));
  });

  it('nothing is run', async () => {
    const api = await tareApi();
    for (const command of ['tare.compress', 'tare.evaluate']) await vscode.commands.executeCommand(command, model);
    await api.whenIdle();
    assert.deepEqual(await api.runnerPids(), []);
    const entries = await vscode.workspace.fs.readDirectory(workspaceFile('.'));
    assert.deepEqual(
      entries.map(([name]) => name).filter((name) => name.endsWith('.onnx')),
      ['lenet-5.onnx'],
    );
  });

  it('settings of paths are not taken from the workspace', () => {
    assert.deepEqual(vscode.workspace.getConfiguration('tare').get('dataFolders'), []);
    assert.equal(vscode.workspace.getConfiguration('tare').get('metric'), '');
  });
});
