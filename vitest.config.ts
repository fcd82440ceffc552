import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/stack/global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    sequence: { shuffle: { tests: true } },
    maxWorkers: 2,
  },
})
