import { chmod, mkdir, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type * as vscode from 'vscode';

/**
 * Puts `tare` on the PATH of the editor's terminals: a shim, made anew at each start because both paths in it change with
 * updates, that runs the command line with the editor's own Node.
 */
export async function addTerminalCommand(context: vscode.ExtensionContext): Promise<void> {
  const folder = path.join(context.globalStorageUri.fsPath, 'bin');
  const cli = context.asAbsolutePath(path.join('dist', 'cli.js'));
  await mkdir(folder, { recursive: true });
  if (process.platform === 'win32') {
    const lines = ['@echo off', 'setlocal', 'set ELECTRON_RUN_AS_NODE=1', `"${process.execPath}" "${cli}" %*`];
    await writeFile(path.join(folder, 'tare.cmd'), `${lines.join('\r\n')}\r\n`);
  } else {
    const shim = path.join(folder, 'tare');
    await writeFile(shim, `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${quoted(process.execPath)} ${quoted(cli)} "$@"\n`);
    await chmod(shim, 0o755);
  }
  const { environmentVariableCollection: variables } = context;
  variables.append('PATH', path.delimiter + folder);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
