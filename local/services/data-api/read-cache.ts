import type { Plan, PlanContext } from './plan/index.ts'
import type { ApiRequest } from './request/index.ts'
import type { Statement } from './statement/index.ts'

/** A request that has been read, planned and written. */
export interface PreparedRequest {
  request: ApiRequest
  plan: Plan
  statement: Statement
}

const mostEntries = 500
const longestKey = 4_000

/** Everything of a request without a body that its plan follows from, but for the schema. */
const headers = ['accept', 'accept-profile', 'prefer', 'range']

/** Reads that come again as they were are read and planned once, as long as the schema stays. */
export class ReadCache {
  readonly #entries = new Map<string, PreparedRequest>()
  #context: PlanContext | undefined

  /** Undefined for a request that is not kept. */
  keyOf(request: Request): string | undefined {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    const { url } = request
    const path = url.slice(url.indexOf('/', url.indexOf('//') + 2))
    const key = [request.method, path, ...headers.map((name) => request.headers.get(name) ?? '')].join('\n')
    return key.length > longestKey ? undefined : key
  }

  get(context: PlanContext, key: string | undefined): PreparedRequest | undefined {
    if (this.#context !== context) {
      this.#context = context
      this.#entries.clear()
    }
    return key === undefined ? undefined : this.#entries.get(key)
  }

  /** @param context the one that it was planned with, which may be an old one by now */
  set(context: PlanContext, key: string | undefined, prepared: PreparedRequest): void {
    if (key === undefined || this.#context !== context) return
    // The oldest goes: what is asked for all the time is back at once.
    const [oldest] = this.#entries.keys()
    if (this.#entries.size >= mostEntries && oldest !== undefined) this.#entries.delete(oldest)
    this.#entries.set(key, prepared)
  }
}
