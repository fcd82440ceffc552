import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { putAvatar } from '../../support/people/account.ts'
import { admin, ids, member, ours, outsider, suspended, theirs } from '../../support/people/cast.ts'

const story = policySuite()

const denied = { code: '42501' }
const newcomer = '00000000-0000-4000-8000-0000000000aa'

async function signUp(client: pg.Client, metadata: unknown, email: string | null = 'new@example.com') {
  await client.query('insert into auth.users (id, email, raw_user_meta_data) values ($1, $2, $3)', [
    newcomer,
    email,
    JSON.stringify(metadata),
  ])
  const { rows } = await client.query('select name, email, locale from public.profiles where id = $1', [
    newcomer,
  ])
  return rows[0]
}

describe('signing up', () => {
  it.each([
    ['name and locale', { name: 'Ada', locale: 'pt-BR' }, { name: 'Ada', locale: 'pt-BR' }],
    ['a full name', { full_name: 'Ada Lovelace' }, { name: 'Ada Lovelace', locale: 'en' }],
    ['line breaks and spaces', { name: '  Ada\r\n\tLovelace ' }, { name: 'Ada Lovelace', locale: 'en' }],
    ['a direction override', { name: 'Ada \u202enimda' }, { name: 'Ada nimda', locale: 'en' }],
    ['an emoji with joiners', { name: '👩\u200d💻' }, { name: '👩\u200d💻', locale: 'en' }],
    ['an invisible name', { name: '\u200b\u200d \ufeff' }, { name: 'new', locale: 'en' }],
    ['a very long name', { name: `${'x'.repeat(99)} y` }, { name: 'x'.repeat(99), locale: 'en' }],
    ['a name that is an object', { name: { first: 'Ada' } }, { name: 'new', locale: 'en' }],
    ['a name that is empty', { name: '', full_name: 'Ada' }, { name: 'Ada', locale: 'en' }],
    ['a locale that is none', { locale: "en'; drop table" }, { name: 'new', locale: 'en' }],
    ['metadata that is a list', ['Ada'], { name: 'new', locale: 'en' }],
    ['metadata that is a text', 'Ada', { name: 'new', locale: 'en' }],
    ['no metadata', null, { name: 'new', locale: 'en' }],
  ])('with %s makes a presentable profile', (_, metadata, expected) =>
    story(async (client) => {
      expect(await signUp(client, metadata)).toEqual({ ...expected, email: 'new@example.com' })
    })(),
  )

  it(
    'without an address makes a profile too',
    story(async (client) => {
      expect(await signUp(client, {}, null)).toEqual({ name: 'User', email: null, locale: 'en' })
    }),
  )

  it(
    'keeps the address in step with the account, and ends with it',
    story(async (client) => {
      await signUp(client, {})
      await client.query("update auth.users set email = 'other@example.com' where id = $1", [newcomer])
      const { rows } = await client.query('select email from public.profiles where id = $1', [newcomer])
      expect(rows).toEqual([{ email: 'other@example.com' }])
      await client.query('delete from auth.users where id = $1', [newcomer])
      expect((await client.query('select from public.profiles where id = $1', [newcomer])).rowCount).toBe(0)
    }),
  )
})

it(
  'an account that goes leaves its workspaces to the others',
  story(async (client) => {
    await client.query("update public.workspace_members set role_key = 'admin' where user_id = $1", [
      ids.member,
    ])
    await client.query('delete from auth.users where id = $1', [ids.admin])
    const { rows } = await client.query('select created_by from public.workspaces where id = $1', [ours])
    expect(rows).toEqual([{ created_by: null }])
  }),
)

describe('reading profiles', () => {
  it(
    'shows colleagues with their addresses, and nobody else',
    story(async (client) => {
      const { rows } = await actAs(client, member, 'select email from public.profiles order by id')
      expect(rows.map((row) => row.email)).toEqual([
        'admin@example.com',
        'member@example.com',
        'viewer@example.com',
        'suspended@example.com',
      ])
    }),
  )

  it.each([
    ['outsider', outsider, ids.outsider],
    ['suspended admin', suspended, ids.suspended],
  ])('shows the %s themselves alone', (_, actor, id) =>
    story(async (client) => {
      const { rows } = await actAs(client, actor, 'select id from public.profiles')
      expect(rows).toEqual([{ id }])
    })(),
  )

  it(
    'shows people once they share one of several workspaces',
    story(async (client) => {
      await client.query("insert into public.workspace_members values ($1, $2, 'viewer')", [
        theirs,
        ids.member,
      ])
      expect((await actAs(client, member, 'select from public.profiles')).rowCount).toBe(5)
      expect((await actAs(client, outsider, 'select from public.profiles')).rowCount).toBe(2)
    }),
  )

  it(
    'is denied to anonymous callers',
    story(async (client) => {
      await expect(actAs(client, anonymous, 'select from public.profiles')).rejects.toMatchObject(denied)
    }),
  )
})

