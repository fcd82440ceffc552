import {
  type ExtractResult,
  type IntegrationProfile,
  type Plan,
  plan,
  type ResolvedProfile,
  renderPlanFiles,
  resolveProfile,
  supabasePolicy,
  supabaseProfile,
} from '@supabase/pg-delta'
import pg from 'pg'
import { StackError } from '../../local/stack/index.ts'

/** What turns one database's schema into another's. */
export interface Difference {
  /** SQL texts in order, each to run as one transaction; empty where the schemas are equal. */
  transactions: string[]
  /** The statements among them that drop or rewrite data. */
  destructive: string[]
}

/**
 * Supabase's own view of what belongs to a project, and with it the policies on its tables of files and messages,
 * which that view takes for the platform's. The platform itself brings none.
 *
 * Left to data files: extensions, which a project may have switched on already and whose comments their owner alone
 * may write; cron jobs, which name the database that they were read from; partitions, which come and go with time.
 */
const profile: IntegrationProfile = {
  ...supabaseProfile,
  policy: {
    ...supabasePolicy,
    filter: [
      { match: { kind: ['extension', 'extensionIntent'] }, action: 'exclude' },
      { match: { target: { kind: 'extension' } }, action: 'exclude' },
      { match: { partitionOf: {} }, action: 'exclude' },
      { match: { all: [{ kind: 'policy' }, { schema: ['realtime', 'storage'] }] }, action: 'include' },
      ...(supabasePolicy.filter ?? []),
    ],
  },
}

/** A database's schema, as it was read from its catalog: once, for every step from it and to it. */
export interface Schema {
  facts: ExtractResult['factBase']
  options: ResolvedProfile['planOptions']
}

/** Reads the catalog of a database; its rows are not looked at. */
export async function readSchema(databaseUrl: string): Promise<Schema> {
  const pool = new pg.Pool({ connectionString: databaseUrl })
  try {
    const view = await resolveProfile(pool, profile)
    const { factBase } = await view.extract(pool)
    return { facts: factBase, options: view.planOptions }
  } finally {
    await pool.end()
  }
}

/**
 * What leads from one schema to another.
 *
 * @throws StackError where the step from one to the other can't run inside a transaction, as a migration does
 */
export function difference(from: Schema, to: Schema): Difference {
  return render(plan(from.facts, to.facts, from.options))
}

function render(step: Plan): Difference {
  const { files } = renderPlanFiles(step, { allowDrops: true })
  const outside = step.actions.find((action) => action.transactionality === 'nonTransactional')
  if (outside)
    throw new StackError(`This can't run inside a migration, which is one transaction: ${outside.sql}`)
  return {
    transactions: files.map((file) => file.contents),
    destructive: step.actions
      .filter((action) => action.dataLoss === 'destructive')
      .map((action) => action.sql),
  }
}
