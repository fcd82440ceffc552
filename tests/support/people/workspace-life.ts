import type { Actor } from '../database/act.ts'
import { member, outsider, suspended, viewer } from './cast.ts'

/** Who is refused what an administrator may do, and how. */
export const refused: [string, Actor, number, string][] = [
  ['member', member, 403, 'permission_denied'],
  ['viewer', viewer, 403, 'permission_denied'],
  ['suspended admin', suspended, 404, 'not_found'],
  ['outsider', outsider, 404, 'not_found'],
]
