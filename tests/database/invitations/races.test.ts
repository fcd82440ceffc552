import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Actor, actAs, clientError, service } from '../../support/database/act.ts'
import { type OpenDatabase, openDatabase, untilBlocked } from '../../support/database/open-database.ts'
import { admin, createCast, ours, outsider, theirs } from '../../support/people/cast.ts'
import { accept, invite, memberships, notValid, signUp } from '../../support/people/invitations.ts'
import { setPlan } from '../../support/people/plan.ts'

describe('at the same moment', () => {
  // Two sessions that really run in parallel, on a database of this block's own.
  let sessions: OpenDatabase
  let first: pg.Client
  let second: pg.Client
  let people = 0

  beforeAll(async () => {
    sessions = await openDatabase()
    first = sessions.observer
    second = await sessions.connect()
    await createCast(first)
    // What nobody accepts here keeps its seat.
    await setPlan(first, 'premium', ours)
  })
  afterAll(() => sessions[Symbol.asyncDispose]())

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

  /** Runs the first action, then the second one while the first is not committed; then commits both. */
  async function overlap<A, B>(
    one: () => Promise<A>,
    other: () => Promise<B>,
  ): Promise<PromiseSettledResult<A | B>[]> {
    await first.query('begin')
    await second.query('begin')
    const done = await one()
    const waiting = Promise.allSettled([other()])
    await untilBlocked(first, second)
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

  it('an invitation is spent once, by its token or by its id', async () => {
    const { actor, id, invitation } = await invited()
    const [, late] = await overlap(
      () => accept(first, actor, invitation.token),
      () => actAs(second, actor, 'select public.accept_my_invitation($1)', [invitation.id]),
    )
    expect(await reason(late)).toEqual(notValid)
    expect(await memberships(first, id)).toHaveLength(1)
  })

  it('an invitation that is being revoked is not accepted by its id', async () => {
    const { actor, id, invitation } = await invited()
    const [, late] = await overlap(
      () => actAs(first, admin, 'select public.revoke_invitation($1, $2)', [ours, invitation.id]),
      () => actAs(second, actor, 'select public.accept_my_invitation($1)', [invitation.id]),
    )
    expect(await reason(late)).toEqual(notValid)
    expect(await memberships(first, id)).toEqual([])
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

  it('an invitation is not declined by who gives the address up at that moment', async () => {
    const { actor, id, invitation } = await invited()
    const [, late] = await overlap(
      async () => {
        // The other waits where they hold their account, and has read the address by then.
        await first.query("update auth.users set email = 'given-up' || email where id = $1", [id])
        await first.query('select from public.profiles where id = $1 for update', [id])
      },
      () => actAs(second, actor, 'select public.decline_my_invitation($1)', [invitation.id]),
    )
    expect(await reason(late)).toEqual(notValid)
    const { rows } = await first.query('select revoked_at from public.workspace_invitations where id = $1', [
      invitation.id,
    ])
    expect(rows).toEqual([{ revoked_at: null }])
  })

  it('who joins by an invitation is not made a member by a server at that moment', async () => {
    const { actor, id, invitation } = await invited()
    const [, late] = await overlap(
      () => accept(first, actor, invitation.token),
      () =>
        actAs(second, service, "select public.admin_set_member($1, $2, 'member')", [ours, invitation.email]),
    )
    expect(await reason(late)).toMatchObject({ status: 409, code: 'conflict', details: 'email' })
    expect(await memberships(first, id)).toMatchObject([{ role_key: 'viewer' }])
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

  const deleteAccount = (client: pg.Client, actor: Actor) =>
    actAs(client, actor, 'select public.delete_my_account()')

  it('an account that is being deleted accepts nothing', async () => {
    const { actor, id, invitation } = await invited()
    const [, late] = await overlap(
      () => deleteAccount(first, actor),
      () => accept(second, actor, invitation.token),
    )
    expect(await reason(late)).toMatchObject({ status: 401, code: 'not_signed_in' })
    expect(await memberships(first, id)).toEqual([])
  })

  it('an account that is accepting is deleted with what it accepted', async () => {
    const { actor, id, invitation } = await invited()
    const [, late] = await overlap(
      () => accept(first, actor, invitation.token),
      () => deleteAccount(second, actor),
    )
    expect(late).toMatchObject({ status: 'fulfilled' })
    expect(await memberships(first, id)).toEqual([])
  })

  it('the hundredth invitation on the free plan is sent once', async () => {
    await first.query(
      `insert into public.workspace_invitations (workspace_id, email, role_key, expires_at)
       select $1, 'pending' || i || '@example.com', 'viewer', now()
       from generate_series(1, 99) as i`,
      [theirs],
    )
    const [, late] = await overlap(
      () => invite(first, outsider, 'one@example.com', 'viewer', theirs),
      () => invite(second, outsider, 'other@example.com', 'viewer', theirs),
    )
    expect(await reason(late)).toMatchObject({ status: 409, code: 'conflict', details: 'workspace_id' })
    const { rowCount } = await first.query(
      'select from public.workspace_invitations where workspace_id = $1',
      [theirs],
    )
    expect(rowCount).toBe(100)
  })

  it('A08 spend an invitation twice in parallel: many sessions at once spend it once', async () => {
    const { actor, id, invitation } = await invited()
    const attempts = await Promise.allSettled(
      Array.from({ length: 6 }, async () => {
        const client = await sessions.connect()
        await client.query('begin')
        try {
          return await accept(client, actor, invitation.token)
        } finally {
          await client.query('commit')
        }
      }),
    )
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const attempt of attempts)
      if (attempt.status === 'rejected') expect(await reason(attempt)).toEqual(notValid)
    expect(await memberships(first, id)).toHaveLength(1)
  })
})
