import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { personNameSchema, roleNameSchema, workspaceNameSchema } from '../../../types/text.ts'
import { makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError, person, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, member, ours } from '../../support/people/cast.ts'
import { customRoles, makeRole } from '../../support/people/custom-roles.ts'
import { setPlan } from '../../support/people/plan.ts'
import { createDatabase } from '../../support/stack/database.ts'

// Names of people, workspaces and roles: the same rules for all of them, and for zod.

const story = onPremium(policySuite())

const newcomer = '00000000-0000-4000-8000-000000000099'

const named: Record<string, { schema: typeof personNameSchema; rename: string; id: string[] }> = {
  person: { schema: personNameSchema, rename: 'profiles set name = $1 where id = $2', id: [ids.admin] },
  workspace: { schema: workspaceNameSchema, rename: 'workspaces set name = $1 where id = $2', id: [ours] },
  role: {
    schema: roleNameSchema,
    rename: "workspace_roles set name = $1 where workspace_id = $2 and key = 'editor'",
    id: [ours],
  },
}

const kinds = Object.entries(named)

const rename = (client: pg.Client, sql: string, values: unknown[]) =>
  actAs<{ name: string }>(client, admin, `update public.${sql} returning name`, values)

describe.each(kinds)('the name of a %s', (_, { schema, rename: sql, id }) => {
  it.each([
    ['a tag', '<b>Ada</b>'],
    ['the end of a tag behind an invisible character', 'Ada <\u200b/b'],
    ['a comment', '<!-- Ada'],
    ['nothing visible', '\ufe0f\u{e0041}\u3164'],
    ['too much', 'a'.repeat(256)],
    ['far too much', '\u200b'.repeat(2_000)],
  ])('is refused with %s, by zod too', (_case, name) =>
    story(async (client) => {
      await makeRole(client, admin, 'editor')
      expect(await clientError(rename(client, sql, [name, ...id]))).toMatchObject({
        code: 'invalid_input',
        details: 'name',
      })
      expect(schema.safeParse(name).success).toBe(false)
    })(),
  )

  it(
    'is kept clean and composed, as zod gives it',
    story(async (client) => {
      await makeRole(client, admin, 'editor')
      for (const name of [' Zoe\u0308\u{e0041}\t< 3 \u200d', '👩🏽‍💻 می\u200cخواهم', 'Å\u212b']) {
        const { rows } = await rename(client, sql, [name, ...id])
        expect(rows).toEqual([{ name: schema.parse(name) }])
      }
    }),
  )
})

describe('the name of a new account', () => {
  const signUp = async (client: pg.Client, metadata: unknown) => {
    await client.query('insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, $3)', [
      newcomer,
      'newcomer@example.com',
      JSON.stringify(metadata),
    ])
    const { rows } = await client.query('select name, locale from public.profiles where id = $1', [newcomer])
    return rows
  }

  it.each([
    ['HTML', '<img src=x>Ada <<b>Lovelace<', 'img src=x>Ada b>Lovelace<'],
    ['HTML behind invisible characters', '<\u200b<\u034fscript>', 'script>'],
    ['a harmless sign', 'Ada <3', 'Ada <3'],
    ['nothing visible', '\ufe0f', 'newcomer'],
    ['an accent apart', 'Zoe\u0308', 'Zoë'],
    ['an emoji where it is cut', `${'a'.repeat(98)}👩🏽‍💻`, 'a'.repeat(98)],
  ])('is made of metadata with %s', (_, name, expected) =>
    story(async (client) => {
      expect(await signUp(client, { name })).toEqual([{ name: expected, locale: 'en' }])
    })(),
  )

  it.each([
    ['letters', 'a'],
    ['white space', ' '],
    ['joiners', '\u200d'],
    ['marks in no order', '\u0301\u0323'],
    ['the beginning of tags', '<'],
  ])('is made in no time of megabytes of %s', (_, part) =>
    story(async (client) => {
      await client.query("set local statement_timeout = '2s'")
      const huge = part.repeat(3_000_000 / Buffer.byteLength(part))
      const [profile] = await signUp(client, { name: huge, locale: huge })
      expect(profile?.locale).toBe('en')
      expect(personNameSchema.parse(profile?.name)).toBe(profile?.name)
    })(),
  )
})

