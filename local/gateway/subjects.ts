import type { ProjectKeys } from '../config/index.ts'
import { createCallers, type Peer, TokenError } from '../services/shared/index.ts'

/** Whose a request is: a person's, else of a key at an address. */
export interface RequestSubject {
  name: string
  /** It has the project's secret key, and speaks for many people. */
  isServer: boolean
}

/** Tells whose a request is. */
export type SubjectOf = (request: Request, peer: Peer) => Promise<RequestSubject>

/** A name that a client makes up counts for nothing: only a token whose signature holds names a person. */
export function createSubjects(keys: ProjectKeys): SubjectOf {
  const callers = createCallers(keys)
  return async (request, { address }) => {
    const refused = { name: `refused ${address}`, isServer: false }
    try {
      const caller = await callers.identify(request, { keyNeeded: false })
      if (caller instanceof Response) return refused
      const { role, claims } = caller
      if (typeof claims.sub === 'string') return { name: `person ${claims.sub}`, isServer: false }
      return { name: `${role} ${address}`, isServer: role === 'service_role' }
    } catch (error) {
      if (error instanceof TokenError) return refused
      throw error
    }
  }
}
