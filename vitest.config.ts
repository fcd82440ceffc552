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
    // What is waited for comes within a moment, and on a busy machine a little later.
    expect: { poll: { timeout: 10_000 } },
    // On two cores: tests wait for sockets, locks and processes about as long as they work.
    maxWorkers: 3,
    // To load the modules anew for every file would take as long as its tests; none rests on what they keep.
    isolate: false,
    unstubEnvs: true,
  },
})
