import type pg from 'pg'
import type { Plan } from './plan/index.ts'
import type { PreparedRequest } from './read-cache.ts'
import { requireAskedRows, respond } from './response/index.ts'
import { type Opening, Transaction, type TransactionEnd } from './session/index.ts'
import { type StatementRow, writeEstimate } from './statement/index.ts'

/** What `explain` answers, as far as it is read. */
type Explained = readonly { Plan: { 'Plan Rows': number } }[]

const noRow: StatementRow = {
  body: null,
  rows: '0',
  total: null,
  location: null,
  inserted: null,
  status: null,
  headers: null,
}

/** Runs a plan in a transaction of its own, which is undone unless what came of it can be answered. */
export async function runPlan(
  pool: pg.Pool,
  { request, plan, statement }: PreparedRequest,
  session: Omit<Opening, 'isReadOnly'>,
  end: TransactionEnd,
): Promise<Response> {
  const transaction = await Transaction.on(pool, { ...session, isReadOnly: plan.isReadOnly })
  try {
    const isLast = plan.isReadOnly && !mayEstimate(plan)
    const [row = noRow] = await transaction.run<StatementRow>(statement, { isLast })
    const rows = Number(row.rows)
    requireAskedRows(plan, rows)
    const counted = row.total === null ? null : Number(row.total)
    const total = await totalOf(transaction, plan, counted)
    const chosenEnd = end.mayChoose ? request.preferences.transaction : undefined
    const response = respond(plan, request, row, { rows, total, chosenEnd })
    const isUndone = chosenEnd ? chosenEnd === 'rollback' : end.undoes
    if (isUndone && !plan.isReadOnly) await undo(transaction)
    else await transaction.commit()
    return response
  } catch (error) {
    await transaction.rollback()
    throw error
  }
}

/** What was not to be kept has to be right nonetheless. */
async function undo(transaction: Transaction): Promise<void> {
  await transaction.run({ sql: 'set constraints all immediate', parameters: [] })
  await transaction.rollback()
}

/** Of a call nothing is known before it is done, and a write counts what it touched. */
function mayEstimate({ kind, count }: Plan): boolean {
  return kind === 'read' && (count === 'planned' || count === 'estimated')
}

/** What is counted, or what the planner says: of an estimate only past what is counted. */
async function totalOf(transaction: Transaction, plan: Plan, counted: number | null): Promise<number | null> {
  if (!mayEstimate(plan)) return counted
  if (plan.count === 'estimated' && counted !== null && counted <= (plan.maxRows ?? -1)) return counted
  const [row] = await transaction.run<{ 'QUERY PLAN': string }>(writeEstimate(plan))
  const explained: Explained = JSON.parse(row?.['QUERY PLAN'] ?? '[]')
  const estimated = explained[0]?.Plan['Plan Rows'] ?? 0
  return Math.max(estimated, counted ?? 0)
}
