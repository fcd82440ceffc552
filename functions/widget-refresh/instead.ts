import jsonata from 'jsonata'
import { distinct } from './distinct.ts'
import { spread } from './flat-lists.ts'
import type { Focus, Implementation } from './jsonata-internals.ts'
import { sort } from './sorting.ts'

const { implementation: fromMillis } = await jsonata('$fromMillis').evaluate(null)

/** The functions that stand in for those of JSONata, by name. */
export const instead: Record<string, Implementation | undefined> = {
  distinct,
  sort,
  spread,
  now,
}

/** JSONata's own belongs to one expression. */
function now(this: Focus, picture?: string, timezone?: string): string {
  return fromMillis.call(this, this.environment.base.timestamp.getTime(), picture, timezone)
}
