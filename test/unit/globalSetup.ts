import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { kernelsPlugin } from '../../src/tensor/assembly/compile.mjs';
import { bundleFolder } from './bundles.js';

/** What tests start as the product does, as processes of their own: bundled beside each other, as in dist. */
const entries = {
  engine: 'src/engine/main.ts',
  runner: 'src/runtime/runnerMain.ts',
  statisticsWorker: 'src/inspect/statisticsWorker.ts',
  layoutWorker: 'src/inspect/diagram/rowsWorker.ts',
  metricWorker: 'src/evaluate/metric/metricWorker.ts',
  imageWorker: 'src/data/images/imageWorker.ts',
  cli: 'src/cli/main.ts',
};

export default async function setup(): Promise<void> {
  await mkdir(bundleFolder, { recursive: true });
  const { outputFiles } = await build({
    entryPoints: entries,
    outdir: bundleFolder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    keepNames: true,
    external: ['onnxruntime-node'],
    loader: { '.proto': 'text', '.wasm': 'binary' },
    plugins: [kernelsPlugin],
    define: { 'process.env.TARE_VERSION': '"test"' },
    write: false,
  });
  await Promise.all(outputFiles.map(({ path, contents }) => writeAtOnce(path, contents)));
}

/** Leaves a file that is the same as it is: another run of tests may be using it. */
async function writeAtOnce(path: string, contents: Uint8Array): Promise<void> {
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(contents)) return;
  const temporary = join(bundleFolder, `.${basename(path)}.${process.pid}`);
  await writeFile(temporary, contents);
  await rename(temporary, path);
}
