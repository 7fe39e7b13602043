import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cachedInstall } from './cachedInstall.js';
import { commandOrThrow, endProcessTree, npm } from './command.js';
import { scratchFolder } from './folders.js';

/** code-server 4.139 is VS Code 1.139 and needs Node 24, which npm carries as one package a platform. */
const codeServerVersion = '4.139.1';
const nodeVersion = '24.21.0';

/** Settings without which the window shows things that no test asked for. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.hover.delay': 100_000,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};

export interface CodeServer {
  /** Host and port, which is also the authority of `vscode-remote:` resources. */
  readonly authority: string;
  /** What the server has printed. */
  log(): string;
  stop(): Promise<void>;
}

export interface CodeServerInstall {
  /** Node as the editor has it. */
  readonly node: string;
  readonly entry: string;
}

/** Installs code-server and its Node from npm into the test cache. */
export async function installCodeServer(say: (line: string) => void): Promise<CodeServerInstall> {
  const nodePackage = nodePackageOfPlatform();
  const pinned = { dependencies: { 'code-server': codeServerVersion, [nodePackage]: nodeVersion } };
  const { folder, fresh } = await cachedInstall('code-server', pinned, async (place) => {
    say(`installing code-server ${codeServerVersion} and Node ${nodeVersion} from npm`);
    await writeFile(join(place, 'package.json'), JSON.stringify({ private: true, ...pinned }));
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await npm(['install', ...quiet], { cwd: place });
    await npm(['install', '--omit=dev', ...quiet], { cwd: join(place, 'node_modules/code-server/lib/vscode') });
  });
  say(`code-server ${codeServerVersion} ${fresh ? 'installed' : 'found'} in ${folder}`);
  return {
    node: join(folder, 'node_modules', nodePackage, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    entry: join(folder, 'node_modules/code-server/out/node/entry.js'),
  };
}

function nodePackageOfPlatform(): string {
  if (process.platform === 'win32') {
    throw new Error('code-server does not run on Windows: run the page tests in WSL, or on Linux or macOS.');
  }
  return `node-${process.platform}-${process.arch}`;
}

/** Installs a packaged extension as a person does, for servers started with the same `extensionsFolder`. */
export async function installExtension(
  install: CodeServerInstall,
  vsix: string,
  extensionsFolder: string,
): Promise<void> {
  const home = scratchFolder('install');
  try {
    await commandOrThrow(
      install.node,
      [
        install.entry,
        ...['--user-data-dir', join(home, 'user'), '--extensions-dir', extensionsFolder],
        ...['--config', writeConfig(home), '--install-extension', vsix],
      ],
      { env: environment(home) },
    );
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Starts a server with throw-away folders; resolves when it serves the workbench, not only its health page. */
export async function startCodeServer(
  install: CodeServerInstall,
  options: { extensionsFolder: string; port?: number; settings?: object },
): Promise<CodeServer> {
  const home = scratchFolder('server');
  const user = join(home, 'user');
  mkdirSync(join(user, 'User'), { recursive: true });
  writeFileSync(join(user, 'User/settings.json'), JSON.stringify(options.settings ?? quietSettings));
  const port = options.port ?? (await freePort());
  const authority = `127.0.0.1:${port}`;
  const logFile = join(home, 'server.log');
  const log = openSync(logFile, 'w');
  const child = spawn(
    install.node,
    [
      install.entry,
      ...['--auth', 'none', '--bind-addr', authority, '--config', writeConfig(home)],
      ...['--user-data-dir', user, '--extensions-dir', options.extensionsFolder],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      ...['--ignore-last-opened', '--disable-proxy'],
    ],
    { stdio: ['ignore', log, log], env: environment(home), detached: true },
  );
  closeSync(log);
  const server: CodeServer = {
    authority,
    log: () => readFileSync(logFile, 'utf8'),
    stop: () => stop(child, home),
  };
  try {
    await serving(child, authority);
  } catch (error) {
    const text = server.log();
    await server.stop();
    throw new Error(`code-server did not start:\n${text}`, { cause: error });
  }
  return server;
}

function writeConfig(home: string): string {
  const config = join(home, 'config.yaml');
  writeFileSync(config, 'auth: none\n');
  return config;
}

/** Nothing of the person's own: no settings, sockets, or variables of an editor that this run was started from. */
function environment(home: string): NodeJS.ProcessEnv {
  const ofAnEditor = /^(VSCODE_|CODE_SERVER_|ELECTRON_|NODE_OPTIONS$|PORT$|PASSWORD$|HASHED_PASSWORD$)/;
  const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofAnEditor.test(name)));
  const temporary = join(home, 'tmp');
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  return {
    ...rest,
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_RUNTIME_DIR: temporary,
    TMPDIR: temporary,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
  };
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** `/healthz` answers before the workbench does, so its page is asked for too. */
async function serving(child: ChildProcess, authority: string): Promise<void> {
  const patience = Date.now() + 120_000;
  for (const path of ['/healthz', '/?ew=true']) {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      const answer = await fetch(`http://${authority}${path}`).catch(() => null);
      await answer?.arrayBuffer();
      if (answer?.ok) break;
      if (Date.now() > patience) throw new Error(`${path} answered ${answer?.status ?? 'nothing'} for two minutes`);
      await delay(100);
    }
  }
}

async function stop(child: ChildProcess, home: string): Promise<void> {
  const ended = child.exitCode === null ? new Promise((done) => child.once('exit', done)) : Promise.resolve();
  endProcessTree(child, 'SIGTERM');
  await Promise.race([ended, delay(5_000, undefined, { ref: false })]);
  endProcessTree(child, 'SIGKILL');
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}
