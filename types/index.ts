// The contract with front ends and Edge Functions: the schema and the type of every document.

export * from './color.ts'
export type { Database, Json } from './database.ts'
export * from './layout.ts'
export * from './moment.ts'
export * from './preferences.ts'
export * from './text.ts'
export * from './theme.ts'
export * from './transfer.ts'
export * from './view.ts'
