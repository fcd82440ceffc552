import type { Caller, Service, ServiceOptions } from '../shared/index.ts'
import { createCallers } from '../shared/index.ts'
import { describeSchema } from './describe-schema.ts'
import { forbiddenSchema } from './open-api/index.ts'
import { type PlanContext, planRequest } from './plan/index.ts'
import { type PreparedRequest, ReadCache } from './read-cache.ts'
import { type ApiRequest, readRequest } from './request/index.ts'
import { allowedMethodsResponse, errorResponseOf } from './response/index.ts'
import { runPlan } from './run-plan.ts'
import { type Routine, watchSchema } from './schema/index.ts'
import {
  createRequestPool,
  isolationLevel,
  noRoleSettings,
  type Opening,
  readDatabaseSettings,
  sessionStatement,
} from './session/index.ts'
import { writeStatement } from './statement/index.ts'

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

  const reads = new ReadCache()
  let context: PlanContext | undefined

  function currentContext(): PlanContext {
    const current: PlanContext = {
      cache: schema.current,
      maxRows: settings.maxRows ?? api.max_rows,
      aggregates: settings.aggregates ?? false,
    }
    if (!context || !isSame(context, current)) context = current
    return context
  }

  async function answer(request: Request, caller: Caller): Promise<Response> {
    const context = currentContext()
    const key = reads.keyOf(request)
    const known = reads.get(context, key)
    if (known) return run(request, caller, known)
    const read = await readRequest(request, { prefix, schemas: api.schemas })
    if (read.method === 'OPTIONS') return allowedMethodsResponse(context, read)
    if (read.target.kind === 'root') {
      if (caller.role !== 'service_role') throw forbiddenSchema()
      return describeSchema(pool, context.cache, read, openingOf(request, caller, read), options)
    }
    const plan = planRequest(context, read)
    const prepared = { request: read, plan, statement: writeStatement(plan) }
    reads.set(context, key, prepared)
    return run(request, caller, prepared)
  }

  function run(request: Request, caller: Caller, prepared: PreparedRequest): Promise<Response> {
    const { plan, request: read } = prepared
    const routineSettings = plan.kind === 'call' ? plan.routine.settings : []
    return runPlan(pool, prepared, openingOf(request, caller, read, routineSettings), settings.transactionEnd)
  }

  function openingOf(
    request: Request,
    caller: Caller,
    { schema: name, preferences }: ApiRequest,
    routineSettings: Routine['settings'] = [],
  ): Omit<Opening, 'isReadOnly'> {
    const seen = {
      caller,
      method: request.method,
      path: pathOf(request.url),
      headers: request.headers,
      searchPath: [...new Set([name, ...api.extra_search_path])],
      timezone: preferences.timezone,
    }
    const roleSettings = settings.roles.get(caller.role) ?? noRoleSettings
    return {
      isolation: isolationLevel(roleSettings, routineSettings),
      settings: sessionStatement(seen, roleSettings, routineSettings),
      preRequest: settings.preRequest,
    }
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

function isSame(one: PlanContext, other: PlanContext): boolean {
  return one.cache === other.cache && one.maxRows === other.maxRows && one.aggregates === other.aggregates
}
