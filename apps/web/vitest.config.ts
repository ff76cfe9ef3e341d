/** Tests that drive the built page in a browser; they take minutes and have a command of their own. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'the page in Chromium',
    include: ['apps/web/test/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    pool: 'forks',
  },
});
