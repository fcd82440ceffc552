import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, member, ours } from '../../support/people/cast.ts'
import { giveRole } from '../../support/people/members.ts'
import { refused } from '../../support/people/workspace-life.ts'

const story = policySuite()

describe('update_workspace_settings', () => {
  const patch = (client: pg.Client, actor: Actor, value: unknown, workspaceId = ours) =>
    actAs(client, actor, 'select public.update_workspace_settings($1, $2::jsonb) as settings', [
      workspaceId,
      value === undefined ? null : JSON.stringify(value),
    ])

  // The examples of RFC 7396, appendix A, whose results are objects.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    [{ a: 'b' }, {}, { a: 'b' }],
  ])('merges into %j the patch %j', (before, value, after) =>
    story(async (client) => {
      await client.query('update public.workspaces set settings = $1 where id = $2', [before, ours])
      expect((await patch(client, admin, value)).rows).toEqual([{ settings: after }])
      const { rows } = await client.query('select settings from public.workspaces order by id')
      expect(rows).toEqual([{ settings: after }, { settings: {} }])
    })(),
  )

  it.each(refused)('refuses the %s and changes nothing', (_, actor, status, code) =>
    story(async (client) => {
      expect(await clientError(patch(client, actor, { a: 1 }))).toMatchObject({ status, code })
      const { rows } = await client.query('select settings from public.workspaces where id = $1', [ours])
      expect(rows).toEqual([{ settings: {} }])
    })(),
  )

  it.each(['workspace.update', 'workspace.read'])('names %s to whom it is what is missing', (missing) =>
    story(async (client) => {
      const both = ['workspace.update', 'workspace.read']
      await giveRole(
        client,
        'keeper',
        both.filter((key) => key !== missing),
        [ids.member],
      )
      expect(await clientError(patch(client, member, { a: 1 }))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: missing,
      })
      await client.query("update public.workspace_roles set permissions = $1 where key = 'keeper'", [both])
      expect((await patch(client, member, { a: 1 })).rows).toEqual([{ settings: { a: 1 } }])
    })(),
  )

  it.each([
    ['nothing', undefined, 'patch'],
    ['null', null, 'patch'],
    ['a list', [1], 'patch'],
    ['a text', 'dark', 'patch'],
    ['33 levels', nested(33), 'patch'],
    ['2,000 levels', nested(2_000), 'patch'],
    ['more than 64 KiB', { text: 'x'.repeat(65_536) }, 'patch'],
    ['very many members', Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`${n}`, 1])), 'patch'],
    ['more than 32 KiB', { a: 'x'.repeat(32_768) }, 'settings'],
    [
      'as many members as a patch has',
      Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`${n}`, 1])),
      'settings',
    ],
  ])('refuses %s', (_, value, details) =>
    story(async (client) => {
      expect(await clientError(patch(client, admin, value))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details,
      })
    })(),
  )

  it(
    'takes 32 levels',
    story(async (client) => {
      expect((await patch(client, admin, nested(32))).rows).toEqual([{ settings: nested(32) }])
    }),
  )

  it('loses neither of two patches at the same moment', async () => {
    await using sessions = await openDatabase()
    const { observer: one } = sessions
    const other = await sessions.connect()
    await createCast(one)
    await one.query('begin')
    await other.query('begin')
    await patch(one, admin, { one: 1 })
    const waiting = patch(other, admin, { other: 1 })
    await one.query('commit')
    expect((await waiting).rows).toEqual([{ settings: { one: 1, other: 1 } }])
  })
})

function nested(levels: number): unknown {
  let value: unknown = {}
  for (let level = 1; level < levels; level += 1) value = { a: value }
  return value
}
