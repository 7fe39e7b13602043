import { defineConfig } from 'vitest/config';
import { kernelsVitePlugin } from './src/tensor/assembly/compile.mjs';

export default defineConfig({
  plugins: [kernelsVitePlugin],
  test: {
    setupFiles: ['test/unit/propertySeed.ts'],
    globalSetup: ['test/unit/globalSetup.ts'],
    include: ['test/unit/**/*.test.ts', 'test/conformance/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
});
