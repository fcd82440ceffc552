import { expect, it, onTestFinished } from 'vitest'
import { withClient } from '../../../local/postgres/index.ts'
import { readRows } from '../../../local/services/realtime/changes/rows.ts'
import { openLogReader } from '../../../local/services/realtime/database/log-reader.ts'
import { type Database, openDatabase } from '../../../local/services/shared/index.ts'
import { createDatabase } from '../../support/stack/database.ts'

// The log of a database while something else of it fails, or takes its time: one statement is held up or fails once.

async function logged(around: (text: string, ask: () => Promise<unknown[]>) => Promise<unknown[]>) {
  const copy = await createDatabase('platform')
  const url = copy.url('supabase_admin')
  const run = (sql: string) => withClient(url, (client) => client.query(sql))
  await run('create table public.changing (id int primary key)')
  await run('create publication changing for table public.changing')
  const real = openDatabase(url, 2)
  const rows = ((text: string, values?: unknown[]) =>
    around(text, () => real.rows(text, values))) as Database['rows']
  const told: unknown[] = []
  const reader = await openLogReader({
    connectionString: url,
    database: { ...real, rows },
    publications: ['changing'],
    take: (message) => {
      told.push('new' in message && message.new?.id)
    },
    isDone: () => true,
  })
  onTestFinished(async () => {
    await reader.stop(true)
    await real.close()
    await copy.drop()
  })
  return { reader, run, told }
}

it('a change that could not be taken is read again, and no later one before it', async () => {
  let failures = 0
  const { run, told } = await logged(async (text, ask) => {
    if (text.includes('pg_current_snapshot') && failures-- > 0) throw new Error('too many clients already')
    return ask()
  })
  failures = 1
  await run('insert into public.changing values (1)')
  await run('insert into public.changing values (2)')
  await expect.poll(() => told, { timeout: 10_000 }).toEqual(['1', '2'])
}, 30_000)

it('who stops while it comes back waits for no other session', async () => {
  let held: Promise<void> | undefined
  const asked = Promise.withResolvers<void>()
  const { reader, run } = await logged(async (text, ask) => {
    const answer = await ask()
    if (held && text.includes('from pg_publication where')) {
      asked.resolve()
      await held
    }
    return answer
  })
  const release = Promise.withResolvers<void>()
  held = release.promise
  await run(
    'select pg_terminate_backend(active_pid) from pg_replication_slots where active and database = current_database()',
  )
  await asked.promise
  const stopped = reader.stop(false)
  held = undefined
  release.resolve()
  await stopped
}, 20_000)

it('a filter that its column no longer fits keeps a change from nobody else', async () => {
  const copy = await createDatabase('platform')
  const database = openDatabase(copy.url('supabase_admin'), 2)
  const column = (name: string) => ({ name, type: 'int4', cast: 'integer', readers: ['anon'] })
  const subscription = (id: number, ...filters: object[]) => ({ id, filters, columns: null }) as never
  const change = {
    oid: 1,
    schema: 'public',
    table: 'things',
    committedAt: new Date(),
    type: 'INSERT',
    row: new Map(Object.entries({ id: '1', status: '2' })),
    before: undefined,
  } as never
  const isStatus = (value: string) => ({ column: 'status', operator: 'eq', value, negated: false })
  const failed: unknown[] = []
  const { wanted } = await readRows(
    database,
    change,
    { secured: false, key: ['id'], columns: [column('id'), column('status')] } as never,
    [subscription(1), subscription(2, isStatus('open')), subscription(3, isStatus('2'))],
    ({ id }) => failed.push(id),
  )
  expect([wanted.map(({ id }) => id), failed]).toEqual([[1, 3], [2]])
  await database.close()
  await copy.drop()
})
