import type { Database } from '../shared/index.ts'
import type { Changes } from './changes/changes.ts'
import type { Topics } from './channels/topics.ts'
import type { RealtimeLimits } from './limits.ts'
import type { Rate } from './rate.ts'
import type { CheckToken } from './tokens.ts'

/** What everything that a client asks for works with. */
export interface RealtimeContext {
  limits: RealtimeLimits
  checkToken: CheckToken
  database: Database
  topics: Topics
  changes: Changes
  rates: { joins: Rate; messages: Rate; presence: Rate }
}
