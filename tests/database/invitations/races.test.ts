import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actAs, clientError } from '../../support/database/act.ts'
import { admin, createCast, ours } from '../../support/people/cast.ts'
import { accept, invite, memberships, notValid, signUp } from '../../support/people/invitations.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'

describe('at the same moment', () => {
  // Two sessions that really run in parallel, on a database of this block's own.
  let database: TestDatabase
  let first: pg.Client
  let second: pg.Client
  let people = 0

  beforeAll(async () => {
    database = await createDatabase('migrated')
    first = new pg.Client({ connectionString: database.url('postgres') })
    second = new pg.Client({ connectionString: database.url('postgres') })
    await first.connect()
    await second.connect()
    await createCast(first)
  })
  afterAll(async () => {
    await first.end()
    await second.end()
    await database.drop()
  })

  async function invited() {
    people += 1
    const id = `00000000-0000-4000-8000-0000000001${String(people).padStart(2, '0')}`
    const email = `parallel${people}@example.com`
    await first.query('begin')
    const actor = await signUp(first, id, email)
    const invitation = await invite(first, admin, email, 'viewer')
    await first.query('commit')
    return { actor, id, invitation }
  }

  /** Waits until the second session waits for a lock of the first. */
  async function untilBlocked(pid: number): Promise<void> {
    for (let tries = 0; tries < 400; tries += 1) {
      const { rows } = await first.query('select pg_blocking_pids($1) as pids', [pid])
      if (rows[0]?.pids.length > 0) return
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error('The second session never waited.')
  }

  /** Runs the first action, then the second one while the first is not committed; then commits both. */
  async function overlap<A, B>(
    one: () => Promise<A>,
    other: () => Promise<B>,
  ): Promise<PromiseSettledResult<A | B>[]> {
    const { rows } = await second.query<{ pid: number }>('select pg_backend_pid() as pid')
    await first.query('begin')
    await second.query('begin')
    const done = await one()
    const waiting = Promise.allSettled([other()])
    await untilBlocked(rows[0]?.pid ?? 0)
    await first.query('commit')
    const settled = await waiting
    await second.query('commit')
    return [{ status: 'fulfilled', value: done }, ...settled]
  }

  const reason = (settled?: PromiseSettledResult<unknown>) =>
    clientError(settled?.status === 'rejected' ? Promise.reject(settled.reason) : Promise.resolve())

  it('an invitation is spent once', async () => {
    const { actor, id, invitation } = await invited()
    const [, late] = await overlap(
      () => accept(first, actor, invitation.token),
      () => accept(second, actor, invitation.token),
    )
    expect(await reason(late)).toEqual(notValid)
    expect(await memberships(first, id)).toHaveLength(1)
  })

  it('an invitation that is being revoked is not accepted', async () => {
    const { actor, id, invitation } = await invited()
    const [, late] = await overlap(
      () => actAs(first, admin, 'select public.revoke_invitation($1, $2)', [ours, invitation.id]),
      () => accept(second, actor, invitation.token),
    )
    expect(await reason(late)).toEqual(notValid)
    expect(await memberships(first, id)).toEqual([])
  })

  it('an invitation that is being accepted is not revoked', async () => {
    const { actor, id, invitation } = await invited()
    const [, late] = await overlap(
      () => accept(first, actor, invitation.token),
      () => actAs(second, admin, 'select public.revoke_invitation($1, $2)', [ours, invitation.id]),
    )
    expect(await reason(late)).toMatchObject({ status: 409, code: 'conflict' })
    expect(await memberships(first, id)).toHaveLength(1)
  })

  it('an old token dies with the one that replaces it', async () => {
    const { actor, id, invitation } = await invited()
    const [, late] = await overlap(
      () => actAs(first, admin, 'select public.resend_invitation($1, $2)', [ours, invitation.id]),
      () => accept(second, actor, invitation.token),
    )
    expect(await reason(late)).toEqual(notValid)
    expect(await memberships(first, id)).toEqual([])
  })

  it('an address is invited once', async () => {
    const [, late] = await overlap(
      () => invite(first, admin, 'twice@example.com'),
      () => invite(second, admin, 'twice@example.com'),
    )
    expect(await reason(late)).toMatchObject({ status: 409, code: 'conflict', details: 'email' })
  })

  it('A08 spend an invitation twice in parallel: many sessions at once spend it once', async () => {
    const { actor, id, invitation } = await invited()
    const attempts = await Promise.allSettled(
      Array.from({ length: 6 }, async () => {
        const client = new pg.Client({ connectionString: database.url('postgres') })
        await client.connect()
        try {
          await client.query('begin')
          const row = await accept(client, actor, invitation.token)
          await client.query('commit')
          return row
        } finally {
          await client.end()
        }
      }),
    )
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const attempt of attempts)
      if (attempt.status === 'rejected') expect(await reason(attempt)).toEqual(notValid)
    expect(await memberships(first, id)).toHaveLength(1)
  })
})