describe('a role', () => {
  it.each([
    ['as it is', 'Editor'],
    ['in other letters', 'eDITOR'],
    ['with an invisible character', 'Edi\u{e0041}tor '],
  ])('is not called like another, %s', (_, name) =>
    story(async (client) => {
      await makeRole(client, admin, 'editor')
      for (const actor of [admin, service])
        expect(await clientError(makeRole(client, actor, 'second', [], name))).toMatchObject({
          status: 409,
          code: 'conflict',
          details: 'name',
        })
      await makeRole(client, admin, 'second', [], 'Second')
      const taken = rename(client, "workspace_roles set name = $1 where key = 'second'", [name])
      expect(await clientError(taken)).toMatchObject({ code: 'conflict', details: 'name' })
      expect(await customRoles(client)).toMatchObject([{ name: 'Editor' }, { name: 'Second' }])
      // Its own name it may have in other letters, and another workspace's is free.
      await rename(client, "workspace_roles set name = $1 where key = 'editor'", [name])
    })(),
  )

  it.each(['Admin', 'ADMIN', 'member', 'Vıewer', 'View\u200der'])(
    'is not called like a built-in one: %s',
    (name) =>
      story(async (client) => {
        expect(await clientError(makeRole(client, admin, 'mine', [], name))).toMatchObject({
          code: 'conflict',
          details: 'name',
        })
        expect(await customRoles(client)).toEqual([])
      })(),
  )

  it('is made once where two people make one of a name at the same time', async () => {
    const database = await createDatabase('migrated')
    const clients = await Promise.all(
      [0, 1].map(async () => {
        const client = new pg.Client({ connectionString: database.url('postgres') })
        await client.connect()
        return client
      }),
    )
    const [one, other] = clients
    if (!one || !other) throw new Error('There are two sessions.')
    try {
      await createCast(one)
      await setPlan(one, 'premium')
      await one.query('begin')
      await other.query('begin')
      await makeRole(one, admin, 'one', [], 'Editor')
      const second = clientError(makeRole(other, admin, 'two', [], 'EDITOR'))
      await one.query('commit')
      expect(await second).toMatchObject({ code: 'conflict', details: 'name' })
      await other.query('rollback')
      expect(await customRoles(one)).toMatchObject([{ key: 'one', name: 'Editor' }])
    } finally {
      await Promise.all(clients.map((client) => client.end()))
      await database.drop()
    }
  })
})

describe('what is typed to find or to confirm', () => {
  it(
    'finds a person whatever the accent is made of',
    story(async (client) => {
      await rename(client, named.person?.rename ?? '', ['Zo\u00eb', ids.admin])
      for (const search of ['zoe\u0308', 'ZO\u00cb', ' Z\u200bo '])
        expect(await call(client, admin, 'list_members', [ours, search])).toMatchObject({
          total: 1,
          members: [{ userId: ids.admin }],
        })
      expect(await call(client, admin, 'list_members', [ours, '\ufe0f'])).toMatchObject({ total: 4 })
    }),
  )

  it(
    'names the workspace that is to be deleted, and no other',
    story(async (client) => {
      await rename(client, named.workspace?.rename ?? '', ['Zo\u00eb', ours])
      const remove = (name: string) => call(client, admin, 'delete_workspace', [ours, name])
      for (const name of ['zo\u00eb', 'Zoe', ' Zo\u00eb', '', '\u0308'.repeat(5_000)])
        expect(await clientError(remove(name))).toMatchObject({ code: 'invalid_input', details: 'name' })
      await remove('Zoe\u0308')
      expect((await client.query('select from public.workspaces where id = $1', [ours])).rowCount).toBe(0)
    }),
  )
})

describe('lists and copies', () => {
  it(
    'sort workspaces as people do',
    story(async (client) => {
      const names = ['zebra', 'Äpfel', 'apple', 'Zoo', 'Banana']
      const actor: Actor = person(ids.outsider)
      for (const name of names) await call(client, actor, 'create_workspace', [name])
      const context = await call<{ workspaces: { name: string }[] }>(client, actor, 'session_context', [])
      expect(context.workspaces.map(({ name }) => name)).toEqual(
        [...names, 'Theirs'].sort(new Intl.Collator('und').compare),
      )
    }),
  )

  it(
    'name a copy after its view, cut between characters',
    story(async (client) => {
      const whole = await makeView(client, member, { name: 'a'.repeat(43) })
      expect(await call(client, member, 'duplicate_view', [whole])).toMatchObject({
        name: `${'a'.repeat(43)} (copy)`,
      })
      const view = await makeView(client, member, { name: `${'a'.repeat(41)}👩🏽‍💻` })
      expect(await call(client, member, 'duplicate_view', [view])).toMatchObject({
        name: `${'a'.repeat(41)} (copy)`,
      })
    }),
  )
})
