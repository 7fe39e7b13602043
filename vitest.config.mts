import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/unit/propertySeed.ts'],
    globalSetup: ['test/unit/globalSetup.ts'],
    include: ['test/unit/**/*.test.ts', 'test/conformance/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
});
