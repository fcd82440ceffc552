import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { actAs } from '../../support/database/act.ts'
import { databasePool } from '../../support/database/database-pool.ts'
import type { OpenDatabase } from '../../support/database/open-database.ts'
import { overlap, type Sessions } from '../../support/database/overlap.ts'
import { admin, createCast, ids, member, ours } from '../../support/people/cast.ts'
import { answer, openTicket, putTicketFile, reply, turn } from '../../support/people/tickets.ts'

// Two at one moment: a click and its repetition, the last place, two who write, and somebody who goes meanwhile.

const takeDatabase = databasePool()
let opened: OpenDatabase
let sessions: Sessions
let observer: pg.Client

beforeEach(async () => {
  opened = await takeDatabase()
  observer = opened.observer
  sessions = { observer, first: await opened.connect(), second: await opened.connect() }
  await createCast(observer)
})
afterEach(() => opened[Symbol.asyncDispose]())

const opens =
  (key: string = randomUUID(), who = member) =>
  (client: pg.Client) =>
    openTicket(client, who, { key })
/** What one session does by itself. */
async function alone<T>(step: (client: pg.Client) => Promise<T>): Promise<T> {
  await observer.query('begin')
  const made = await step(observer)
  await observer.query('commit')
  return made
}
const numbers = async () =>
  (await observer.query('select number from public.support_tickets order by number')).rows.map(({ number }) =>
    Number(number),
  )

it('a click that is repeated while the first is under way opens one', async () => {
  const key = randomUUID()
  expect(await overlap(sessions, opens(key), opens(key))).toEqual(['done', 'done'])
  expect(await numbers()).toEqual([1])
})

it('two people get numbers of their own, and the last place is one’s', async () => {
  expect(await overlap(sessions, opens(), opens(undefined, admin))).toEqual(['done', 'done'])
  for (let count = 1; count < 9; count++) await alone(opens())
  expect(await overlap(sessions, opens(), opens())).toEqual(['done', 'conflict'])
  expect(await numbers()).toEqual(Array.from({ length: 11 }, (_, index) => index + 1))
})

it('two who write to a ticket are both heard, and who writes to one that is closed meanwhile is told', async () => {
  const ticket = await alone(opens())
  const says = (client: pg.Client) => reply(client, member, ticket)
  const closes = (client: pg.Client) => turn(client, admin, 'close', ticket)
  expect(await overlap(sessions, says, (client) => answer(client, ticket))).toEqual(['done', 'done'])
  expect(await overlap(sessions, closes, says)).toEqual(['done', 'conflict'])
  const { rows } = await observer.query('select number from public.support_messages order by number')
  expect(rows).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }])
})

it('who asked may go while support answers, and nobody waits in a circle', async () => {
  const ticket = await alone(opens())
  const goes = (client: pg.Client) => actAs(client, member, 'select public.delete_my_account()')
  expect(await overlap(sessions, (client) => answer(client, ticket), goes)).toEqual(['done', 'done'])
  const { rows } = await observer.query('select opened_by, status from public.support_tickets')
  expect(rows).toEqual([{ opened_by: null, status: 'waiting' }])
})

it('who is removed while they ask, asks nothing', async () => {
  const removes = (client: pg.Client) =>
    actAs(client, admin, 'select public.remove_member($1, $2)', [ours, ids.member])
  expect(await overlap(sessions, removes, opens())).toEqual(['done', 'not_found'])
  expect(await numbers()).toEqual([])
})

it('of two files for the last place of a ticket one is taken', async () => {
  const ticket = await alone(opens())
  for (let count = 1; count < 50; count++) await putTicketFile(observer, ticket)
  const uploads = (client: pg.Client) =>
    actAs(
      client,
      member,
      "insert into storage.objects (bucket_id, name, owner_id) values ('support', $1, $2)",
      [`${ours}/${ticket.id}/${randomUUID()}.png`, member.sub],
    )
  expect(await overlap(sessions, uploads, uploads)).toEqual(['done', '42501'])
  const { rows } = await observer.query(
    "select count(*)::int from storage.objects where bucket_id = 'support'",
  )
  expect(rows).toEqual([{ count: 50 }])
})
