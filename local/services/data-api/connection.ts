import type { AnyAST, IntrospectResult, VarsContext } from '@supabase/lite'
import { PostgresConnection } from '@supabase/lite/postgres'
import type { Kysely } from 'kysely'
import type pg from 'pg'
import { withNamedRelationships } from './embeds.ts'
import { AnsweredError, databaseErrorResponse, requestErrorResponse } from './errors.ts'
import { catalogPoolOptions, createRequestPool } from './pools.ts'
import { currentRequest, type RequestContext } from './request-context.ts'
import { prepareValues } from './request-values.ts'
import { applyResponseSettings } from './response-settings.ts'
import { SchemaCache } from './schema-cache.ts'
import { type DatabaseSettings, noRoleSettings, readDatabaseSettings } from './session/role-settings.ts'
import { Session } from './session.ts'
import { databaseOf } from './session-database.ts'
import { sessionStatement } from './session-settings.ts'
import { asSingleObject } from './singular.ts'

export interface DataApiConnectionOptions {
  /** Connects as `authenticator`, which has no rights but to become the role of a request. */
  url: string
  /** Connects as a role that sees every table: information_schema hides from a role what it may not touch. */
  catalogUrl: string
  schemas: readonly string[]
  extraSearchPath: readonly string[]
}

/**
 * The connection under lite's Data API. lite parses requests and writes SQL; how that SQL reaches Postgres,
 * under which settings, and what becomes of the answer is decided here.
 */
export class DataApiConnection extends PostgresConnection {
  readonly #options: DataApiConnectionOptions
  readonly #requests: pg.Pool
  #schema: SchemaCache | undefined
  #reloadsBegun = 0
  #reloadKept = 0
  #settings: DatabaseSettings | undefined

  constructor(options: DataApiConnectionOptions) {
    super({ url: options.catalogUrl, postgresOptions: catalogPoolOptions })
    this.#options = options
    this.#requests = createRequestPool(options.url)
    // lite's own method grants everything on every schema with RLS. Nothing calls it past `withContext`
    // below, and should a path of lite's do so, it must change nothing.
    Object.defineProperty(this, 'ensureRlsContext', { value: async () => false })
  }

  get schema(): SchemaCache {
    if (!this.#schema) throw new Error('The schema cache was used before it was loaded')
    return this.#schema
  }

  /**
   * Reads tables, functions and relationships again; requests go on with the old ones meanwhile. Of reloads that
   * overlap the one begun last counts, in whatever order they end: it has seen the most.
   */
  async reloadSchema(): Promise<void> {
    const reload = ++this.#reloadsBegun
    const catalog = await readCatalog(this.#options.catalogUrl)
    if (reload < this.#reloadKept) return
    this.#reloadKept = reload
    this.#schema = new SchemaCache(catalog, this.#options.schemas)
  }

  /** Reads the settings of roles again. */
  async reloadSettings(): Promise<DatabaseSettings> {
    this.#settings = await readDatabaseSettings(this.#requests)
    return this.#settings
  }

  override async introspect(): Promise<IntrospectResult> {
    return this.schema.introspection
  }

  override async onPostgrestAST(ast: AnyAST): Promise<AnyAST> {
    const request = currentRequest()
    request.wantsSingleObject = ast.$meta?.cardinality === 'one' && ast.type !== 'query' && ast.type !== 'rpc'
    request.wantsCount = ast.$meta?.count !== undefined
    request.returnsRows = ast.$meta?.return === 'representation' || ast.$meta?.return === 'headers-only'
    return prepareValues(withNamedRelationships(ast, request, this.schema), request, this.schema)
  }

  /**
   * lite calls this for an error that it has no answer of its own to, then logs it with its stack and shows it
   * to the caller. The answer is thrown instead: the router passes it on as it is.
   */
  override normalizeDbError(error: unknown): never {
    throw error instanceof AnsweredError ? error : new AnsweredError(requestErrorResponse(error))
  }

  /**
   * Runs lite's handler of one request in a transaction of its own. lite answers some failures with a response
   * instead of an error: they too undo what the transaction did.
   */
  override async withContext<T>(
    _vars: VarsContext | undefined,
    run: (database: Kysely<unknown>) => Promise<T>,
  ): Promise<T> {
    const request = currentRequest()
    const session = new Session(this.#requests, () => ({
      readOnly: request.readOnly,
      singleRead: request.readOnly && !request.wantsCount,
      settings: this.#sessionStatement(request),
      preRequest: this.#settings?.preRequest,
    }))
    request.session = session
    try {
      const result = await run(databaseOf(session, request))
      if (!(result instanceof Response)) throw new Error('lite answered a request with something else')
      const answer = request.wantsSingleObject ? await asSingleObject(result) : result
      const { response, failed } = await applyResponseSettings(answer, session.response)
      if (failed || answer.status >= 400) await session.rollback()
      else await session.commit()
      // The only caller in the Data API asks for a Response.
      return response as T
    } catch (error) {
      await session.rollback()
      const response = databaseErrorResponse(error, request)
      if (!response) throw error
      return response as T
    }
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), this.#requests.end()])
  }

  #sessionStatement(request: RequestContext) {
    const roleSettings = this.#settings?.roles.get(request.role) ?? noRoleSettings
    return sessionStatement(request, roleSettings, this.#options.extraSearchPath)
  }
}

/** Reads the catalog on a connection of its own: one that idled until then may be a broken one. */
async function readCatalog(url: string): Promise<IntrospectResult> {
  const catalog = new PostgresConnection({ url, postgresOptions: catalogPoolOptions })
  try {
    const found = await catalog.introspect()
    // lite logs a failing catalog query and answers with an empty catalog that lacks the list of functions.
    if (!found.functions) throw new Error('the catalog could not be read')
    return found
  } finally {
    await catalog.close()
  }
}
