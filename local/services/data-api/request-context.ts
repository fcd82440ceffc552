import type { VarsContext } from '@supabase/lite'
import type { VerifiedToken } from '../shared/index.ts'
import type { Session } from './session.ts'

/** What a transaction has to know of the request that it serves. */
export class RequestContext {
  readonly role: string
  readonly claims: VerifiedToken['claims']
  readonly method: string
  /** The path below `/rest/v1`: `/projects`, `/rpc/add`. */
  readonly path: string
  readonly headers: Headers
  /** The schema that names without one belong to. */
  readonly schema: string
  /** The table or view; undefined for functions. */
  relation: string | undefined
  readOnly: boolean
  /** Whether the response shows what a write has written. */
  returnsRows = true
  /** Whether a second statement has to count the rows. */
  wantsCount = true
  /** Whether the caller wants one object, of a write. */
  wantsSingleObject = false
  /** The transaction, once it is there. */
  session: Session | undefined
  /** The text of the body, once it has been read. */
  body: string | undefined

  constructor(request: Request, path: string, schema: string, token: VerifiedToken) {
    this.role = token.role
    this.claims = token.claims
    this.method = request.method
    this.path = path
    this.headers = request.headers
    this.schema = schema
    this.readOnly = request.method === 'GET' || request.method === 'HEAD'
  }

  get isAnonymous(): boolean {
    return this.role === 'anon'
  }
}

/** The context among the variables that lite hands from the request to the connection. */
export function requestContextOf(vars: VarsContext | undefined): RequestContext {
  const auth = vars?.auth
  const jwt = isObject(auth) ? auth.jwt : undefined
  const context = isObject(jwt) ? jwt.context : undefined
  if (context instanceof RequestContext) return context
  throw new Error('A Data API statement was about to run outside of a request')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
