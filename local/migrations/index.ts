export { applyMigrations, applySeeds, migrationFiles } from './apply.ts'
export { runFile } from './run-file.ts'
