export { applyMigrations, applySeeds, migrationFiles } from './apply.ts'
export { ensureBuckets } from './buckets.ts'
export { runFile, splitStatements } from './run-file.ts'
