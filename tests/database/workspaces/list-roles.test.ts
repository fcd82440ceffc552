import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { rolesSchema } from '../../../types/member.ts'
import { type Actor, actAs, anonymous, clientError } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

const story = policySuite()

async function list(client: pg.Client, actor: Actor, workspaceId = ours) {
  const { rows } = await actAs<{ roles: unknown }>(client, actor, 'select public.list_roles($1) as roles', [
    workspaceId,
  ])
  return rolesSchema.parse(rows[0]?.roles)
}

describe('list_roles', () => {
  it(
    'gives each role by name, with how many people have it, suspended ones too',
    story(async (client) => {
      await giveCustomRole(client, 'editor', ['workspace.read', 'members.read'], [ids.member])
      await client.query("update public.workspace_roles set name = 'Ältere' where key = 'editor'")
      expect((await list(client, viewer)).map(({ key, memberCount }) => [key, memberCount])).toEqual([
        ['admin', 2],
        ['editor', 1],
        ['member', 0],
        ['viewer', 1],
      ])
      expect((await list(client, member))[1]).toEqual({
        key: 'editor',
        name: 'Ältere',
        description: '',
        isBuiltIn: false,
        isManaged: false,
        permissions: ['workspace.read', 'members.read'].sort(),
        memberCount: 1,
      })
    }),
  )

  it(
    'counts nobody for who may not see members',
    story(async (client) => {
      await giveCustomRole(client, 'loner', ['workspace.read'], [ids.member])
      expect((await list(client, member)).map(({ memberCount }) => memberCount)).toEqual(Array(4).fill(null))
    }),
  )

  it(
    'is refused without workspace.read, to strangers and to who is suspended',
    story(async (client) => {
      await giveCustomRole(client, 'nobody', [], [ids.member])
      for (const actor of [member, outsider, suspended])
        expect(await clientError(list(client, actor))).toMatchObject({ status: 404, code: 'not_found' })
      await expect(list(client, anonymous)).rejects.toMatchObject({ code: '42501' })
    }),
  )
})

describe('the description of a role', () => {
  const describeRole = (
    client: pg.Client,
    description: string | null,
    key = 'editor',
    actor: Actor = admin,
  ) =>
    actAs<{ description: string }>(
      client,
      actor,
      'update public.workspace_roles set description = $1 where workspace_id = $2 and key = $3 returning description',
      [description, ours, key],
    )

  it(
    'is one clean line of at most 200 characters',
    story(async (client) => {
      await giveCustomRole(client, 'editor', ['workspace.read'])
      expect((await describeRole(client, '  Writes\nnews ')).rows).toEqual([{ description: 'Writes news' }])
      expect((await describeRole(client, 'x'.repeat(200))).rowCount).toBe(1)
      for (const bad of ['x'.repeat(201), '<b>bold</b>', null])
        expect(await clientError(describeRole(client, bad))).toMatchObject({
          status: 400,
          code: 'invalid_input',
          details: 'description',
        })
      expect((await describeRole(client, '')).rows).toEqual([{ description: '' }])
    }),
  )

  it(
    'is written by who may write roles, and of built-in ones by nobody',
    story(async (client) => {
      await giveCustomRole(client, 'editor', ['workspace.read'])
      expect((await describeRole(client, 'Mine', 'editor', member)).rowCount).toBe(0)
      expect(await clientError(describeRole(client, 'Mine', 'admin'))).toMatchObject({ code: 'conflict' })
    }),
  )
})
