import { type SerializedError, type StudioBFFRequest, serializeError } from '@prisma/studio-core/data/bff'
import { createPostgresJSExecutor } from '@prisma/studio-core/data/postgresjs'
import postgres from 'postgres'

/** An error, or a result: as the page reads them. */
export type QueryAnswer = [SerializedError] | [null, unknown]

/** Does in the database what the page asks for. */
export interface Queries {
  /** The signal cancels the statement. */
  answer(request: StudioBFFRequest, abortSignal: AbortSignal): Promise<QueryAnswer>
  close(): Promise<void>
}

const connections = 4
/** The page draws every row that it gets, and takes seconds for as many as these. */
const mostRows = 1_000

/** Every statement runs as the role that the address names; the first one connects. */
export function createQueries(databaseUrl: string): Queries {
  const sql = postgres(databaseUrl, {
    max: connections,
    idle_timeout: 60,
    connection: { application_name: 'Studio' },
    onnotice: () => undefined,
  })
  const executor = createPostgresJSExecutor(sql)
  const results = (request: StudioBFFRequest, abortSignal: AbortSignal) => {
    switch (request.procedure) {
      case 'query':
        return executor.execute(request.query, { abortSignal, schema: request.schema })
      case 'transaction':
        return executor.executeTransaction?.(request.queries, { abortSignal })
      case 'sql-lint':
        return executor.lintSql?.(request, { abortSignal })
      default:
        return undefined
    }
  }
  return {
    async answer(request, abortSignal) {
      const [error, result] = (await results(request, abortSignal)) ?? [
        new Error(`Studio does not serve "${request.procedure}".`),
      ]
      if (error) return [withAdvice(error)]
      if (Array.isArray(result) && result.length > mostRows) return [tooManyRows(result.length)]
      return [null, result]
    },
    close: () => sql.end({ timeout: 1 }),
  }
}

function tooManyRows(count: number): SerializedError {
  return serializeError(new Error(`The result has ${count} rows: add "limit ${mostRows}", or a condition.`))
}

/** The page shows the message alone: what Postgres says beside it is part of it. */
function withAdvice(error: Error): SerializedError {
  const { detail, hint } = error as postgres.PostgresError
  const message = [error.message, detail, hint].filter(Boolean).join('\n')
  return { ...serializeError(error), message }
}
