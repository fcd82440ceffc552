export { applyMigrations, applySeeds, migrationFiles } from './apply.ts'
export { ensureBuckets } from './buckets.ts'
export { runFile } from './run-file.ts'
