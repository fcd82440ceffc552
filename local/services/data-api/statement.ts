import type { CompiledQuery, QueryResult } from 'kysely'
import { parseExactJson } from './json.ts'
import type { ResponseSettings } from './response-settings.ts'

/** What Postgres answers to a wrapped statement: one row. */
interface WrappedRow {
  body: string
  status: string | null
  headers: string | null
}

/** How a statement is sent, and what its answer means. */
export interface Statement {
  sql: string
  /** Undefined: the answer's rows are passed on as they are. */
  read?: (row: WrappedRow) => { result: QueryResult<unknown>; response: ResponseSettings }
}

/** Evaluated after the rows, so functions and triggers have had their say. */
const responseColumns =
  "nullif(current_setting('response.status', true), '') as status, " +
  "nullif(current_setting('response.headers', true), '') as headers"

/**
 * Wraps what lite compiled so that Postgres itself writes the rows as JSON. Every type then looks as it does
 * from PostgREST, and the response settings need no statement of their own.
 */
export function wrapStatement({ query, sql }: CompiledQuery): Statement {
  switch (query.kind) {
    case 'SelectQueryNode':
      return { sql: `select ${rowsColumn}, ${responseColumns} from (${sql}) lite_row`, read: readRows }
    case 'InsertQueryNode':
    case 'UpdateQueryNode':
    case 'DeleteQueryNode':
      return query.returning
        ? {
            sql: `with lite_row as (${sql}) select ${rowsColumn}, ${responseColumns} from lite_row`,
            read: readRows,
          }
        : {
            sql: `with lite_row as (${sql} returning 1)
              select count(*)::text as body, ${responseColumns} from lite_row`,
            read: readCount,
          }
    default:
      return { sql }
  }
}

const rowsColumn = "coalesce(json_agg(lite_row), '[]')::text as body"

function readRows({ body, ...response }: WrappedRow): ReturnType<NonNullable<Statement['read']>> {
  const rows = parseExactJson(body)
  return { result: { rows: Array.isArray(rows) ? rows : [] }, response }
}

function readCount({ body, ...response }: WrappedRow): ReturnType<NonNullable<Statement['read']>> {
  return { result: { rows: [], numAffectedRows: BigInt(body) }, response }
}
