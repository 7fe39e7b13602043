// Compiles the kernels of this folder where a bundle or a test imports `kernels.wasm`, which is a file nowhere: so it is
// never older than its source.
import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';

const flags = ['--runtime', 'stub', '-O3', '--noAssert', '--enable', 'simd', '--outFile', 'kernels.wasm'];

/** Files that the module is made of, for who watches them. */
export const sources = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `${import.meta.dirname}/${name}`);

/** The WebAssembly module. */
export async function compileKernels() {
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const { error, stderr } = await asc.main(['index.ts', ...flags], {
    readFile: (name) => {
      const path = sources.find((source) => basename(source) === name);
      return path === undefined ? null : readFileSync(path, 'utf8');
    },
    writeFile: (_, contents) => (binary = contents),
    listFiles: () => [],
  });
  if (error) throw new Error(`The kernels do not compile: ${stderr.toString()}`);
  return binary;
}

/** For esbuild: the module's bytes as a Uint8Array. */
export const kernelsPlugin = {
  name: 'kernels',
  setup(build) {
    build.onResolve({ filter: /\/kernels\.wasm$/ }, () => ({ path: 'kernels.wasm', namespace: 'kernels' }));
    build.onLoad({ filter: /.*/, namespace: 'kernels' }, async () => ({
      contents: await compileKernels(),
      loader: 'binary',
      watchFiles: sources,
    }));
  },
};

/** For Vitest: the same. */
export const kernelsVitePlugin = {
  name: 'kernels',
  enforce: 'pre',
  resolveId: (id) => (id.endsWith('/kernels.wasm') ? '\0kernels.wasm' : undefined),
  load: async (id) => {
    if (id !== '\0kernels.wasm') return undefined;
    const text = Buffer.from(await compileKernels()).toString('base64');
    return `export default new Uint8Array(Buffer.from('${text}', 'base64'));`;
  },
};
