import type * as z from 'zod'
import type { RateLimitResult } from '../../types/rate-limit.ts'
import type { Authentication, Callers } from './authenticate.ts'
import type { CallerClient } from './clients.ts'
import type { Dependencies } from './dependencies.ts'
import { type Charge, type Limit, rateLimitHeaders, refuseWhatIsOver } from './rate-limits.ts'
import { defaultBodyLimit, readBody, readQuery } from './read-input.ts'
import type { Trace } from './trace.ts'

/** What one method of one path does. */
export interface EndpointDefinition<Kind extends Authentication, Body, Query> {
  /** Who may call, by the first that holds. Default: somebody signed in. */
  authentication?: readonly Kind[]
  body?: z.ZodType<Body>
  query?: z.ZodType<Query>
  /** Bytes. Default: 64 KiB. */
  bodyLimit?: number
  /** How often one caller may. Default: 60 a minute. Servers with the secret key are not counted. */
  limit?: Limit
  /**
   * What is answered: a value as JSON, undefined as 204, a Response as it is.
   *
   * @throws {FunctionError} what the caller is told; anything else becomes `internal_error`
   */
  handle(context: Context<Kind, Body, Query>): Promise<unknown>
}

export interface Context<Kind extends Authentication, Body, Query> {
  request: Request
  url: URL
  caller: Callers[Kind]
  body: Body
  query: Query
  trace: Trace
  /** Acts as the caller. For callers who are signed in. */
  supabase(): CallerClient
  /**
   * Counts the call against a limit of more than the caller, such as their workspace. To be called when the caller has
   * been seen to have access: else anybody could use up the limit of a workspace.
   *
   * @throws {FunctionError} rate_limited
   */
  charge(charge: Charge): Promise<void>
  /** Says in the headers what a limit has left that the database charged with what it did. */
  sayCharged(limit: Limit, result: RateLimitResult): void
}

/** One request, and the headers that its answer gets whatever happens. */
export interface Exchange {
  request: Request
  url: URL
  trace: Trace
  headers: Record<string, string>
}

export type Endpoint = (exchange: Exchange, dependencies: Dependencies) => Promise<unknown>

const personLimit: Limit = { name: 'person', quota: 60, window: 60 }
const addressLimit: Limit = { name: 'address', quota: 60, window: 60 }

/** Defines an endpoint: who calls is found out first, then how often they did, then what they send is read. */
export function endpoint<Kind extends Authentication = 'user', Body = undefined, Query = unknown>(
  definition: EndpointDefinition<Kind, Body, Query>,
): Endpoint {
  const {
    authentication = ['user'] as unknown as readonly Kind[],
    body: bodySchema,
    query: querySchema,
    bodyLimit = defaultBodyLimit,
  } = definition

  return async ({ request, url, trace, headers }, dependencies) => {
    const caller: Callers[Authentication] = await dependencies.authenticate(request, authentication)
    const say = (limits: Limit[], results: RateLimitResult[]) => {
      for (const [name, value] of Object.entries(rateLimitHeaders(limits, results)))
        headers[name] = headers[name] ? `${headers[name]}, ${value}` : value
    }
    const charge = async (one: Charge) => {
      const results = await dependencies.takeCharges([one], trace)
      say([one], results)
      refuseWhatIsOver(results)
    }
    if (caller.kind === 'user') await charge({ ...(definition.limit ?? personLimit), key: caller.id })
    if (caller.kind === 'anyone')
      await charge({ ...(definition.limit ?? addressLimit), key: addressOf(request) })

    const query = querySchema ? readQuery(url, querySchema) : undefined
    const body = bodySchema ? await readBody(request, bodySchema, bodyLimit) : undefined
    return definition.handle({
      request,
      url,
      caller: caller as Callers[Kind],
      query: query as Query,
      body: body as Body,
      trace,
      charge,
      sayCharged: (limit, result) => say([limit], [result]),
      supabase() {
        if (caller.kind !== 'user') throw new Error('Only somebody who is signed in has a client.')
        return dependencies.callerClient(caller, trace)
      },
    })
  }
}

/** What the platform saw; without it all callers share one bucket. */
function addressOf(request: Request): string {
  return request.headers.get('cf-connecting-ip')?.slice(0, 45) ?? 'unknown'
}
