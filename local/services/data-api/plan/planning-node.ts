import type { KnownRows } from './known-rows.ts'
import type { ReadPlan } from './plan.ts'

/** A read and what is known of its rows, while it is being planned. */
export interface PlanningNode {
  read: ReadPlan
  rows: KnownRows
  /** Those of `read.embeds`, in the same order. */
  children: readonly PlanningNode[]
}
