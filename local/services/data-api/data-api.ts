import { App, fuzzyMatch } from '@supabase/lite'
import {
  type Caller,
  createCallers,
  errorResponse,
  type Service,
  type ServiceOptions,
  TokenError,
  unsafeNameInBody,
} from '../shared/index.ts'
import { DataApiConnection } from './connection.ts'
import { refusedTokenResponse, unexpectedErrorResponse } from './errors.ts'
import { faithfulFilters } from './filters.ts'
import { listenForReloads } from './notifications.ts'
import { currentRequest, RequestContext, servingRequest } from './request-context.ts'
import type { SchemaCache } from './schema-cache.ts'
import type { DatabaseSettings } from './session/role-settings.ts'

const prefix = '/rest/v1'

const methods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'])

/** Tables, views and functions over HTTP, as PostgREST serves them. */
export async function createDataApi(options: ServiceOptions): Promise<Service> {
  const { api } = options.config
  const url = options.databaseUrl('authenticator')
  const connection = new DataApiConnection({
    url,
    catalogUrl: options.databaseUrl('postgres'),
    schemas: api.schemas,
    extraSearchPath: api.extra_search_path,
  })
  const callers = createCallers(options.keys)
  const app = createApp(connection, options)
  const apply = (settings: DatabaseSettings) => {
    if (!app.config.api) return
    app.config.api.max_rows = settings.maxRows ?? api.max_rows
    app.config.api.aggregates_enabled = settings.aggregates ?? false
  }
  await Promise.all([connection.reloadSchema(), connection.reloadSettings().then(apply), app.init()])
  const listener = await listenForReloads(url, {
    schema: () => connection.reloadSchema(),
    config: async () => apply(await connection.reloadSettings()),
  })

  return {
    async fetch(request) {
      try {
        const caller = await callers.identify(request, { keyNeeded: true })
        if (caller instanceof Response) return caller
        const context = contextOf(request, caller, api.schemas, connection.schema)
        if (context instanceof Response) return context
        const faithful = withFaithfulFilters(request, context)
        const unsafe = await readBody(faithful, context)
        if (unsafe !== undefined) return unsafeName(unsafe)
        return await servingRequest(context, () => app.server.fetch(faithful, { peerAddress: null }))
      } catch (error) {
        return error instanceof TokenError ? refusedTokenResponse(error) : unexpectedErrorResponse(error)
      }
    },
    async close() {
      await listener.close()
      await connection.close()
    },
  }
}

/** lite with everything off that the gateway does itself: keys, tokens, studio. */
function createApp(connection: DataApiConnection, { config }: ServiceOptions) {
  return new App({
    connection,
    api: {
      enabled: true,
      schemas: config.api.schemas,
      extra_search_path: config.api.extra_search_path,
      max_rows: config.api.max_rows,
      pg_safe_update: true,
    },
    auth: { enabled: false },
    storage: { enabled: false },
    studio: { enabled: false },
    options: {
      server: {
        apiKeys: false,
        disableStudio: true,
        middlewares: [
          async (c, next) => {
            const { role } = currentRequest()
            c.set('ignoreAuthorization', true)
            c.set('apiKeyType', 'secret')
            // With both ids set lite looks no further for a user; neither is used for anything else.
            c.set('userId', role)
            c.set('sessionId', role)
            c.set('jwt', { role })
            await next()
          },
        ],
      },
    },
  })
}

function withFaithfulFilters(request: Request, { relation }: RequestContext): Request {
  const start = request.url.indexOf('?')
  const search = start < 0 || relation === undefined ? undefined : faithfulFilters(request.url.slice(start))
  return search === undefined ? request : new Request(`${request.url.slice(0, start)}?${search}`, request)
}

/**
 * Reads the body, which lite then finds read: it asks for the text, once.
 *
 * @returns a name in it that must not come near lite
 */
async function readBody(request: Request, context: RequestContext): Promise<string | undefined> {
  if (context.method === 'GET' || context.method === 'HEAD') return undefined
  const body = await request.text()
  context.body = body
  Object.defineProperty(request, 'text', { value: async () => body })
  return unsafeNameInBody(body, request.headers.get('content-type') ?? '')
}

/** What the request is about; a response where the schema or the table does not exist for clients. */
function contextOf(
  request: Request,
  caller: Caller,
  schemas: readonly string[],
  cache: SchemaCache,
): RequestContext | Response {
  if (!methods.has(request.method)) return unsupportedMethod(request.method)
  const path = pathOf(request.url)
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const schema = request.headers.get(reads ? 'accept-profile' : 'content-profile') ?? schemas[0] ?? 'public'
  if (!schemas.includes(schema)) return unknownSchema(schema, schemas)
  const context = new RequestContext(request, path, schema, caller)
  const [, first = '', second] = path.split('/')
  if (first === 'rpc' || first === '' || second !== undefined) return context
  context.relation = decodeURIComponent(first)
  return cache.hasRelation(schema, context.relation)
    ? context
    : unknownRelation(schema, context.relation, cache)
}

/** The path below `/rest/v1`, without the query. */
function pathOf(url: string): string {
  const start = url.indexOf(prefix) + prefix.length
  const end = url.indexOf('?', start)
  return (end < 0 ? url.slice(start) : url.slice(start, end)) || '/'
}

function unsafeName(name: string): Response {
  return errorResponse(400, {
    code: 'PGRST102',
    message: `"${name}" is no name of a column or an argument here`,
  })
}

function unsupportedMethod(method: string): Response {
  return errorResponse(405, { code: 'PGRST117', message: `Unsupported HTTP method: ${method}` })
}

function unknownSchema(schema: string, schemas: readonly string[]): Response {
  return errorResponse(406, {
    code: 'PGRST106',
    message: `Invalid schema: ${schema}`,
    hint: `Only the following schemas are exposed: ${schemas.join(', ')}`,
  })
}

function unknownRelation(schema: string, name: string, cache: SchemaCache): Response {
  const similar = fuzzyMatch(name, cache.relationNames(schema), 0.75)
  return errorResponse(404, {
    code: 'PGRST205',
    message: `Could not find the table '${schema}.${name}' in the schema cache`,
    hint: similar ? `Perhaps you meant the table '${schema}.${similar}'` : null,
  })
}