describe('changing profiles', () => {
  it(
    'lets a person set name, avatar and locale',
    story(async (client) => {
      await putAvatar(client, `${ids.member}/me.png`)
      const { rows } = await actAs(
        client,
        member,
        `update public.profiles set name = ' Me ', avatar_path = $2, locale = 'de' where id = $1
       returning name, avatar_path, locale`,
        [ids.member, `${ids.member}/me.png`],
      )
      expect(rows).toEqual([{ name: 'Me', avatar_path: `${ids.member}/me.png`, locale: 'de' }])
    }),
  )

  it(
    "changes nothing of another's, not even for an admin",
    story(async (client) => {
      const { rowCount } = await actAs(
        client,
        admin,
        "update public.profiles set name = 'Fool' where id <> $1",
        [ids.admin],
      )
      expect(rowCount).toBe(0)
      const { rows } = await actAs(client, member, 'select name from public.profiles where id = $1', [
        ids.member,
      ])
      expect(rows).toEqual([{ name: 'member' }])
    }),
  )

  it.each(['id', 'email', 'created_at', 'updated_at'])('denies the column %s', (column) =>
    story(async (client) => {
      const sql = `update public.profiles set ${column} = ${column} where id = '${ids.member}'`
      await expect(actAs(client, member, sql)).rejects.toMatchObject(denied)
    })(),
  )

  it.each([
    `insert into public.profiles (id, name) values ('${newcomer}', 'Ghost')`,
    `delete from public.profiles where id = '${ids.member}'`,
  ])('denies even the service role: %s', (sql) =>
    story(async (client) => {
      await expect(actAs(client, member, sql)).rejects.toMatchObject(denied)
      await expect(actAs(client, service, sql)).rejects.toMatchObject(denied)
    })(),
  )

  it.each([
    ['name', ''],
    ['name', 'x'.repeat(101)],
    ['name', null],
    ['locale', 'English'],
    ['locale', null],
    ['avatar_path', 'me.png'],
    ['avatar_path', `${ids.admin}/me.png`],
    ['avatar_path', `${ids.member}/../${ids.admin}/me.png`],
    ['avatar_path', `${ids.member}/${'x'.repeat(255)}`],
  ])('refuses %s = %j by its field', (field, value) =>
    story(async (client) => {
      const attempt = actAs(client, member, `update public.profiles set ${field} = $1 where id = $2`, [
        value,
        ids.member,
      ])
      expect(await clientError(attempt)).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: field,
        hint: expect.stringMatching(/\.$/),
      })
    })(),
  )
})

it(
  'the path of a picture has at most 255 characters',
  story(async (client) => {
    const choose = (path: string) =>
      actAs(client, member, 'update public.profiles set avatar_path = $1 where id = $2', [path, ids.member])
    const [path, longer] = [218, 219].map((length) => `${ids.member}/${'x'.repeat(length)}`)
    for (const each of [path, longer]) await putAvatar(client, String(each))
    await choose(String(path))
    expect(await clientError(choose(String(longer)))).toMatchObject({
      code: 'invalid_input',
      message: 'The picture must lie in your own folder.',
    })
    const { rows } = await client.query('select avatar_path from public.profiles where id = $1', [ids.member])
    expect(rows).toEqual([{ avatar_path: path }])
  }),
)

describe('what a person says of themselves', () => {
  const write = (client: pg.Client, bio: string | null, id = ids.member) =>
    actAs<{ bio: string }>(
      client,
      member,
      'update public.profiles set bio = $1 where id = $2 returning bio',
      [bio, id],
    )

  it(
    'is one clean line of at most 500 characters, which members of the workspace read',
    story(async (client) => {
      expect((await write(client, '  Paints\n <3 ')).rows).toEqual([{ bio: 'Paints <3' }])
      const { rows } = await actAs<{ one: unknown }>(
        client,
        admin,
        'select public.get_member($1, $2) as one',
        [ours, ids.member],
      )
      expect(rows[0]?.one).toMatchObject({ bio: 'Paints <3' })
      expect((await write(client, 'x'.repeat(500))).rowCount).toBe(1)
      for (const bad of ['x'.repeat(501), '<img src=x>', null])
        expect(await clientError(write(client, bad))).toMatchObject({ code: 'invalid_input', details: 'bio' })
      expect((await write(client, '')).rows).toEqual([{ bio: '' }])
    }),
  )

  it(
    'is theirs to write alone',
    story(async (client) => {
      expect((await write(client, 'Mine', ids.admin)).rowCount).toBe(0)
    }),
  )
})
