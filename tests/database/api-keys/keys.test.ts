import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { apiKeyPattern, apiKeySchema, apiKeyWithSecretSchema } from '../../../types/api-key.ts'
import { actAs, clientError, person } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { createApiKey, everyScope, hashOf } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

// Making, listing, rotating and revoking API keys.

const story = policySuite()

describe('a key', () => {
  it(
    'is shown once, and kept as a hash',
    story(async (client) => {
      const made = apiKeyWithSecretSchema.parse(
        await createApiKey(client, ['themes.read', 'dashboards.read']),
      )
      expect(made).toMatchObject({
        workspaceId: ours,
        name: 'Shop',
        scopes: ['dashboards.read', 'themes.read'],
        status: 'active',
        createdBy: ids.admin,
        expiresAt: null,
        lastUsedAt: null,
      })
      const { rows } = await client.query('select * from private.api_keys')
      expect(JSON.stringify(rows)).not.toContain(made.key.slice(36))
      expect(rows[0].secret_hash.toString('hex')).toBe(hashOf(made.key))
      const [listed] = await call<unknown[]>(client, admin, 'list_api_keys', [ours])
      const { key: _secret, ...document } = made
      expect(apiKeySchema.parse(listed)).toEqual(document)
    }),
  )

  it(
    'tells a scanner what it is: prefix, id, and a checksum that holds',
    story(async (client) => {
      const { id, key } = await createApiKey(client)
      expect(key).toMatch(apiKeyPattern)
      expect(key).toContain(`bd_${id.replaceAll('-', '')}_`)
      expect(id[14]).toBe('8')
      expect(createHash('sha256').update(key.slice(0, -8)).digest('hex').slice(0, 8)).toBe(key.slice(-8))
    }),
  )

  it(
    'takes every scope of the catalog that a key can have, and no other',
    story(async (client) => {
      const { rows } = await client.query<{ key: string; for_api_keys: boolean }>(
        'select key, for_api_keys from public.permissions order by key',
      )
      const refused = rows.filter((row) => !row.for_api_keys).map(({ key }) => key)
      expect(refused).toEqual(
        expect.arrayContaining(['api_keys.manage', 'grants.write', 'members.invite', 'roles.write']),
      )
      const taken = rows.filter((row) => row.for_api_keys).map(({ key }) => key)
      expect(taken).toEqual(expect.arrayContaining(everyScope))
      expect((await createApiKey(client, taken)).scopes).toEqual(taken)
      for (const scopes of [
        ...refused.map((key) => [key]),
        ['nothing.here'],
        [],
        ['themes.read', 'roles.write'],
      ])
        expect(await clientError(createApiKey(client, scopes))).toMatchObject({
          status: 400,
          code: 'invalid_input',
          details: 'scopes',
        })
    }),
  )

  it(
    'ends in the future, and has a name of one line',
    story(async (client) => {
      const make = (name: unknown, expiresAt: unknown) =>
        actAs(client, admin, "select public.create_api_key($1, $2, '{themes.read}', $3)", [
          ours,
          name,
          expiresAt,
        ])
      for (const expiresAt of ['2020-01-01T00:00:00Z', 'infinity', '-infinity'])
        expect(await clientError(make('Shop', expiresAt))).toMatchObject({ details: 'expires_at' })
      for (const name of ['', 'x'.repeat(101), '<b>x</b>', null])
        expect(await clientError(make(name, null))).toMatchObject({ code: 'invalid_input', details: 'name' })
      await make('Shop', '2999-01-01T00:00:00Z')
    }),
  )

  it(
    'is made, listed and ended by who manages keys, and by nobody else',
    story(async (client) => {
      const { id } = await createApiKey(client)
      for (const [actor, workspaceId, code] of [
        [member, ours, 'permission_denied'],
        [viewer, ours, 'permission_denied'],
        [person(ids.suspended), ours, 'not_found'],
        [outsider, ours, 'not_found'],
        [admin, theirs, 'not_found'],
      ] as const) {
        expect(
          await clientError(createApiKey(client, ['themes.read'], { maker: actor, workspaceId })),
        ).toMatchObject({
          code,
        })
        expect(await clientError(call(client, actor, 'list_api_keys', [workspaceId]))).toMatchObject({ code })
      }
      for (const [actor, code] of [
        [member, 'permission_denied'],
        [outsider, 'not_found'],
      ] as const)
        for (const name of ['rotate_api_key', 'revoke_api_key'])
          expect(await clientError(call(client, actor, name, [id]))).toMatchObject({ code })
      // As of a key that is not there.
      for (const name of ['rotate_api_key', 'revoke_api_key'])
        expect(await clientError(call(client, outsider, name, [id]))).toEqual(
          await clientError(call(client, outsider, name, [ids.admin])),
        )
      expect(await call(client, admin, 'list_api_keys', [ours])).toHaveLength(1)
    }),
  )

  it(
    'has no scope that its maker lacks',
    story(async (client) => {
      await giveCustomRole(client, 'keeper', ['api_keys.manage', 'themes.read'], [ids.member])
      expect(await clientError(createApiKey(client, ['dashboards.read'], { maker: member }))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'dashboards.read',
      })
      expect(await createApiKey(client, ['themes.read'], { maker: member })).toMatchObject({
        status: 'active',
      })
    }),
  )

  it(
    'finds room for 50, and revoked ones are forgotten in time, of each workspace its own',
    story(async (client) => {
      await client.query(
        `insert into private.api_keys (workspace_id, id, name, scopes, secret_hash, created_by, revoked_at)
         select m.workspace_id, private.new_api_key_id(), 'Key ' || n, '{themes.read}', sha256(''), m.user_id,
           case when n > 49 then now() - n * interval '1 day' end
         from generate_series(1, 300) as n, (values ($1, $2::uuid), ($3, $4)) as m (workspace_id, user_id)`,
        [ours, ids.admin, theirs, ids.outsider],
      )
      await createApiKey(client)
      expect(await clientError(createApiKey(client))).toMatchObject({ status: 409, code: 'conflict' })
      const { rows } = await client.query(
        'select count(*)::int as kept from private.api_keys where revoked_at is not null group by workspace_id order by 1',
      )
      expect(rows).toEqual([{ kept: 200 }, { kept: 251 }])
    }),
  )

  it(
    'goes with its workspace, and with the place of its maker',
    story(async (client) => {
      await giveCustomRole(client, 'keeper', ['api_keys.manage', 'themes.read'], [ids.member])
      await createApiKey(client, ['themes.read'], { maker: member })
      await createApiKey(client, ['themes.read'], { maker: outsider, workspaceId: theirs })
      await call(client, member, 'leave_workspace', [ours])
      await client.query('delete from public.workspaces where id = $1', [theirs])
      for (const table of ['api_keys', 'active_members where role_key = $$api key$$'])
        expect((await client.query(`select 1 from private.${table}`)).rowCount).toBe(0)
    }),
  )
})

