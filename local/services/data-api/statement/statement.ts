import { isGrouped, type Plan, type ReadPlan } from '../plan/index.ts'
import { answeredRows, isAlone, writeBody } from './bodies.ts'
import { writeCall } from './call.ts'
import { writeRowsToCount } from './conditions.ts'
import { insertedRows, writeMutation } from './mutation.ts'
import { quoteName } from './names.ts'
import { Parameters } from './parameters.ts'
import { writeRead } from './read.ts'
import { resultRows } from './sources.ts'

/** SQL, and the text of its parameters. */
export interface Statement {
  sql: string
  parameters: readonly string[]
}

/** The one row that a statement gives. Numbers come as text. */
export interface StatementRow {
  /** Bytes where a media type handler gives them. */
  body: Buffer | string | null
  /** How many rows are answered, or were written. */
  rows: string
  /** How many there are; null where nobody asked. */
  total: string | null
  /** The values of the key of the one row that was inserted: a JSON array of texts. */
  location: string | null
  inserted: string | null
  /** What SQL asks of the response, after everything else has had its say. */
  status: string | null
  headers: string | null
}

/** The statement of a plan: what writes or calls in front, then the read, then one row about all of it. */
export function writeStatement(plan: Plan): Statement {
  const parameters = new Parameters()
  const source = writeResultSource(plan, parameters)
  const answer = answersNothing(plan) ? resultRows : `(${writeRead(plan.read, parameters)})`
  const count = isAlone(plan) ? '1' : 'count(*)'
  const columns = [
    `${writeBody(plan)} as body`,
    `${count} as rows`,
    `${writeTotal(plan, count, parameters)} as total`,
    `${writeLocation(plan)} as location`,
    `${plan.kind === 'mutation' && plan.countsInserted ? insertedRows : 'null'} as inserted`,
    "nullif(current_setting('response.status', true), '') as status",
    "nullif(current_setting('response.headers', true), '') as headers",
  ]
  const sql = `${source}select ${columns.join(', ')} from ${answer} as ${answeredRows}`
  return { sql, parameters: parameters.values }
}

/** What asks the planner how many rows a read has. */
export function writeEstimate({ read }: Plan): Statement {
  const parameters = new Parameters()
  return { sql: `explain (format json) ${writeAllRows(read, parameters)}`, parameters: parameters.values }
}

function writeResultSource(plan: Plan, parameters: Parameters): string {
  switch (plan.kind) {
    case 'read':
      return ''
    case 'mutation':
      return `with ${resultRows} as (${writeMutation(plan, parameters)}) `
    case 'call': {
      // What nobody looks at must be called nonetheless; a set is worked out as far as it is read.
      const how = isAlone(plan) ? ' materialized' : ''
      return `with ${resultRows} as${how} (${writeCall(plan, parameters)}) `
    }
  }
}

/** A write of which no row is shown reads nothing of what it wrote. */
function answersNothing(plan: Plan): boolean {
  return plan.kind === 'mutation' && plan.representation.kind === 'none'
}

/** Counted again only where the rows that are answered do not tell. */
function writeTotal(plan: Plan, count: string, parameters: Parameters): string {
  const isCounted = plan.count === 'exact' || plan.count === 'estimated'
  if (!isCounted) return 'null'
  const { limit, offset } = plan.read
  if (plan.kind === 'mutation' || isAlone(plan) || (limit === null && offset === 0)) return count
  const most = plan.kind === 'read' && plan.count === 'estimated' ? plan.maxRows : null
  const cap = most === null ? '' : ` limit ${parameters.add(String(most + 1))}`
  const all = `(select count(*) from (${writeAllRows(plan.read, parameters)}${cap}) as pgrst_all)`
  const tells = [
    ...(limit === null ? [] : [`count(*) < ${parameters.add(String(limit))}::bigint`]),
    ...(offset === 0 ? [] : ['count(*) > 0']),
  ]
  const known = offset === 0 ? 'count(*)' : `count(*) + ${parameters.add(String(offset))}::bigint`
  return `case when ${tells.join(' and ')} then ${known} else ${all} end`
}

/** Of groups, each one counts; of rows nothing has to be worked out. */
function writeAllRows(read: ReadPlan, parameters: Parameters): string {
  return isGrouped(read)
    ? writeRead(read, parameters, { isUnlimited: true })
    : writeRowsToCount(read, parameters)
}

function writeLocation(plan: Plan): string {
  if (plan.kind !== 'mutation' || plan.location.length === 0) return 'null'
  const values = plan.location.map((name) => `to_json(${quoteName(name)}) #>> '{}'`)
  return `case when count(*) = 1 then (select json_build_array(${values.join(', ')}) from ${resultRows}) end::text`
}
