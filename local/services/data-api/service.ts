import type { Caller, Service, ServiceOptions } from '../shared/index.ts'
import { createCallers } from '../shared/index.ts'
import { type PlanContext, planRequest } from './plan/index.ts'
import { readRequest } from './request/index.ts'
import { allowedMethodsResponse, errorResponseOf } from './response/index.ts'
import { runPlan } from './run-plan.ts'
import { watchSchema } from './schema/index.ts'
import { createRequestPool, noRoleSettings, readDatabaseSettings, sessionStatement } from './session/index.ts'

const prefix = '/rest/v1'

/** Tables, views and functions over HTTP, as PostgREST serves them. */
export async function createDataApi(options: ServiceOptions): Promise<Service> {
  const { api } = options.config
  const url = options.databaseUrl('authenticator')
  const pool = createRequestPool(url)
  const callers = createCallers(options.keys)
  let settings = await readDatabaseSettings(pool)
  const schema = await watchSchema({
    listenUrl: url,
    catalogUrl: options.databaseUrl('postgres'),
    schemas: api.schemas,
    extraSearchPath: api.extra_search_path,
    async reloadConfig() {
      settings = await readDatabaseSettings(pool)
    },
  })

  async function answer(request: Request, caller: Caller): Promise<Response> {
    const read = await readRequest(request, { prefix, schemas: api.schemas })
    const context: PlanContext = {
      cache: schema.current,
      maxRows: settings.maxRows ?? api.max_rows,
      aggregates: settings.aggregates ?? false,
    }
    if (read.method === 'OPTIONS') return allowedMethodsResponse(context, read)
    const plan = planRequest(context, read)
    const session = sessionStatement(
      {
        caller,
        method: request.method,
        path: pathOf(request.url),
        headers: request.headers,
        searchPath: [...new Set([read.schema, ...api.extra_search_path])],
        timezone: read.preferences.timezone,
      },
      settings.roles.get(caller.role) ?? noRoleSettings,
      plan.kind === 'call' ? plan.routine.settings : [],
    )
    return runPlan(pool, plan, read, { settings: session, preRequest: settings.preRequest })
  }

  return {
    async fetch(request) {
      let isAnonymous = true
      try {
        const caller = await callers.identify(request, { keyNeeded: true })
        if (caller instanceof Response) return caller
        isAnonymous = caller.role === 'anon'
        return await answer(request, caller)
      } catch (error) {
        return errorResponseOf(error, { isAnonymous })
      }
    },
    async close() {
      await schema.close()
      await pool.end()
    },
  }
}

/** The path below the prefix, without the query. */
function pathOf(url: string): string {
  const start = url.indexOf(prefix) + prefix.length
  const end = url.indexOf('?', start)
  return (end < 0 ? url.slice(start) : url.slice(start, end)) || '/'
}

