import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { BrowserServer } from 'playwright-core';
import { chromium } from 'playwright-core';
import { cachedInstall } from './cachedInstall.js';
import { command, commandOrThrow, npm } from './command.js';

const sparticuzVersion = '147.0.0';

export interface BrowserChoice {
  readonly executable: string;
  /** How it was found, for a person. */
  readonly origin: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The first Chromium that starts: $CHROMIUM, an installed one, npm's, Debian's. */
export async function findBrowser(say: (line: string) => void): Promise<BrowserChoice> {
  const ways: readonly (() => Promise<BrowserChoice | null>)[] = [fromEnvironment, installed, fromNpm, fromDebian];
  const refusals: string[] = [];
  for (const way of ways) {
    try {
      const choice = await way();
      if (!choice) continue;
      const { code, output } = await command(choice.executable, ['--version', '--no-sandbox'], { env: choice.env });
      if (code !== 0) throw new Error(output);
      say(`browser: ${output.trim().split('\n').at(-1)}, ${choice.origin} (${choice.executable})`);
      return choice;
    } catch (error) {
      refusals.push(String(error));
      say(`browser: ${String(error).split('\n')[0]}; looking further`);
    }
  }
  throw new Error(
    `No Chromium could be found or installed. Install one, or set CHROMIUM to its path.\n${refusals.join('\n')}`,
  );
}

async function fromEnvironment(): Promise<BrowserChoice | null> {
  const executable = process.env.CHROMIUM;
  return executable ? { executable, origin: 'named by $CHROMIUM', env: process.env } : null;
}

async function installed(): Promise<BrowserChoice | null> {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = [
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ];
  const executable = places.find((place) => existsSync(place));
  return executable ? { executable, origin: 'installed on this machine', env: process.env } : null;
}

/** A Chromium with its own libraries and fonts inside an npm package: no root, no download of its own. */
async function fromNpm(): Promise<BrowserChoice | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const pinned = { dependencies: { '@sparticuz/chromium': sparticuzVersion } };
  const { folder } = await cachedInstall('chromium', pinned, async (place) => {
    await writeFile(join(place, 'package.json'), JSON.stringify({ private: true, ...pinned }));
    await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: place });
    const unpacked = join(place, 'unpacked');
    await mkdir(unpacked);
    // The package unpacks into TMPDIR, and its libraries only where it believes itself on the system they are for.
    await commandOrThrow(
      process.execPath,
      ['--input-type=module', '-e', 'await (await import("@sparticuz/chromium")).default.executablePath()'],
      { cwd: place, env: { ...process.env, TMPDIR: unpacked, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' } },
    );
    await chmod(join(unpacked, 'chromium'), 0o755);
  });
  const unpacked = join(folder, 'unpacked');
  return {
    executable: join(unpacked, 'chromium'),
    origin: `npm's @sparticuz/chromium ${sparticuzVersion}`,
    env: {
      ...process.env,
      FONTCONFIG_FILE: await writeFontConfiguration(join(unpacked, 'fonts')),
      LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, join(unpacked, 'al2023/lib')].filter(Boolean).join(':'),
    },
  };
}

/** The system's fonts before the package's few; the package's own configuration names folders that are not there. */
async function writeFontConfiguration(packaged: string): Promise<string> {
  const file = join(packaged, 'tare-fonts.conf');
  const folders = ['/usr/share/fonts', '/usr/local/share/fonts', join(packaged, 'fonts')];
  await writeFile(
    file,
    `<?xml version="1.0"?><fontconfig>${folders.map((folder) => `<dir>${folder}</dir>`).join('')}` +
      `<cachedir>${join(packaged, 'cache')}</cachedir></fontconfig>`,
  );
  return file;
}

async function fromDebian(): Promise<BrowserChoice | null> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return null;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await commandOrThrow('apt-get', ['update'], { env });
  await commandOrThrow('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], {
    env,
  });
  return { executable: '/usr/bin/chromium', origin: "Debian's package", env: process.env };
}

/** One browser for all suites of a run; each connects to its `wsEndpoint()`. */
export function launchBrowser(choice: BrowserChoice): Promise<BrowserServer> {
  return chromium.launchServer({
    executablePath: choice.executable,
    headless: true,
    env: choice.env as Record<string, string>,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
}
