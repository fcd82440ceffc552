import type { AnyAST } from '@supabase/lite'
import { sql } from 'kysely'
import { toDatabaseValue } from './body-values.ts'
import { isLossy, parseExactJson } from './json.ts'
import type { RequestContext } from './request-context.ts'
import type { SchemaCache } from './schema-cache.ts'

/** Prepares the values of a request's body for the columns or arguments that they are meant for. */
export function prepareValues(parsed: AnyAST, request: RequestContext, schema: SchemaCache): AnyAST {
  const ast = withExactNumbers(parsed, request)
  if (ast.type === 'rpc') return { ...ast, args: prepareArguments(ast, request, schema) }
  if (!ast.from || !ast.values) return ast
  const prepareRow = rowPreparation(ast, request, schema)
  const values = Array.isArray(ast.values) ? ast.values.map(prepareRow) : prepareRow(ast.values)
  return forgetfulFilters({ ...ast, values }, request)
}

/** What every row of the body goes through; what is not an object is left to lite, which refuses it. */
function rowPreparation(ast: AnyAST, request: RequestContext, schema: SchemaCache): (row: object) => object {
  const columns = schema.columnsOf(request.schema, ast.from ?? '')
  const absent = ast.type === 'update' ? [] : (ast.$meta?.columns ?? [])
  const filler = ast.$meta?.missing === 'default' ? sql`default` : null
  return (row) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return row
    const prepared = Object.entries(row).map(([name, value]) => {
      const column = columns.get(name)
      if (!column) return [name, value]
      return [
        name,
        toDatabaseValue(value, { name: column.pg_type ?? column.type, schema: column.udt_schema }, schema),
      ]
    })
    // lite would store the default of a column that a row lacks, and show null.
    return { ...Object.fromEntries(absent.map((name) => [name, filler])), ...Object.fromEntries(prepared) }
  }
}

/**
 * lite reads an updated row again by its key and by the filters that found it, which it may no longer match:
 * once the update is done, the filters are gone.
 */
function forgetfulFilters(ast: AnyAST, request: RequestContext): AnyAST {
  const { type, where } = ast
  if (type !== 'update') return ast
  return Object.defineProperty(ast, 'where', {
    get: () => (request.session?.hasWritten ? undefined : where),
    enumerable: true,
  })
}

/** lite has parsed the body as usual: where that loses digits, the body is parsed once more. */
function withExactNumbers(ast: AnyAST, { body, headers }: RequestContext): AnyAST {
  if (body === undefined || !isLossy(body) || !(headers.get('content-type') ?? '').includes('json'))
    return ast
  const exact = parseExactJson(body)
  if (typeof exact !== 'object' || exact === null) return ast
  if (ast.values) return { ...ast, values: exact }
  return ast.args && !Array.isArray(ast.args) && !Array.isArray(exact) ? { ...ast, args: exact } : ast
}

function prepareArguments(ast: AnyAST, request: RequestContext, schema: SchemaCache): AnyAST['args'] {
  const { args } = ast
  const names = args && !Array.isArray(args) ? Object.keys(args) : []
  const called = schema.functionFor(request.schema, ast.function ?? '', names)
  if (called && called.volatility !== 'v') request.readOnly = true
  // The arguments of GET are strings that Postgres casts; only a body has values with types of their own.
  if (!called || !args || Array.isArray(args) || request.method !== 'POST') return args
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => {
      const type = called.arg_types[called.arg_names.indexOf(name)]
      return [name, type ? toDatabaseValue(value, { name: type }, schema) : value]
    }),
  )
}
