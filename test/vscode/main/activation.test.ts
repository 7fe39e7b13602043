import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { customTab, manifest, tare, whenTabs, workspaceFile } from '../extension.js';

describe('activation', () => {
  it('opens an .onnx file in its editor and not in the text editor', async () => {
    const model = workspaceFile('lenet-5.onnx');
    await vscode.commands.executeCommand('vscode.open', model);
    const tab = await whenTabs(() => customTab(model));
    assert.equal((tab.input as vscode.TabInputCustom).viewType, 'tare.model');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is active once its editor is open', async () => {
    await vscode.commands.executeCommand('vscode.openWith', workspaceFile('lenet-5.onnx'), 'tare.model');
    assert.equal(tare().isActive, true);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('registers every command that its manifest contributes', async () => {
    await tare().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const contributed = manifest().contributes.commands.map(({ command }) => command);
    assert.ok(contributed.length > 0);
    assert.deepEqual(
      contributed.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('takes settings of paths from a trusted workspace', () => {
    assert.deepEqual(vscode.workspace.getConfiguration('tare').get('dataFolders'), ['elsewhere']);
  });
});
