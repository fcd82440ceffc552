/*
 * When the schema is read again, and how little that takes of the database.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type SchemaWatch, watchSchema } from '../../../../local/services/data-api/schema/index.ts'
import { repeatable } from '../../../../local/services/data-api/schema/watch/repeatable.ts'
import { openSession, type Session } from '../../../support/database/session.ts'
import { createDatabase, type TestDatabase } from '../../../support/stack/database.ts'

let database: TestDatabase
let session: Session
let watch: SchemaWatch
let configs = 0

const hasTable = (name: string) => watch.current.relation('public', name) !== undefined

beforeEach(async () => {
  database = await createDatabase('platform')
  session = await openSession(database.url('postgres'))
  configs = 0
  watch = await watchSchema({
    listenUrl: database.url('authenticator'),
    catalogUrl: database.url('postgres'),
    schemas: ['public'],
    extraSearchPath: ['extensions'],
    async reloadConfig() {
      configs++
    },
  })
})
afterEach(async () => {
  await watch.close()
  await session[Symbol.asyncDispose]()
  await database.drop()
})

it('sees what DDL makes and drops, and keeps the old cache until then', async () => {
  const before = watch.current
  await session.query('create table public.made (id int primary key)')
  await expect.poll(() => hasTable('made')).toBe(true)
  expect(before.relation('public', 'made')).toBeUndefined()
  await session.query('drop table public.made')
  await expect.poll(() => hasTable('made')).toBe(false)
  expect(configs).toBe(0)
})

it('reads the configuration when told to, and both without a word', async () => {
  const before = watch.current
  await session.query("notify pgrst, 'reload config'")
  await expect.poll(() => configs).toBe(1)
  expect(watch.current).toBe(before)
  await session.query('notify pgrst')
  await expect.poll(() => configs).toBe(2)
  await expect.poll(() => watch.current !== before).toBe(true)
  await session.query("notify pgrst, 'something else'")
})

it('goes through 400 commits of DDL in a row on one connection more', async () => {
  let most = 0
  for (let number = 1; number <= 400; number++) {
    await session.query(`create table public.table_${number} ()`)
    const [row] = await session.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
       where datname = current_database() and application_name = 'data-api catalog'`,
    )
    most = Math.max(most, row?.count ?? 0)
  }
  await expect.poll(() => hasTable('table_400')).toBe(true)
  expect(watch.current.relationNames('public')).toHaveLength(400)
  // One that ends may still be seen beside the one that begins.
  expect(most).toBeLessThanOrEqual(2)
})

it('catches up after its connection was cut', async () => {
  await session.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'data-api listener'`,
  )
  await session.query('create table public.unheard ()')
  await expect.poll(() => hasTable('unheard')).toBe(true)
  expect(configs).toBe(1)
})

it('does not begin where the schema cannot be read', async () => {
  await expect(
    watchSchema({
      listenUrl: database.url('authenticator'),
      catalogUrl: database.url('postgres').replace(/\/[^/]*$/, '/not_there'),
      schemas: ['public'],
      extraSearchPath: [],
      reloadConfig: async () => undefined,
    }),
  ).rejects.toThrow('not_there')
})

it('does what is asked for while it is done exactly once more', async () => {
  let runs = 0
  const gates: (() => void)[] = []
  const work = repeatable('work', () => {
    runs++
    return new Promise((resolve) => gates.push(resolve))
  })
  work.request()
  for (let number = 0; number < 100; number++) work.request()
  expect(runs).toBe(1)
  gates.pop()?.()
  await expect.poll(() => runs).toBe(2)
  gates.pop()?.()
  await work.close()
  expect(runs).toBe(2)
  work.request()
  expect(runs).toBe(2)
})

it('does again what failed, until it is closed', async () => {
  const silence = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  let runs = 0
  const work = repeatable('work', async () => {
    if (++runs < 2) throw new Error('not yet')
  })
  work.request()
  await expect.poll(() => runs).toBe(2)
  await work.close()
  const hopeless = repeatable('work', () => Promise.reject(new Error('never')))
  hopeless.request()
  await hopeless.close()
  expect(silence).toHaveBeenCalledWith('Data API: work failed and is tried again: not yet')
  silence.mockRestore()
})
