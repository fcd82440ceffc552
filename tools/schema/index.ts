export { createMigration, type SchemaOptions } from './migration.ts'
export { typesFile, writeTypes } from './types.ts'
