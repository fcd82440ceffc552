import type { BodyRows, Conflict, Plan, PlannedCondition } from '../plan/index.ts'
import { bodyAlias, writeBodyRows } from './body-rows.ts'
import { whereOf, writeConditions } from './conditions.ts'
import { quoteName, quoteQualified } from './names.ts'
import type { Parameters } from './parameters.ts'
import { writeResultColumns } from './result-columns.ts'

type MutationPlan = Extract<Plan, { kind: 'mutation' }>

/** How many rows an upsert has inserted, as it counts them itself. */
export const insertedRows = "nullif(current_setting('pgrst.inserted', true), '')::int"

/** The statement that writes, and returns what is needed of the rows. */
export function writeMutation(plan: MutationPlan, parameters: Parameters): string {
  const { relation, mutation } = plan
  const target = `${quoteQualified(relation)} as ${quoteName(relation.name)}`
  const returned = writeResultColumns(relation.name, plan.result, relation)
  const filters = (conditions: readonly PlannedCondition[], alias = relation.name) =>
    writeConditions({ alias, isResult: false }, conditions, parameters)
  switch (mutation.kind) {
    case 'insert': {
      const { body, conflict } = mutation
      const rows = writeInserted(body, parameters)
      const where = whereOf([
        ...(plan.countsInserted ? [counting(1)] : []),
        ...filters(mutation.conditions, bodyAlias),
      ])
      const onConflict = conflict ? writeConflict(conflict, body, plan.countsInserted) : ''
      return `insert into ${target}${rows}${where}${onConflict} returning ${returned}`
    }
    case 'update': {
      if (mutation.body.columns.length === 0) return `select ${returned} from ${target} where false`
      const assignments = mutation.body.columns.map(
        ({ name }) => `${quoteName(name)} = ${quoteName(bodyAlias)}.${quoteName(name)}`,
      )
      const rows = writeBodyRows(mutation.body, parameters)
      const where = whereOf(filters(mutation.conditions))
      return `update ${target} set ${assignments.join(', ')} from ${rows}${where} returning ${returned}`
    }
    case 'delete':
      return `delete from ${target}${whereOf(filters(mutation.conditions))} returning ${returned}`
  }
}

function writeInserted(body: BodyRows, parameters: Parameters): string {
  const names = body.columns.map(({ name }) => quoteName(name))
  const list = names.length > 0 ? `(${names.join(', ')})` : ''
  const values = names.map((name) => `${quoteName(bodyAlias)}.${name}`)
  return `${list} select ${values.join(', ')} from ${writeBodyRows(body, parameters)}`
}

function writeConflict({ columns, action }: Conflict, body: BodyRows, countsInserted: boolean): string {
  const target = ` on conflict (${columns.map(quoteName).join(', ')}) do`
  if (action === 'ignore' || body.columns.length === 0) return `${target} nothing`
  const assignments = body.columns.map(({ name }) => `${quoteName(name)} = excluded.${quoteName(name)}`)
  return `${target} update set ${assignments.join(', ')}${countsInserted ? ` where ${counting(-1)}` : ''}`
}

/** Always true; every row that is about to be inserted counts one, and one less where it was there already. */
function counting(change: 1 | -1): string {
  return `set_config('pgrst.inserted', (coalesce(${insertedRows}, 0) + ${change})::text, true) is not null`
}
