import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { makeTheme } from '../../support/dashboards/themes.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, member, ours, viewer } from '../../support/people/cast.ts'

const story = policySuite()

describe('the active theme', () => {
  const active = (client: pg.Client, actor: Actor) =>
    call<{ id: string; source: string }>(client, actor, 'active_theme', [ours])

  it(
    'is the person’s, else the workspace’s default, else the product’s',
    story(async (client) => {
      expect(await active(client, viewer)).toMatchObject({ id: 'default', source: 'built_in' })
      const shared = await makeTheme(client, member)
      await call(client, admin, 'set_default_theme', [ours, shared])
      expect(await active(client, viewer)).toMatchObject({ id: shared, source: 'workspace' })
      expect(await call(client, viewer, 'activate_theme', [ours, 'forest'])).toMatchObject({
        id: 'forest',
        source: 'person',
      })
      const list = await call<Record<string, unknown>[]>(client, viewer, 'list_themes', [ours])
      expect(list.filter(({ isActive }) => isActive).map(({ id }) => id)).toEqual(['forest'])
      expect(list.filter(({ isWorkspaceDefault }) => isWorkspaceDefault).map(({ id }) => id)).toEqual([
        shared,
      ])
      await call(client, viewer, 'activate_theme', [ours, null])
      await call(client, admin, 'set_default_theme', [ours, null])
      expect(await active(client, viewer)).toMatchObject({ id: 'default', source: 'built_in' })
    }),
  )

  it(
    'falls back when the theme is deleted, at each step',
    story(async (client) => {
      const [mine, shared] = [await makeTheme(client, member, 'personal'), await makeTheme(client, member)]
      await call(client, admin, 'set_default_theme', [ours, shared])
      await call(client, member, 'activate_theme', [ours, mine])
      await actAs(client, member, 'delete from public.themes where id = $1', [mine])
      expect(await active(client, member)).toMatchObject({ id: shared, source: 'workspace' })
      await actAs(client, admin, 'delete from public.themes where id = $1', [shared])
      expect(await active(client, member)).toMatchObject({ id: 'default', source: 'built_in' })
    }),
  )

  it(
    'is set for a workspace by who may change the workspace, to a theme that everyone sees',
    story(async (client) => {
      expect(await clientError(call(client, member, 'set_default_theme', [ours, 'ocean']))).toMatchObject({
        code: 'permission_denied',
      })
      const own = await makeTheme(client, admin, 'personal')
      expect(await clientError(call(client, admin, 'set_default_theme', [ours, own]))).toMatchObject({
        code: 'invalid_input',
        details: 'theme_id',
      })
      expect((await client.query('select from public.default_themes')).rowCount).toBe(0)
    }),
  )
})
