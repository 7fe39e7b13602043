// `npm start`: a real VS Code with the extension and the sample folder, on the desktop or in the browser.
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './command.js';
import { installCodeServer, installExtension, startCodeServer } from './codeServer.js';
import { findDesktop } from './desktop.js';
import { out, root } from './folders.js';
import { copySamples } from './hostSuites.js';
import { packageExtension, vsixPath } from './vsix.js';

const say = (line: string) => console.log(line);

async function main(): Promise<void> {
  // A copy: what a person compresses there must not end up among the sources.
  const workspace = join(out, 'sample');
  await copySamples(workspace);
  const desktop = await findDesktop(say);
  await (desktop ? startDesktop(desktop, workspace) : startInBrowser(workspace));
}

async function startDesktop(executable: string, workspace: string): Promise<void> {
  const { code, output } = await command(process.execPath, ['esbuild.config.mjs'], { cwd: root, onLine: say });
  if (code !== 0) throw new Error(output);
  say(`Opening ${workspace} in ${executable}`);
  const args = [`--extensionDevelopmentPath=${root}`, `--user-data-dir=${join(out, 'start/user')}`, workspace];
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  spawn(executable, args, { detached: true, stdio: 'ignore' }).unref();
}

async function startInBrowser(workspace: string): Promise<void> {
  await packageExtension(say);
  const install = await installCodeServer(say);
  const extensionsFolder = join(out, 'start/extensions');
  await rm(extensionsFolder, { recursive: true, force: true });
  await installExtension(install, vsixPath, extensionsFolder);
  const server = await startCodeServer(install, {
    extensionsFolder,
    port: Number(process.env.PORT ?? 0) || undefined,
    settings: { 'workbench.startupEditor': 'none', 'security.workspace.trust.enabled': false, 'git.enabled': false },
  });
  const stop = () => void server.stop().then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  say(`\nVS Code with Tare on ${workspace}:\n\n  http://${server.authority}/?folder=${workspace}\n`);
  say('Double-click lenet-5.onnx there; right-click it to compress. Ctrl+C here ends the server.');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
