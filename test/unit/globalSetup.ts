import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { build } from 'esbuild';
import { runnerPath } from './runnerPath.js';

/** Bundles the runner, which tests start as the product does: as a process of its own. */
export default async function setup(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: ['src/runtime/runnerMain.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['onnxruntime-node'],
    write: false,
  });
  const contents = outputFiles[0]!.contents;
  const present = await readFile(runnerPath).catch(() => undefined);
  if (present?.equals(contents)) return;
  await mkdir(dirname(runnerPath), { recursive: true });
  await writeFile(`${runnerPath}.${process.pid}`, contents);
  await rename(`${runnerPath}.${process.pid}`, runnerPath);
}
