/** Reading photos: on the asking thread, on one of its own, on two; alone, and beside the model that they are fed to. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { root } from '../../rig/folders.js';

export function images(): Promise<void> {
  const outfile = join(root, 'out', 'bench', 'images', 'passes.cjs');
  buildSync({
    entryPoints: [join(root, 'test', 'bench', 'images', 'passes.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    loader: { '.wasm': 'binary', '.proto': 'text' },
  });
  execFileSync(process.execPath, [outfile], { cwd: root, stdio: 'inherit' });
  return Promise.resolve();
}
