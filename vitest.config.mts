import { defineConfig } from 'vitest/config';

const excluded = ['**/node_modules/**', 'test/loop/**'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    pool: 'forks',
    // What handlers log would bury the names of the tests.
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...excluded, 'test/quality/**', 'test/package/**'],
        },
      },
      {
        // Checks of what the constructs synthesise: the files share one synthesis, and so one process.
        extends: true,
        test: {
          name: 'quality',
          globalSetup: 'test/temporary.ts',
          include: ['test/quality/**/*.test.ts'],
          isolate: false,
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
        },
      },
      {
        // Packs the library and installs it into an empty app.
        extends: true,
        test: {
          name: 'package',
          globalSetup: 'test/temporary.ts',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // The example's stack, deployed on the laptop runtime and driven: npm run test:loop.
        extends: true,
        test: {
          name: 'loop',
          include: process.env.FLYWHEEL_LOOP_TESTS === undefined ? [] : ['test/loop/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 3 },
          maxWorkers: 1,
        },
      },
    ],
  },
});
