import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';
import { kernelsVitePlugin } from './src/tensor/assembly/compile.mjs';

const require = createRequire(import.meta.url);

/** The bytes of WebAssembly that packages bring, as the bundles have them. */
const wasmPlugin = {
  name: 'wasm',
  enforce: 'pre' as const,
  resolveId: (id: string) =>
    id.startsWith('@') && id.endsWith('.wasm') ? `\0wasm:${id.slice(0, -'.wasm'.length)}` : undefined,
  load: async (id: string) => {
    if (!id.startsWith('\0wasm:')) return undefined;
    const text = (await readFile(require.resolve(`${id.slice('\0wasm:'.length)}.wasm`))).toString('base64');
    return `export default new Uint8Array(Buffer.from('${text}', 'base64'));`;
  },
};

export default defineConfig({
  plugins: [kernelsVitePlugin, wasmPlugin],
  test: {
    setupFiles: ['test/unit/propertySeed.ts'],
    globalSetup: ['test/unit/globalSetup.ts'],
    include: ['test/unit/**/*.test.ts', 'test/conformance/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
});
