import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { channelRights } from '../../support/database/messages.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { everyScope, machine } from '../../support/people/api-keys.ts'
import { ids, member, ours, theirs } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite()
const none = { reads: [], broadcasts: false, isPresent: false }

describe('the channel of a workspace', () => {
  it.each([ids.admin, ids.member, ids.viewer])(
    'is heard by a member, who may say that they are there: %s',
    (id) =>
      story(async (client) => {
        expect(await channelRights(client, id, `workspace:${ours}`)).toEqual({
          reads: ['broadcast', 'presence'],
          broadcasts: false,
          isPresent: true,
        })
      })(),
  )

  it(
    'is closed to outsiders, the suspended and the anonymous',
    story(async (client) => {
      for (const id of [ids.outsider, ids.suspended, undefined])
        expect(await channelRights(client, id, `workspace:${ours}`)).toEqual(none)
    }),
  )

  it(
    'bears one name only',
    story(async (client) => {
      for (const topic of [
        'workspace:',
        `workspace:${ours} `,
        `workspace:${ours.toLowerCase()}`,
        `WORKSPACE:${ours}`,
        `workspace:${ours}'; drop table`,
        `workspace:${theirs}`,
        ours,
        'workspace:%',
      ])
        expect(await channelRights(client, ids.member, topic)).toEqual(none)
    }),
  )

  it(
    'is closed with the membership',
    story(async (client) => {
      await client.query('delete from public.workspace_members where user_id = $1', [ids.member])
      expect(await channelRights(client, ids.member, `workspace:${ours}`)).toEqual(none)
    }),
  )
})

describe('an API key', () => {
  const rights = async (client: pg.Client, scopes: string[], topic = `workspace:${ours}`) =>
    channelRights(client, (await machine(client, scopes)).sub, topic)

  it(
    'hears what its scopes read, and is never present',
    story(async (client) => {
      for (const [scopes, reads] of [
        [['workspace.read'], ['broadcast']],
        [['members.read'], ['presence']],
        [
          ['members.read', 'workspace.read'],
          ['broadcast', 'presence'],
        ],
        [['dashboards.read', 'dashboards.write'], []],
      ] as const)
        expect(await rights(client, [...scopes]), scopes.join()).toEqual({ ...none, reads })
    }),
  )

  it(
    'hears no other workspace, not that of its maker, and has no channel of its own',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [theirs, ids.admin],
      )
      const { sub } = await machine(client, everyScope)
      for (const topic of [`workspace:${theirs}`, `user:${sub}`, `user:${ids.admin}`])
        expect(await channelRights(client, sub, topic), topic).toEqual(none)
    }),
  )

  it(
    'hears nothing once it may do nothing: its maker lost the right or their place, or it has ended',
    story(async (client) => {
      const keeper = ['api_keys.manage', 'members.read', 'workspace.read']
      await giveCustomRole(client, 'keeper', keeper, [ids.member])
      const makeKey = async () =>
        (await machine(client, ['members.read', 'workspace.read'], { maker: member })).sub
      for (const end of [
        "update public.workspace_roles set permissions = '{api_keys.manage}' where key = 'keeper'",
        "update public.workspace_members set status = 'suspended' where role_key = 'keeper'",
        "update private.api_keys set created_at = now() - interval '1 hour', expires_at = now()",
        'update private.api_keys set revoked_at = now()',
      ]) {
        await client.query('savepoint ending')
        const sub = await makeKey()
        const hears = async () => (await channelRights(client, sub, `workspace:${ours}`)).reads.length
        expect(await hears()).toBe(2)
        await client.query(end)
        expect(await hears(), end).toBe(0)
        await client.query('rollback to savepoint ending')
      }
    }),
  )
})

describe('the channel of a person', () => {
  it(
    'is heard by them alone, and nobody speaks there',
    story(async (client) => {
      expect(await channelRights(client, ids.member, `user:${ids.member}`)).toEqual({
        reads: ['broadcast'],
        broadcasts: false,
        isPresent: false,
      })
      for (const id of [ids.admin, ids.outsider, undefined])
        expect(await channelRights(client, id, `user:${ids.member}`)).toEqual(none)
    }),
  )
})

it(
  'a topic is the one that is asked about, and of kinds of message only two are told',
  story(async (client) => {
    const topic = `workspace:${ours}`
    await client.query(
      `insert into realtime.messages (topic, extension, private)
       values ($1, 'broadcast', true), ($2, 'broadcast', true), ($1, 'postgres_changes', true)`,
      [topic, `user:${ids.member}`],
    )
    await client.query(
      `select set_config('role', 'authenticated', true), set_config('realtime.topic', $1, true),
         set_config('request.jwt.claims', $2, true)`,
      [topic, JSON.stringify({ sub: ids.member, role: 'authenticated' })],
    )
    const { rows } = await client.query('select distinct topic, extension from realtime.messages')
    expect(rows).toEqual([{ topic, extension: 'broadcast' }])
    await client.query("select set_config('realtime.topic', 'another', true)")
    await expect(
      client.query(
        "insert into realtime.messages (topic, extension, private) values ($1, 'presence', true)",
        [topic],
      ),
    ).rejects.toMatchObject({ code: '42501' })
  }),
)
