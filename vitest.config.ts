import { defineConfig } from 'vitest/config';
import { backendProjects } from './test/backend-projects.ts';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test/**/*.test.ts'],
          provide: { backend: 'cpu', threads: 1 },
        },
      },
      ...backendProjects,
    ],
  },
});
