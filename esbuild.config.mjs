// Makes one bundle each for the extension, the engine, its runners and workers, the command line, and the editor's page.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import esbuild from 'esbuild';
import { kernelsPlugin } from './src/tensor/assembly/compile.mjs';

/** What a package holds of others, whose licence it does not bring along. */
const contained = { '@cwasm/jpeg-turbo': 'src/data/images/libjpeg-turbo.txt' };

const { version } = JSON.parse(await readFile('package.json', 'utf8'));
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const common = {
  bundle: true,
  sourcemap: production ? false : 'linked',
  minify: production,
  keepNames: true,
  target: 'es2022',
  logLevel: 'info',
  loader: { '.proto': 'text', '.ttf': 'file', '.wasm': 'binary' },
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
  plugins: [kernelsPlugin, reportRounds],
});

const bundles = [
  node('src/extension/extension.ts', 'dist/extension.js', ['vscode']),
  node('src/engine/main.ts', 'dist/engine.js'),
  node('src/runtime/runnerMain.ts', 'dist/runner.js', ['onnxruntime-node']),
  node('src/inspect/statisticsWorker.ts', 'dist/statisticsWorker.js'),
  node('src/inspect/diagram/rowsWorker.ts', 'dist/layoutWorker.js'),
  node('src/evaluate/metric/metricWorker.ts', 'dist/metricWorker.js'),
  node('src/data/images/imageWorker.ts', 'dist/imageWorker.js'),
  {
    ...node('src/cli/main.ts', 'dist/cli.js'),
    banner: { js: '#!/usr/bin/env node' },
    define: { 'process.env.TARE_VERSION': JSON.stringify(version) },
  },
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
  const results = await Promise.all(bundles.map((options) => esbuild.build({ ...options, metafile: true })));
  if (production) await writeNotices(results.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
}

/** The licences of all packages that are bundled, or shipped beside the bundles. */
async function writeNotices(inputs) {
  const packages = new Set(['onnxruntime-node', 'onnxruntime-common']);
  for (const input of inputs) {
    const [, name] = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input) ?? [];
    if (name) packages.add(name);
  }
  const notices = [...packages].sort().map(async (name) => {
    const folder = `node_modules/${name}`;
    const { version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? await readFile(`${folder}/${file}`, 'utf8') : `Licence: ${license}`;
    const within = contained[name] ? `\n${await readFile(contained[name], 'utf8')}` : '';
    return `${name} ${version}\n\n${text.trim()}\n${within}`;
  });
  await writeFile('dist/ThirdPartyNotices.txt', (await Promise.all(notices)).join(`\n${'-'.repeat(80)}\n\n`));
}
