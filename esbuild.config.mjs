// Makes one bundle each for the extension, the engine, its runners, the command line, and the editor's page.
import { mkdir, rm } from 'node:fs/promises';
import esbuild from 'esbuild';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const common = {
  bundle: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  keepNames: true,
  target: 'es2022',
  logLevel: 'info',
  loader: { '.proto': 'text', '.ttf': 'file' },
  assetNames: '[name]',
};

/** Prints what VS Code's problem matcher for the watch task waits for: a round ends when all bundles are made. */
let building = 0;
const reportRounds = {
  name: 'report-rounds',
  setup(build) {
    build.onStart(() => {
      if (building++ === 0 && watch) console.log('[bundles] started');
    });
    build.onEnd(() => {
      if (--building === 0 && watch) console.log('[bundles] finished');
    });
  },
};

const node = (entry, outfile, external = []) => ({
  ...common,
  entryPoints: [entry],
  outfile,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external,
  plugins: [reportRounds],
});

const bundles = [
  node('src/extension/extension.ts', 'dist/extension.js', ['vscode']),
  node('src/engine/main.ts', 'dist/engine.js'),
  node('src/runtime/runnerMain.ts', 'dist/runner.js', ['onnxruntime-node']),
  { ...node('src/cli/main.ts', 'dist/cli.js'), banner: { js: '#!/usr/bin/env node' } },
  {
    ...common,
    entryPoints: { editor: 'webview/main.tsx' },
    outdir: 'dist/webview',
    platform: 'browser',
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    plugins: [reportRounds],
  },
];

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
if (watch) {
  const contexts = await Promise.all(bundles.map((options) => esbuild.context(options)));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  await Promise.all(bundles.map((options) => esbuild.build(options)));
}
