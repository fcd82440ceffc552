import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/stack/global-setup.ts'],
    // A file of expectations changes when somebody asks for it with -u, and never by itself.
    update: 'none',
    testTimeout: 40_000,
    hookTimeout: 60_000,
    sequence: { shuffle: { tests: true } },
    maxWorkers: 2,
    // To load the modules anew for every file takes as long as many a file's tests. None keeps state in a module.
    isolate: false,
  },
})
