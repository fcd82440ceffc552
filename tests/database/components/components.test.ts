import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { availableComponentSchema } from '../../../types/component.ts'
import {
  available,
  contractComponents,
  gauge,
  publish,
  publishedVersions,
} from '../../support/dashboards/components.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveRole } from '../../support/people/members.ts'

const story = policySuite()
const premiumStory = onPremium(story)

it(
  'a component may be used with an allowed role, as an admin, and never without an active membership',
  story(async (client) => {
    const may = async (actor: Actor) => {
      const { rows } = await actAs(client, actor, 'select private.may_use_component($1, $2) as may', [
        ours,
        ['member'],
      ])
      return rows[0]?.may
    }
    const answers: unknown[] = []
    for (const actor of [admin, member, viewer, suspended, outsider]) answers.push(await may(actor))
    expect(answers).toEqual([true, true, false, false, false])
  }),
)

describe('built-in components', () => {
  it(
    'are those of the contract, as they are and in their order',
    story(async (client) => {
      const list = (await available(client, admin)).map((each) => availableComponentSchema.parse(each))
      expect(
        list.map(
          ({
            configSchema: _c,
            dataSchema: _d,
            kind,
            isManaged,
            version,
            title,
            description,
            ...document
          }) => {
            expect({ kind, isManaged, version, title, description }).toEqual({
              kind: 'built_in',
              isManaged: false,
              version: null,
              title: null,
              description: null,
            })
            return document
          },
        ),
      ).toEqual(contractComponents)
    }),
  )

  const forViewers = contractComponents.filter(({ allowedRoles }) => allowedRoles.includes('viewer'))
  const forAnalysts = contractComponents.filter(({ allowedRoles }) => allowedRoles.includes('analyst'))
  it.each<[string, string, string[], { id: string }[]]>([
    ['who may change dashboards', 'editor', ['components.read', 'dashboards.write'], contractComponents],
    ['who may only read', 'guest', ['components.read'], forViewers],
    ['whose role is listed', 'analyst', ['components.read'], [...forAnalysts, ...forViewers]],
  ])('are for those %s', (_name, role, permissions, expected) =>
    story(async (client) => {
      await giveRole(client, role, permissions, [ids.member])
      const keys = new Set(expected.map(({ id }) => id))
      const wanted = contractComponents.map(({ id }) => id).filter((id) => keys.has(id))
      expect((await available(client, member)).map(({ id }) => id)).toEqual(wanted)
      for (const { id } of contractComponents)
        if (keys.has(id))
          expect(await call(client, member, 'get_component', [ours, id])).toMatchObject({ id })
        else
          expect(await clientError(call(client, member, 'get_component', [ours, id]))).toMatchObject({
            status: 404,
            code: 'not_found',
            details: 'key',
          })
    })(),
  )

  it(
    'are for all members by the role that they have, and for nobody else',
    story(async (client) => {
      expect(await available(client, member)).toHaveLength(11)
      expect((await available(client, viewer)).map(({ id }) => id)).toEqual(['recent-orders'])
      for (const actor of [outsider, suspended])
        expect(await clientError(available(client, actor))).toMatchObject({
          status: 404,
          code: 'not_found',
          details: 'workspace_id',
        })
      await giveRole(client, 'manager', ['dashboards.read', 'dashboards.write'], [ids.member])
      expect(await clientError(available(client, member))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'components.read',
      })
    }),
  )
})

it(
  'widgets of a built-in component are seen by those for whom it is now, and by nobody else',
  story(async (client) => {
    await insertWidget(client, { view_id: await insertView(client), component_key: 'total-revenue' })
    const seen = async () => {
      const counts: (number | null)[] = []
      for (const actor of [member, viewer])
        counts.push((await actAs(client, actor, 'select from public.widgets')).rowCount)
      return counts
    }
    expect(await seen()).toEqual([1, 0])
    for (const [roles, expected] of [
      ['{viewer}', [0, 1]],
      ['{member,viewer}', [1, 1]],
      ['{admin}', [0, 0]],
    ] as const) {
      await client.query('update public.built_in_components set allowed_roles = $1 where key = $2', [
        roles,
        'total-revenue',
      ])
      expect(await seen(), roles).toEqual(expected)
    }
  }),
)

