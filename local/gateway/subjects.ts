import type { ProjectKeys } from '../config/index.ts'
import { createCallers, type Peer, TokenError } from '../services/shared/index.ts'

/** Tells whose a request is: a person's, else of a key at an address. */
export type SubjectOf = (request: Request, peer: Peer) => Promise<string>

/** A name that a client makes up counts for nothing: only a token whose signature holds names a person. */
export function createSubjects(keys: ProjectKeys): SubjectOf {
  const callers = createCallers(keys)
  return async (request, { address }) => {
    try {
      const caller = await callers.identify(request, { keyNeeded: false })
      if (caller instanceof Response) return `refused ${address}`
      const { role, claims } = caller
      return typeof claims.sub === 'string' ? `person ${claims.sub}` : `${role} ${address}`
    } catch (error) {
      if (error instanceof TokenError) return `refused ${address}`
      throw error
    }
  }
}
