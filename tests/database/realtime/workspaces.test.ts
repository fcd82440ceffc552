import { describe, expect, it } from 'vitest'
import { makeTheme } from '../../support/dashboards/themes.ts'
import { makeView } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, member, ours, theirs, viewer } from '../../support/people/cast.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'

const story = policySuite(async (client) => {
  await createCast(client)
  await messagesOf(client)
})
const channel = `workspace:${ours}`

describe('what changes in a workspace is told', () => {
  it(
    'once to its members, by id and time and nothing else',
    story(async (client) => {
      await actAs(client, admin, 'update public.workspaces set name = $1 where id = $2', ['Other', ours])
      expect(await messagesOf(client)).toEqual([
        {
          topic: channel,
          event: 'workspace:updated',
          payload: { workspaceId: ours, updatedAt: expect.stringMatching(/Z$/) },
        },
      ])
      await actAs(client, admin, 'update public.workspaces set name = $1 where id = $2', ['Other', ours])
      expect(await messagesOf(client)).toEqual([])
    }),
  )

  it(
    'where another theme is the first that its people see, and where none is any more',
    story(async (client) => {
      const told = {
        topic: channel,
        event: 'workspace:updated',
        payload: { workspaceId: ours, updatedAt: expect.stringMatching(/Z$/) },
      }
      for (const theme of ['ocean', 'default', null]) {
        await call(client, admin, 'set_default_theme', [ours, theme])
        expect(await messagesOf(client)).toEqual([told])
      }
    }),
  )

  it(
    'where somebody joins, and to them that they have rights there',
    story(async (client) => {
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'viewer')",
        [ours, ids.outsider],
      )
      const told = await messagesOf(client)
      expect(told).toContainEqual({
        topic: channel,
        event: 'member:changed',
        payload: { workspaceId: ours, members: [{ userId: ids.outsider, change: 'added' }] },
      })
      expect(told).toContainEqual({
        topic: `user:${ids.outsider}`,
        event: 'session:changed',
        payload: { workspaceId: ours },
      })
    }),
  )

  it(
    'and to who loses a seat by a smaller plan, or gets one back',
    story(async (client) => {
      await setPlan(client, 'premium', ours)
      await limitFree(client, { members: 2 })
      const toPeople = async () =>
        (await messagesOf(client))
          .filter(({ event }) => event === 'session:changed')
          .map(({ topic }) => topic)
      expect(await toPeople()).toEqual([])
      await setPlan(client, 'free', ours)
      expect(await toPeople()).toEqual([`user:${ids.viewer}`])
      await call(client, admin, 'remove_member', [ours, ids.member])
      expect(await toPeople()).toEqual([`user:${ids.member}`, `user:${ids.viewer}`])
    }),
  )

  it(
    'and to whoever it is about',
    story(async (client) => {
      await call(client, admin, 'change_member', [ours, ids.member, 'viewer'])
      expect(await messagesOf(client)).toEqual([
        {
          topic: `user:${ids.member}`,
          event: 'notification:new',
          payload: { workspaceId: ours, kind: 'role_changed' },
        },
        { topic: `user:${ids.member}`, event: 'session:changed', payload: { workspaceId: ours } },
        {
          topic: channel,
          event: 'member:changed',
          payload: { workspaceId: ours, members: [{ userId: ids.member, change: 'changed' }] },
        },
      ])
      await call(client, admin, 'remove_member', [ours, ids.member])
      expect(await messagesOf(client)).toContainEqual({
        topic: channel,
        event: 'member:changed',
        payload: { workspaceId: ours, members: [{ userId: ids.member, change: 'removed' }] },
      })
    }),
  )

  it(
    'to each once where several change at a time',
    story(async (client) => {
      await client.query(
        "update public.workspace_members set role_key = 'viewer' where workspace_id = $1 and user_id <> $2",
        [ours, ids.admin],
      )
      await messagesOf(client)
      await client.query(
        "update public.workspace_members set role_key = 'member' where workspace_id = $1 and user_id = any ($2)",
        [ours, [ids.member, ids.viewer]],
      )
      const told = (await messagesOf(client)).filter(({ event }) => event === 'session:changed')
      expect(told.map(({ topic }) => topic)).toEqual([`user:${ids.member}`, `user:${ids.viewer}`])
    }),
  )

  it(
    'to everybody in a role by one message',
    story(async (client) => {
      await client.query(
        `insert into public.workspace_roles (workspace_id, key, name, permissions)
         values ($1, 'guest', 'Guest', '{workspace.read}')`,
        [ours],
      )
      await messagesOf(client)
      await client.query(
        "update public.workspace_roles set permissions = '{}' where workspace_id = $1 and key = 'guest'",
        [ours],
      )
      expect(await messagesOf(client)).toEqual([
        { topic: channel, event: 'session:changed', payload: { workspaceId: ours, roleKey: 'guest' } },
      ])
    }),
  )

  it(
    'once where it is deleted, and not of what went along',
    story(async (client) => {
      const theme = await makeTheme(client, member)
      const view = await makeView(client, member)
      for (const actor of [member, viewer]) await call(client, actor, 'activate_theme', [ours, theme])
      await call(client, member, 'activate_view', [ours, view])
      await messagesOf(client)
      await call(client, admin, 'delete_workspace', [ours, 'Ours'])
      expect(await messagesOf(client)).toEqual([
        { topic: channel, event: 'workspace:updated', payload: { workspaceId: ours, isDeleted: true } },
      ])
    }),
  )

  it(
    'where a person gets another name, and not where nothing shows',
    story(async (client) => {
      await actAs(client, member, 'update public.profiles set name = $1 where id = $2', ['Ada', ids.member])
      expect(await messagesOf(client)).toEqual([
        {
          topic: channel,
          event: 'member:changed',
          payload: { workspaceId: ours, members: [{ userId: ids.member, change: 'changed' }] },
        },
      ])
      await actAs(client, member, "update public.profiles set locale = 'de' where id = $1", [ids.member])
      expect(await messagesOf(client)).toEqual([])
    }),
  )

  it(
    'a thousand times an hour at most of another name, and as often as a server likes',
    story(async (client) => {
      await client.query(
        `with made as (
           insert into public.workspaces (id, name) select 'WK-P' || lpad(n::text, 8, '0'), 'One of many'
           from generate_series(1, 499) as n returning id
         )
         insert into public.workspace_members (workspace_id, user_id, role_key) select id, $1, 'admin' from made`,
        [ids.member],
      )
      const rename = (name: string) =>
        actAs(client, member, 'update public.profiles set name = $1 where id = $2', [name, ids.member])
      for (const name of ['Ada', 'Grace']) await rename(name)
      expect(await clientError(rename('Joan'))).toMatchObject({ code: 'rate_limited', details: 'person' })
      // What nobody hears of is nobody's message.
      await actAs(client, member, "update public.profiles set bio = 'Me' where id = $1", [ids.member])
      await client.query("update public.profiles set name = 'Joan' where id = $1", [ids.member])
      expect(
        (await client.query('select name, bio from public.profiles where id = $1', [ids.member])).rows,
      ).toEqual([{ name: 'Joan', bio: 'Me' }])
    }),
  )

  it(
    'by one message for some themes, each once and with its own version',
    story(async (client) => {
      const [first, second] = [await makeTheme(client, member), await makeTheme(client, member)]
      await client.query("update public.themes set name = 'Ink' where id = $1", [first])
      await messagesOf(client)
      await client.query('update public.themes set name = name || id::text where id in ($1, $2)', [
        first,
        second,
      ])
      const themes = [
        { id: first, version: 3, change: 'changed' },
        { id: second, version: 2, change: 'changed' },
      ].sort((a, b) => (a.id < b.id ? -1 : 1))
      expect(await messagesOf(client)).toEqual([
        { topic: channel, event: 'theme:updated', payload: { workspaceId: ours, themes } },
      ])
    }),
  )

  it(
    'by name for a hundred at once, each by its channel and its workspace',
    story(async (client) => {
      const at = (workspace: string, version: number, count = 1) =>
        Array.from({ length: count }, (_, index) => ({
          channel,
          workspace_id: workspace,
          id: `thing ${index}`,
          version,
        }))
      const tell = async (before: object[], after: object[]) => {
        await client.query('select private.send_changes($1, $2, $3, $4)', [
          'things:changed',
          'things',
          JSON.stringify(before),
          JSON.stringify(after),
        ])
        return (await messagesOf(client)).map(({ payload }) => payload)
      }
      expect(await tell([], at(ours, 1, 100))).toMatchObject([{ things: { length: 100 } }])
      expect(await tell([], at(ours, 1, 101))).toEqual([{ workspaceId: ours, things: null }])
      const moved = await tell(at('elsewhere', 1), at(ours, 2))
      expect(moved).toHaveLength(2)
      expect(moved).toEqual(
        expect.arrayContaining([
          { workspaceId: 'elsewhere', things: [{ id: 'thing 0', version: 1, change: 'removed' }] },
          { workspaceId: ours, things: [{ id: 'thing 0', version: 2, change: 'added' }] },
        ]),
      )
      const [first, second] = at(ours, 1, 2)
      expect(await tell([first ?? {}], [second ?? {}])).toEqual([
        {
          workspaceId: ours,
          things: [
            { id: 'thing 0', version: 1, change: 'removed' },
            { id: 'thing 1', version: 1, change: 'added' },
          ],
        },
      ])
    }),
  )

  it(
    'by one message for 10,000 rows of one statement',
    story(async (client) => {
      await client.query('set local session_replication_role = replica')
      await client.query(
        `insert into public.themes (workspace_id, name, colors, visibility)
         select $1, 'Theme ' || n, '{}', 'workspace' from generate_series(1, 10000) as n`,
        [ours],
      )
      await client.query('set local session_replication_role = origin')
      await messagesOf(client)
      await client.query('delete from public.themes where workspace_id = $1', [ours])
      expect(await messagesOf(client)).toEqual([
        { topic: channel, event: 'theme:updated', payload: { workspaceId: ours, themes: null } },
      ])
    }),
  )
})

