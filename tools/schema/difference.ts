import {
  type IntegrationProfile,
  type Plan,
  plan,
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

/**
 * Compares the schemas of two databases by their catalogs; rows are not compared.
 *
 * @throws StackError where the step from one to the other can't run inside a transaction, as a migration does
 */
export async function difference(fromUrl: string, toUrl: string): Promise<Difference> {
  const { step } = await readSchemas(fromUrl, toUrl)
  return step('from', 'to')
}

/** The differences in both directions: none in either where the schemas are the same. */
export async function differences(oneUrl: string, otherUrl: string): Promise<[Difference, Difference]> {
  const { step } = await readSchemas(oneUrl, otherUrl)
  return [step('from', 'to'), step('to', 'from')]
}

type Side = 'from' | 'to'

/** Reads both catalogs, once for every step between them. */
async function readSchemas(fromUrl: string, toUrl: string) {
  const from = new pg.Pool({ connectionString: fromUrl })
  const to = new pg.Pool({ connectionString: toUrl })
  try {
    const view = await resolveProfile(from, profile)
    const [{ factBase: current }, { factBase: desired }] = await Promise.all([
      view.extract(from),
      view.extract(to),
    ])
    const facts = { from: current, to: desired }
    return { step: (one: Side, other: Side) => render(plan(facts[one], facts[other], view.planOptions)) }
  } finally {
    await Promise.all([from.end(), to.end()])
  }
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
