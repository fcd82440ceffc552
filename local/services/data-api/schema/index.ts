export type * from './catalog.ts'
export { loadSchemaCache } from './load.ts'
export * from './lookups/index.ts'
export { type SchemaWatch, type SchemaWatchOptions, watchSchema } from './reload.ts'