describe('a theme is told of', () => {
  it(
    'to the workspace where it is shared, and to its owner where not',
    story(async (client) => {
      const shared = await makeTheme(client, member)
      const personal = await makeTheme(client, member, 'personal')
      const themeMessage = (topic: string, id: string, version: number, change: string) => ({
        topic,
        event: 'theme:updated',
        payload: { workspaceId: ours, themes: [{ id, version, change }] },
      })
      expect(await messagesOf(client)).toEqual([
        themeMessage(`user:${ids.member}`, personal, 1, 'added'),
        themeMessage(channel, shared, 1, 'added'),
      ])
      await actAs(client, member, "update public.themes set name = 'Ink' where id = $1", [shared])
      expect(await messagesOf(client)).toEqual([themeMessage(channel, shared, 2, 'changed')])
      await actAs(client, member, "update public.themes set visibility = 'workspace' where id = $1", [
        personal,
      ])
      expect(await messagesOf(client)).toEqual([
        themeMessage(`user:${ids.member}`, personal, 1, 'removed'),
        themeMessage(channel, personal, 2, 'added'),
      ])
    }),
  )
})

it(
  'a preference is told to the other devices of the person alone, the first as well as each that changes',
  story(async (client) => {
    const told = {
      topic: `user:${ids.member}`,
      event: 'preferences:updated',
      payload: { workspaceId: ours, updatedAt: expect.stringMatching(/Z$/) },
    }
    for (const theme of ['ocean', 'default', null]) {
      await call(client, member, 'activate_theme', [ours, theme])
      expect(await messagesOf(client)).toEqual([told])
    }
    await call(client, member, 'patch_preferences', [ours, { locale: 'de' }])
    expect(await messagesOf(client)).toEqual([told])
    // Once for all that a patch says, of who has chosen something before and of who has not.
    const view = await makeView(client, admin, { visibility: 'workspace' })
    await messagesOf(client)
    const patch = { locale: 'fr', active_theme_id: 'ocean', active_dashboard_view: view }
    for (const actor of [member, admin]) {
      expect(await call(client, actor, 'patch_preferences', [ours, patch])).toMatchObject(patch)
      expect(await messagesOf(client)).toMatchObject([{ event: 'preferences:updated' }])
    }
  }),
)

it(
  'what happens in one workspace is told in no other',
  story(async (client) => {
    await call(client, admin, 'update_workspace_settings', [ours, { timezone: 'Asia/Tokyo' }])
    await makeTheme(client, member)
    const messages = await messagesOf(client)
    expect(messages.length).toBeGreaterThan(1)
    expect(JSON.stringify(messages)).not.toContain(theirs)
  }),
)

it(
  'roles that change together are told of once each',
  story(async (client) => {
    for (const key of ['one', 'two'])
      await client.query('insert into public.workspace_roles (workspace_id, key, name) values ($1, $2, $2)', [
        ours,
        key,
      ])
    await messagesOf(client)
    await client.query("update public.workspace_roles set name = name || ' more' where not is_built_in")
    expect((await messagesOf(client)).map(({ payload }) => payload.roleKey).toSorted()).toEqual([
      'one',
      'two',
    ])
  }),
)
