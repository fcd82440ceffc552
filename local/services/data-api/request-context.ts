import { AsyncLocalStorage } from 'node:async_hooks'
import type { Caller } from '../shared/index.ts'
import type { Session } from './session.ts'

/** What a transaction has to know of the request that it serves. */
export class RequestContext {
  readonly role: string
  readonly claims: Caller['claims']
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

  constructor(request: Request, path: string, schema: string, caller: Caller) {
    this.role = caller.role
    this.claims = caller.claims
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

const requests = new AsyncLocalStorage<RequestContext>()

/** Does the work of one request, all of which finds the request by `currentRequest`. */
export function servingRequest<Result>(request: RequestContext, work: () => Result): Result {
  return requests.run(request, work)
}

/** The request that is being served: lite hands no object of ours from its router to the connection. */
export function currentRequest(): RequestContext {
  const request = requests.getStore()
  if (!request) throw new Error('A Data API statement was about to run outside of a request')
  return request
}
