/** The editor's page alone in a plain Chromium, in VS Code's colours, without VS Code. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { browserVariable } from '../harness/endpoints.js';
import type { HostSettings } from './host.js';
import type { LiveEngine } from './liveEngine.js';
import { liveMethods } from './liveEngine.js';
import type { Recording } from './recording.js';
import type { ThemeName } from './themes.js';
import { themes } from './themes.js';

const root = resolve(__dirname, '../../..');

/** The page and the host, bundled from their sources as esbuild.config.mjs bundles them. */
export async function bundlePage(): Promise<{ script: string; styles: string; host: string; font: Uint8Array }> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    bundle: true,
    write: false,
    target: 'es2022',
    platform: 'browser',
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.ttf': 'file' },
    assetNames: 'font',
    entryPoints: { editor: 'webview/main.tsx', host: join(__dirname, 'host.ts') },
    outdir: 'out',
  });
  const file = (name: string): Uint8Array => outputFiles.find(({ path }) => path.endsWith(name))!.contents;
  const text = (name: string): string => new TextDecoder().decode(file(name));
  return { script: text('editor.js'), styles: text('editor.css'), host: text('host.js'), font: file('font.ttf') };
}

/** The browser that the run has open already, or one of this machine. */
export async function openBrowser(): Promise<Browser> {
  const endpoint = process.env[browserVariable];
  if (endpoint) return chromium.connect(endpoint);
  const executablePath = [process.env.CHROMIUM, '/usr/bin/chromium'].find((path) => path && existsSync(path));
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

export interface PageOptions {
  readonly recording: Recording;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly start?: HostSettings['start'];
  readonly holdStatistics?: boolean;
  readonly failure?: HostSettings['failure'];
  /** Answers what a recording cannot. */
  readonly engine?: LiveEngine;
}

const policy =
  "default-src 'none'; script-src 'nonce-standalone'; style-src https://tare.test 'unsafe-inline'; " +
  'font-src https://tare.test; img-src https://tare.test data: blob:';

/** Opens the page; `problems` collects what it complains of, its content policy included. */
export async function openPage(
  browser: Browser,
  bundle: Awaited<ReturnType<typeof bundlePage>>,
  options: PageOptions,
): Promise<{ page: Page; problems: string[] }> {
  const { theme = 'dark', width = 900, height = 640 } = options;
  const page = await browser.newPage({ viewport: { width, height } });
  const problems: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())));
  page.on('pageerror', (error) => problems.push(String(error.stack)));
  const settings: HostSettings = {
    recording: options.recording,
    start: options.start ?? {},
    holdStatistics: options.holdStatistics ?? false,
    failure: options.failure ?? null,
    live: options.engine ? liveMethods : [],
  };
  await page.route('https://tare.test/**', (route) => {
    const path = new URL(route.request().url()).pathname;
    if (path === '/editor.css') return route.fulfill({ contentType: 'text/css', body: bundle.styles });
    if (path === '/editor.js') return route.fulfill({ contentType: 'text/javascript', body: bundle.script });
    if (path === '/font.ttf') return route.fulfill({ contentType: 'font/ttf', body: Buffer.from(bundle.font) });
    if (path === '/host.js') {
      const settingsScript = `globalThis.hostSettings = ${JSON.stringify(settings)};\n`;
      return route.fulfill({ contentType: 'text/javascript', body: settingsScript + bundle.host });
    }
    return route.fulfill({ contentType: 'text/html', body: shell(theme) });
  });
  await options.engine?.connect(page);
  await page.goto('https://tare.test/');
  return { page, problems };
}

function shell(theme: ThemeName): string {
  const { kind, variables } = themes[theme];
  const style = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value};`);
  return `<!doctype html>
<html lang="en" style="${style.join(' ').replaceAll('"', '&quot;')}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Tare</title>
<link rel="stylesheet" href="https://tare.test/editor.css">
</head>
<body class="${kind}" data-vscode-theme-kind="${kind}">
<div id="root"></div>
<script nonce="standalone" src="https://tare.test/host.js"></script>
<script nonce="standalone" src="https://tare.test/editor.js"></script>
</body>
</html>`;
}
