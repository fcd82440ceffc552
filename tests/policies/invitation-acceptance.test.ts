import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, person, service } from '../support/act.ts'
import { admin, createCast, ids, member, ours, outsider, suspended, theirs } from '../support/cast.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { accept, giveCustomRole, invite, signUp } from '../support/invitations.ts'
import { policySuite } from '../support/policy-suite.ts'

const story = policySuite()

const adaId = '00000000-0000-4000-8000-000000000011'
const eveId = '00000000-0000-4000-8000-000000000012'
const notValid = {
  status: 410,
  code: 'invitation_not_valid',
  message: 'This invitation is not valid for you.',
  details: null,
  hint: 'Sign in with the confirmed address that was invited, or ask for another invitation.',
}

const preview = async (client: pg.Client, actor: Actor, token: string | null) =>
  (await actAs(client, actor, 'select public.preview_invitation($1) as preview', [token])).rows[0]?.preview

const memberships = async (client: pg.Client, userId: string) =>
  (
    await client.query(
      'select workspace_id, role_key, status from public.workspace_members where user_id = $1',
      [userId],
    )
  ).rows

const invitations = async (client: pg.Client) =>
  (await client.query('select * from public.workspace_invitations order by id')).rows

/** Nothing is written, and the answer is the one that every token that does not count gets. */
async function expectNotValid(client: pg.Client, actor: Actor, token: string | null): Promise<void> {
  const before = await invitations(client)
  const people = await client.query('select * from public.workspace_members order by user_id')
  expect(await clientError(accept(client, actor, token))).toEqual(notValid)
  expect(await invitations(client)).toEqual(before)
  const after = await client.query('select * from public.workspace_members order by user_id')
  expect(after.rows).toEqual(people.rows)
}

describe('preview_invitation', () => {
  it.each([
    ['anonymous callers', anonymous],
    ['the invited person', person(adaId)],
    ['anyone else who holds the token', outsider],
  ])('shows %s the workspace and the inviter, and no more', (_, actor) =>
    story(async (client) => {
      await signUp(client, adaId, 'ada@example.com')
      const { token, expiresAt } = await invite(client, admin, 'ada@example.com', 'viewer')
      expect(await preview(client, actor, token)).toEqual({
        workspaceName: 'Ours',
        inviterName: 'admin',
        expiresAt,
      })
    })(),
  )

  it(
    'leaves anonymous callers outside of the schema private',
    story(async (client) => {
      const { token } = await invite(client, admin, 'ada@example.com')
      await expect(
        actAs(client, anonymous, 'select private.preview_invitation($1)', [token]),
      ).rejects.toMatchObject({ code: '42501', message: 'permission denied for schema private' })
    }),
  )
})

/** The last admin may not go: another one stands by. */
const secondAdmin = `update public.workspace_members set status = 'active' where user_id = '${ids.suspended}';`

