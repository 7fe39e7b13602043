import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, resolveCliPathFromVSCodeExecutablePath, runTests } from '@vscode/test-electron';
import { command, commandOrThrow } from './command.js';
import { cacheFolder, scratchFolder } from './folders.js';
import type { HostSuite } from './hostSuites.js';
import { developmentExtension, fillWorkspace } from './hostSuites.js';

/**
 * The executable of a desktop VS Code: $VSCODE_EXECUTABLE, one downloaded because $VSCODE_VERSION asks for it, or an
 * installed one; null where there is none or no screen to show it on.
 */
export async function findDesktop(say: (line: string) => void): Promise<string | null> {
  if (process.env.VSCODE_EXECUTABLE) return process.env.VSCODE_EXECUTABLE;
  if (process.env.VSCODE_VERSION) {
    return downloadAndUnzipVSCode({ version: process.env.VSCODE_VERSION, cachePath: join(cacheFolder, 'desktop') });
  }
  const executable = installedPlaces().find((place) => existsSync(place)) ?? null;
  if (executable && process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    say(`${executable} has no screen to run on (no DISPLAY)`);
    return null;
  }
  return executable;
}

function installedPlaces(): string[] {
  switch (process.platform) {
    case 'darwin':
      return ['/Applications', join(homedir(), 'Applications')].flatMap((folder) =>
        ['Code', 'Electron'].map((name) => join(folder, 'Visual Studio Code.app/Contents/MacOS', name)),
      );
    case 'win32':
      return [process.env.LOCALAPPDATA && join(process.env.LOCALAPPDATA, 'Programs'), process.env.ProgramFiles]
        .filter((folder) => folder !== undefined && folder !== '')
        .map((folder) => join(String(folder), 'Microsoft VS Code/Code.exe'));
    default:
      return ['/usr/share/code/code', '/opt/visual-studio-code/code', '/snap/code/current/usr/share/code/code'];
  }
}

/** Installs a packaged extension into a folder of its own. */
export async function installExtensionInDesktop(
  executable: string,
  vsix: string,
  extensionsFolder: string,
): Promise<void> {
  const user = scratchFolder('install');
  try {
    const cli = resolveCliPathFromVSCodeExecutablePath(executable);
    const args = ['--install-extension', vsix, '--extensions-dir', extensionsFolder, '--user-data-dir', user];
    await (process.platform === 'win32'
      ? commandOrThrow('cmd', ['/c', cli, ...args])
      : commandOrThrow(cli, process.getuid?.() === 0 ? ['--no-sandbox', ...args] : args));
  } finally {
    await rm(user, { recursive: true, force: true });
  }
}

/** Runs a suite in the extension host of a desktop VS Code. */
export async function runSuiteInDesktop(
  suite: HostSuite,
  executable: string,
  extensionsFolder: string,
  say: (line: string) => void,
): Promise<void> {
  const home = scratchFolder('desktop');
  const folder = join(home, 'workspace');
  await fillWorkspace(folder);
  mkdirSync(join(home, 'user/User'), { recursive: true });
  writeFileSync(
    join(home, 'user/User/settings.json'),
    JSON.stringify({ 'security.workspace.trust.startupPrompt': 'never', 'git.enabled': false, 'update.mode': 'none' }),
  );
  const launchArgs = [folder, `--extensions-dir=${extensionsFolder}`, `--user-data-dir=${join(home, 'user')}`];
  const paths = { extensionDevelopmentPath: developmentExtension, extensionTestsPath: suite.entry };
  try {
    if (suite.trusted) await runTests({ ...paths, vscodeExecutablePath: executable, launchArgs });
    // `runTests` always trusts the workspace.
    else {
      const asked = Object.entries(paths).map(([name, path]) => `--${name}=${path}`);
      const quiet = ['--no-sandbox', '--disable-gpu-sandbox', '--disable-updates', '--skip-welcome'];
      await command(executable, [...launchArgs, ...asked, ...quiet], { onLine: say });
    }
  } catch (error) {
    say(String(error));
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