describe('rotating', () => {
  const verify = (client: Parameters<typeof call>[0], { id, key }: { id: string; key: string }) =>
    call(client, { role: 'service_role' }, 'verify_api_key', [id, hashOf(key)])

  it(
    'gives a fresh secret, and both work for a while',
    story(async (client) => {
      const first = await createApiKey(client)
      const second = apiKeyWithSecretSchema.parse(await call(client, admin, 'rotate_api_key', [first.id, 1]))
      expect(second).toMatchObject({ id: first.id, rotatedAt: expect.any(String) })
      expect(second.key).not.toBe(first.key)
      expect(await verify(client, first)).toMatchObject({ keyId: first.id })
      expect(await verify(client, second)).toMatchObject({ keyId: first.id })

      await client.query("update private.api_keys set previous_expires_at = now() - interval '1 second'")
      expect(await clientError(verify(client, first))).toMatchObject({ code: 'api_key_not_valid' })
      expect(await verify(client, second)).toMatchObject({ keyId: first.id })
    }),
  )

  it(
    'without a grace, and a second time, ends what was there before',
    story(async (client) => {
      const first = await createApiKey(client)
      const second = await call<typeof first>(client, admin, 'rotate_api_key', [first.id, 0])
      expect(await clientError(verify(client, first))).toMatchObject({ code: 'api_key_not_valid' })
      await call(client, admin, 'rotate_api_key', [first.id])
      const last = await call<typeof first>(client, admin, 'rotate_api_key', [first.id])
      expect(await clientError(verify(client, second))).toMatchObject({ code: 'api_key_not_valid' })
      expect(await verify(client, last)).toMatchObject({ keyId: first.id })
    }),
  )

  it(
    'is for the maker alone, for a week at most, and for a key that has not ended',
    story(async (client) => {
      const { id } = await createApiKey(client)
      await giveCustomRole(client, 'keeper', ['api_keys.manage', 'themes.read'], [ids.member])
      expect(await clientError(call(client, member, 'rotate_api_key', [id]))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'created_by',
      })
      for (const hours of [-1, 169, null])
        expect(await clientError(call(client, admin, 'rotate_api_key', [id, hours]))).toMatchObject({
          code: 'invalid_input',
          details: 'grace_hours',
        })
      await call(client, member, 'revoke_api_key', [id])
      for (const name of ['rotate_api_key', 'revoke_api_key'])
        expect(await clientError(call(client, admin, name, [id]))).toMatchObject({
          status: 409,
          code: 'conflict',
          details: 'revoked',
        })
    }),
  )
})