describe('deleting', () => {
  it(
    'takes a component with its versions, and is for members with components.write',
    premiumStory(async (client) => {
      await publish(client, member, gauge)
      await publish(client, member, { ...gauge, version: '1.1.0' })
      const remove = (actor: Actor, key = 'gauge', workspaceId = ours) =>
        call(client, actor, 'delete_component', [workspaceId, key])
      expect(await clientError(remove(viewer))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'components.write',
      })
      expect(await clientError(remove(outsider))).toMatchObject({
        code: 'not_found',
        details: 'workspace_id',
      })
      expect(await clientError(remove(member, 'total-revenue'))).toMatchObject({
        code: 'conflict',
        details: 'key',
        message: 'This component comes with the product.',
      })
      for (const key of ['nothing', ''])
        expect(await clientError(remove(member, key))).toMatchObject({
          status: 404,
          code: 'not_found',
          details: 'key',
        })
      expect(await publishedVersions(client)).toEqual(['gauge 1.0.0', 'gauge 1.1.0'])

      await remove(member)
      expect(await publishedVersions(client)).toEqual([])
      const { rows } = await client.query(
        "select action, row_id from public.audit_log where table_name = 'components'",
      )
      expect(rows).toHaveLength(2)
      expect(rows).toContainEqual({ action: 'delete', row_id: 'gauge' })
    }),
  )

  it(
    'of an account leaves what it published',
    premiumStory(async (client) => {
      await publish(client, member, gauge)
      await call(client, member, 'delete_my_account', [])
      const { rows } = await client.query(
        `select created_by, published_by from public.components join public.component_versions
         on component_key = key`,
      )
      expect(rows).toEqual([{ created_by: null, published_by: null }])
    }),
  )
})

describe('another workspace', () => {
  it(
    'neither sees nor uses nor takes away a component of this one',
    premiumStory(async (client) => {
      await publish(client, member, gauge)
      expect((await available(client, outsider, theirs)).map(({ id }) => id)).not.toContain('gauge')
      for (const name of ['get_component', 'delete_component'])
        expect(await clientError(call(client, outsider, name, [theirs, 'gauge'])), name).toMatchObject({
          status: 404,
          code: 'not_found',
          details: 'key',
        })
      // Under the same key it has its own.
      await publish(client, outsider, { ...gauge, version: '0.1.0', type: 'list', title: 'Theirs' }, theirs)
      expect(await call(client, outsider, 'get_component', [theirs, 'gauge'])).toMatchObject({
        version: '0.1.0',
        title: 'Theirs',
      })
      await call(client, outsider, 'delete_component', [theirs, 'gauge'])
      expect(await publishedVersions(client)).toEqual(['gauge 1.0.0'])
    }),
  )
})

describe('what a layout asks', () => {
  const versionOf = async (client: pg.Client, key: string, version: string | null, workspaceId = ours) =>
    (
      await actAs(client, member, 'select * from private.component_version_of($1, $2, $3)', [
        workspaceId,
        key,
        version,
      ])
    ).rows[0]
  const unknown = {
    is_built_in: null,
    version: null,
    config_schema: null,
    default_config: null,
    allowed_roles: null,
  }

  it(
    'is answered for built-in components, for each version of one’s own, and for no others',
    premiumStory(async (client) => {
      await publish(client, member, gauge)
      await publish(client, member, { ...gauge, version: '1.1.0', allowedRoles: ['admin'] })
      expect(await versionOf(client, 'total-revenue', null)).toMatchObject({
        is_built_in: true,
        version: null,
        default_config: { compareMode: 'previousPeriod', showTrend: true },
        allowed_roles: ['admin', 'manager', 'analyst'],
      })
      expect(await versionOf(client, 'gauge', null)).toMatchObject({
        is_built_in: false,
        version: '1.1.0',
        config_schema: gauge.configSchema,
      })
      expect(await versionOf(client, 'gauge', '1.0.0')).toMatchObject({
        version: '1.0.0',
        // Of the latest version, since those count.
        allowed_roles: ['admin'],
      })
      expect(await versionOf(client, 'total-revenue', '1.0.0')).toEqual(unknown)
      expect(await versionOf(client, 'gauge', '9.9.9')).toEqual(unknown)
      expect(await versionOf(client, 'gauge', null, theirs)).toEqual(unknown)
      expect(await versionOf(client, 'nothing', null)).toEqual(unknown)
    }),
  )

  it(
    'is answered with the path of what is wrong in a configuration, below the one that is given',
    story(async (client) => {
      const problem = async (config: unknown) =>
        (
          await actAs<{ problem: Record<string, string> | null }>(
            client,
            member,
            `select private.config_problem('widgets.3.config', $1, config_schema) as problem
             from public.built_in_components where key = 'activity-feed'`,
            [JSON.stringify(config)],
          )
        ).rows[0]?.problem
      expect(await problem({ limit: 10, filterTypes: ['all'] })).toBeNull()
      for (const [config, path] of [
        [{ limit: 0 }, 'widgets.3.config.limit'],
        [{ limit: '10' }, 'widgets.3.config.limit'],
        [{ filterTypes: ['all', 'secret'] }, 'widgets.3.config.filterTypes.1'],
        [{ colour: 'secret' }, 'widgets.3.config.colour'],
        [{ 'secret key': 1 }, 'widgets.3.config'],
        [[], 'widgets.3.config'],
      ] as const) {
        const found = await problem(config)
        expect(found, path).toMatchObject({ path, message: expect.any(String), hint: expect.any(String) })
        expect(JSON.stringify(found)).not.toContain('secret')
      }
    }),
  )
})
