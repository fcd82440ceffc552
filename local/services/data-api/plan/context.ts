import type { SchemaCache } from '../schema/index.ts'

/** What planning has to know besides the request. */
export interface PlanContext {
  cache: SchemaCache
  /** The most rows that a read gives; null for all. */
  maxRows: number | null
  /** Whether aggregates are switched on. */
  aggregates: boolean
}
