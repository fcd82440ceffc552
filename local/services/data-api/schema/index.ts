export type * from './catalog.ts'
export * from './lookups/index.ts'