describe('accept_invitation', () => {
  it(
    'makes a member with the invited role, once',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'Ada@Example.com')
      const { id, token } = await invite(client, admin, 'ada@example.com', 'viewer')
      expect((await actAs(client, ada, 'select from public.workspaces')).rowCount).toBe(0)
      expect(await accept(client, ada, token)).toMatchObject({
        workspace_id: ours,
        user_id: adaId,
        role_key: 'viewer',
        status: 'active',
      })
      const { rows } = await actAs(client, ada, 'select id, name from public.workspaces')
      expect(rows).toEqual([{ id: ours, name: 'Ours' }])
      expect(await invitations(client)).toMatchObject([
        { id, accepted_at: expect.any(Date), accepted_by: adaId },
      ])
      await expectNotValid(client, ada, token)
      expect(await clientError(preview(client, anonymous, token))).toEqual(notValid)
    }),
  )

  it.each([
    ['anonymous callers', anonymous],
    ['the service role, which is nobody', service],
  ])('is denied to %s', (_, actor) =>
    story(async (client) => {
      const { token } = await invite(client, admin, 'ada@example.com')
      await expect(accept(client, actor, token)).rejects.toMatchObject({ code: '42501' })
    })(),
  )

  it(
    'refuses a session whose account is gone',
    story(async (client) => {
      const { token } = await invite(client, admin, 'ada@example.com')
      expect(await clientError(accept(client, person(adaId), token))).toMatchObject({
        status: 401,
        code: 'not_signed_in',
      })
    }),
  )

  it.each([
    ['from another address', 'eve@example.com', true],
    ['from the address while it is not confirmed', 'ada@example.com', false],
    ['from an address that only looks the same', 'ad\u0430@example.com', true],
    ['from an address that only folds to the same', 'ada@e\u212aample.com', true],
  ])('A08 use an invitation %s: it is not valid', (_, email, confirmed) =>
    story(async (client) => {
      const eve = await signUp(client, eveId, email, { confirmed })
      const { token } = await invite(
        client,
        admin,
        email.endsWith('@example.com') ? 'ada@example.com' : 'ada@ekample.com',
      )
      await expectNotValid(client, eve, token)
      await client.query(
        "update auth.users set email_confirmed_at = now(), email = 'changed@example.com' where id = $1",
        [eveId],
      )
      await expectNotValid(client, eve, token)
    })(),
  )

  it(
    'counts the address that Auth has now, not the one in the claims or the metadata',
    story(async (client) => {
      const eve = await signUp(client, eveId, 'eve@example.com')
      await client.query(
        `update auth.users set raw_user_meta_data = '{"email": "ada@example.com", "email_verified": true}',
           email_change = 'ada@example.com' where id = $1`,
        [eveId],
      )
      const { token } = await invite(client, admin, 'ada@example.com')
      const forged = { ...eve, email: 'ada@example.com', user_metadata: { email_verified: true } }
      await expectNotValid(client, forged, token)
      await client.query("update auth.users set email = 'ada@example.com' where id = $1", [eveId])
      expect(await accept(client, eve, token)).toMatchObject({ user_id: eveId })
    }),
  )

  it.each([
    ['made up', 'select 1', 'A'.repeat(43)],
    ['empty', 'select 1', ''],
    ['missing', 'select 1', null],
    ['expired', "update public.workspace_invitations set expires_at = now() - interval '1 second'"],
    ['revoked', 'update public.workspace_invitations set revoked_at = now()'],
    ['replaced', "update public.workspace_invitations set token_hash = sha256('another')"],
    [
      'from someone suspended',
      `${secondAdmin} update public.workspace_members set status = 'suspended' where user_id = '${ids.admin}'`,
    ],
    [
      'from someone removed',
      `${secondAdmin} delete from public.workspace_members where user_id = '${ids.admin}'`,
    ],
    ['from an account that is gone', `${secondAdmin} delete from auth.users where id = '${ids.admin}'`],
    [
      'from someone demoted below the role',
      `${secondAdmin} update public.workspace_members set role_key = 'viewer' where user_id = '${ids.admin}'`,
    ],
    [
      'from someone who may no longer invite',
      "update public.workspace_roles set permissions = array_remove(permissions, 'members.invite') where key = 'admin'",
    ],
    [
      'for a custom role of a workspace that is back on the free plan',
      `insert into public.workspace_roles (workspace_id, key, name) values ('${ours}', 'custom', 'Custom');
       update public.workspace_invitations set role_key = 'custom'`,
    ],
    [
      'for a role that has outgrown the inviter',
      "update public.workspace_roles set permissions = array_remove(permissions, 'ai.use') where key = 'admin'",
    ],
  ])('refuses a token that is %s', (_, change, token?: string | null) =>
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      const invitation = await invite(client, admin, 'ada@example.com')
      await client.query(change)
      const presented = token === undefined ? invitation.token : token
      expect(await clientError(preview(client, anonymous, presented))).toEqual(notValid)
      await expectNotValid(client, ada, presented)
    })(),
  )

  it(
    'counts again when someone who may give the role sends it again',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      await giveCustomRole(client, ids.member, ['members.invite', 'workspace.read'])
      const { id, token } = await invite(client, member, 'ada@example.com', 'custom')
      await client.query("update public.workspace_members set status = 'suspended' where user_id = $1", [
        ids.member,
      ])
      await expectNotValid(client, ada, token)
      const { rows } = await actAs(
        client,
        admin,
        "select public.resend_invitation($1, $2) ->> 'token' as token",
        [ours, id],
      )
      await expectNotValid(client, ada, token)
      expect(await accept(client, ada, rows[0]?.token)).toMatchObject({ role_key: 'custom' })
    }),
  )

  it(
    'does not let a suspended member back in',
    story(async (client) => {
      await client.query('update auth.users set email_confirmed_at = now() where id = $1', [ids.suspended])
      // An invitation from before, or by another address of the same person.
      await client.query("update auth.users set email = 'other@example.com' where id = $1", [ids.suspended])
      const { token } = await invite(client, admin, 'suspended@example.com', 'admin')
      await client.query("update auth.users set email = 'suspended@example.com' where id = $1", [
        ids.suspended,
      ])
      const before = await invitations(client)
      expect(await clientError(accept(client, suspended, token))).toMatchObject({
        status: 409,
        code: 'conflict',
      })
      expect(await memberships(client, ids.suspended)).toEqual([
        { workspace_id: ours, role_key: 'admin', status: 'suspended' },
      ])
      expect(await invitations(client)).toEqual(before)
    }),
  )

  it(
    'does not change the role of a member',
    story(async (client) => {
      await client.query(
        "update auth.users set email_confirmed_at = now(), email = 'other@example.com' where id = $1",
        [ids.member],
      )
      const { token } = await invite(client, admin, 'member@example.com', 'admin')
      await client.query("update auth.users set email = 'member@example.com' where id = $1", [ids.member])
      expect(await clientError(accept(client, member, token))).toMatchObject({ code: 'conflict' })
      expect(await memberships(client, ids.member)).toMatchObject([{ role_key: 'member' }])
    }),
  )

  it(
    'joins the inviting workspace only',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      const { token } = await invite(client, outsider, 'ada@example.com', 'admin', theirs)
      await accept(client, ada, token)
      expect(await memberships(client, adaId)).toEqual([
        { workspace_id: theirs, role_key: 'admin', status: 'active' },
      ])
    }),
  )

  it(
    'forgets an accepted address with the account',
    story(async (client) => {
      const ada = await signUp(client, adaId, 'ada@example.com')
      const { token } = await invite(client, admin, 'ada@example.com')
      await accept(client, ada, token)
      await client.query('delete from auth.users where id = $1', [adaId])
      expect(await invitations(client)).toEqual([])
    }),
  )
})

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

describe('the token', () => {
  it(
    'is in no row, and in no error',
    story(async (client) => {
      const eve = await signUp(client, eveId, 'eve@example.com')
      const { token } = await invite(client, admin, 'ada@example.com')
      const failing = accept(client, eve, token)
      const error = await failing.catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(pg.DatabaseError)
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(token)
      const { rows } = await client.query<{ name: string }>(
        `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('public', 'private') and c.relkind in ('r', 'p')`,
      )
      for (const { name } of rows) {
        const found = await client.query(`select from ${name} as t where t::text like '%' || $1 || '%'`, [
          token,
        ])
        expect(found.rowCount, name).toBe(0)
      }
    }),
  )
})