describe('showing a key', () => {
  const verify = (client: Parameters<typeof call>[0], id: unknown, hash: unknown) =>
    call<Record<string, unknown>>(client, { role: 'service_role' }, 'verify_api_key', [id, hash])

  it(
    'notes the use, at most once a minute',
    story(async (client) => {
      const { id, key } = await createApiKey(client)
      const { id: other } = await createApiKey(client)
      const used = async () =>
        (await client.query('select last_used_at, xmin::text from private.api_keys where id = $1', [id]))
          .rows[0]
      expect(await verify(client, id, hashOf(key))).toEqual({
        keyId: id,
        workspaceId: ours,
        expiresAt: null,
        tokensPerMinute: 60,
      })
      const first = await used()
      expect(first.last_used_at).toEqual(expect.any(Date))
      await client.query("update private.api_keys set last_used_at = now() - interval '59 seconds'")
      const before = await used()
      await verify(client, id, hashOf(key))
      expect((await used()).last_used_at).toEqual(before.last_used_at)
      await client.query("update private.api_keys set last_used_at = now() - interval '61 seconds'")
      await verify(client, id, hashOf(key))
      expect((await used()).last_used_at).toEqual(first.last_used_at)
      const { rows } = await client.query(
        "select last_used_at < now() - interval '1 minute' as is_old from private.api_keys where id = $1",
        [other],
      )
      expect(rows).toEqual([{ is_old: true }])
    }),
  )

  it(
    'has one answer for what is unknown, wrong, revoked, expired, or of somebody who is suspended',
    story(async (client) => {
      const good = await createApiKey(client)
      const revoked = await createApiKey(client)
      await call(client, admin, 'revoke_api_key', [revoked.id])
      const expired = await createApiKey(client)
      await client.query('update private.api_keys set expires_at = now() where id = $1', [expired.id])
      await giveCustomRole(client, 'keeper', ['api_keys.manage', 'themes.read'], [ids.member])
      const suspended = await createApiKey(client, ['themes.read'], { maker: member })
      await client.query(`update public.workspace_members set status = 'suspended' where user_id = $1`, [
        ids.member,
      ])

      const answers = []
      for (const [id, hash] of [
        ['00000000-0000-8000-8000-000000000000', hashOf(good.key)],
        [null, hashOf(good.key)],
        [good.id, hashOf('bd_')],
        [good.id, null],
        [good.id, ''],
        [good.id, '00'.repeat(32)],
        [good.id, hashOf(good.key).toUpperCase()],
        [good.id, 'x'.repeat(1_000_000)],
        [good.id, hashOf(revoked.key)],
        [revoked.id, hashOf(revoked.key)],
        [expired.id, hashOf(expired.key)],
        [suspended.id, hashOf(suspended.key)],
      ])
        answers.push(await clientError(verify(client, id, hash)))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect(answers[0]).toMatchObject({ status: 401, code: 'api_key_not_valid' })
    }),
  )

  it(
    'is for servers alone',
    story(async (client) => {
      const { id, key } = await createApiKey(client)
      for (const actor of [admin, person(id)])
        await expect(call(client, actor, 'verify_api_key', [id, hashOf(key)])).rejects.toMatchObject({
          code: '42501',
        })
    }),
  )
})
