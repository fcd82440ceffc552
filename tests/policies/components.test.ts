import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import {
  type AvailableComponent,
  availableComponentSchema,
  type CustomComponent,
} from '../../types/component.ts'
import { type Actor, actAs, clientError, service } from '../support/act.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../support/cast.ts'
import { contractComponents, gauge, insertComponent } from '../support/components.ts'
import { policySuite } from '../support/policy-suite.ts'

const story = policySuite()

async function call<T>(client: pg.Client, actor: Actor, name: string, values: unknown[]): Promise<T> {
  const list = values.map((_, index) => `$${index + 1}`).join(', ')
  const { rows } = await actAs<{ answer: T }>(
    client,
    actor,
    `select public.${name}(${list}) as answer`,
    values,
  )
  if (!rows[0]) throw new Error(`${name} gave nothing.`)
  return rows[0].answer
}

const publish = (client: pg.Client, actor: Actor, document: unknown, workspaceId = ours) =>
  call<AvailableComponent>(client, actor, 'publish_component', [workspaceId, JSON.stringify(document)])

const available = (client: pg.Client, actor: Actor, workspaceId = ours) =>
  call<AvailableComponent[]>(client, actor, 'available_components', [workspaceId])

const setPlan = (client: pg.Client, plan: string, workspaceId = ours) =>
  client.query('update public.workspaces set plan_type = $1 where id = $2', [plan, workspaceId])

/** A story in which both workspaces are premium. */
const premiumStory = (tell: (client: pg.Client) => Promise<void>) =>
  story(async (client) => {
    for (const workspaceId of [ours, theirs]) await setPlan(client, 'premium', workspaceId)
    await tell(client)
  })

const versionsOf = async (client: pg.Client) =>
  (
    await client.query<{ name: string }>(
      `select component_key || ' ' || version as name from public.component_versions order by private.version_order(version)`,
    )
  ).rows.map(({ name }) => name)

/** Gives the member of `ours` a role of the workspace's own. */
async function giveRole(client: pg.Client, key: string, permissions: string[]): Promise<void> {
  await client.query(
    'insert into public.workspace_roles (workspace_id, key, name, permissions) values ($1, $2, $2, $3)',
    [ours, key, permissions],
  )
  await client.query(
    'update public.workspace_members set role_key = $1 where workspace_id = $2 and user_id = $3',
    [key, ours, ids.member],
  )
}

describe('built-in components', () => {
  it(
    'are those of the contract, as they are and in their order',
    story(async (client) => {
      const list = (await available(client, admin)).map((each) => availableComponentSchema.parse(each))
      expect(
        list.map(({ configSchema: _c, dataSchema: _d, kind, version, title, description, ...document }) => {
          expect({ kind, version, title, description }).toEqual({
            kind: 'built_in',
            version: null,
            title: null,
            description: null,
          })
          return document
        }),
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
      await giveRole(client, role, permissions)
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
      await giveRole(client, 'manager', ['dashboards.read', 'dashboards.write'])
      expect(await clientError(available(client, member))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'components.read',
      })
    }),
  )
})

describe('publishing', () => {
  it(
    'makes a component that comes out as it went in, and is noted',
    premiumStory(async (client) => {
      const made = availableComponentSchema.parse(await publish(client, member, gauge))
      expect(made).toMatchObject({ ...gauge, kind: 'custom', titleKey: null })
      const { rows } = await client.query(
        `select c.created_by, v.published_by, v.data_schema, t.data_schema as of_type
         from public.components c
         join public.component_versions v on v.component_key = c.key
         join public.component_types t on t.key = c.type`,
      )
      expect(rows).toEqual([
        { created_by: ids.member, published_by: ids.member, data_schema: null, of_type: made.dataSchema },
      ])
      const audit = await client.query(
        `select table_name, action, row_id, changes -> 'config_schema' as schema from public.audit_log
         where table_name like 'component%' order by table_name`,
      )
      expect(audit.rows).toEqual([
        { table_name: 'component_versions', action: 'insert', row_id: 'gauge,1.0.0', schema: {} },
        { table_name: 'components', action: 'insert', row_id: 'gauge', schema: null },
      ])
      expect((await available(client, viewer)).map(({ id }) => id)).toEqual(['recent-orders', 'gauge'])
    }),
  )

  it(
    'gives higher versions only, each for good, and the latest counts',
    premiumStory(async (client) => {
      await publish(client, member, gauge)
      await publish(client, member, { ...gauge, version: '1.10.0', title: 'Tank' })
      for (const version of ['1.0.0', '1.9.9', '1.10.0', '0.99.99'])
        expect(await clientError(publish(client, member, { ...gauge, version }))).toMatchObject({
          status: 409,
          code: 'conflict',
          details: '1.10.0',
        })
      expect(
        await clientError(publish(client, member, { ...gauge, version: '2.0.0', type: 'list' })),
      ).toMatchObject({ code: 'conflict', details: 'type' })
      expect(await versionsOf(client)).toEqual(['gauge 1.0.0', 'gauge 1.10.0'])

      const get = (values: unknown[]) => call(client, viewer, 'get_component', [ours, 'gauge', ...values])
      expect(await get([])).toMatchObject({ version: '1.10.0', title: 'Tank' })
      expect(await get(['1.0.0'])).toMatchObject({ version: '1.0.0', title: 'Gauge' })
      expect(await clientError(get(['3.0.0']))).toMatchObject({ code: 'not_found', details: 'key' })
      expect((await available(client, viewer)).filter(({ id }) => id === 'gauge')).toMatchObject([
        { version: '1.10.0' },
      ])
      for (const actor of [admin, service])
        for (const table of ['components', 'component_versions'])
          for (const sql of [
            `update public.${table} set workspace_id = workspace_id`,
            `delete from public.${table}`,
          ])
            await expect(actAs(client, actor, sql)).rejects.toMatchObject({ code: '42501' })
    }),
  )

  it(
    'with fewer allowed roles shuts out the others from the old versions too',
    premiumStory(async (client) => {
      await publish(client, member, gauge)
      await publish(client, member, { ...gauge, version: '1.1.0', allowedRoles: ['admin'] })
      expect((await available(client, viewer)).map(({ id }) => id)).toEqual(['recent-orders'])
      expect(
        await clientError(call(client, viewer, 'get_component', [ours, 'gauge', '1.0.0'])),
      ).toMatchObject({ code: 'not_found', details: 'key' })
      for (const table of ['components', 'component_versions'])
        expect((await actAs(client, viewer, `select from public.${table}`)).rowCount).toBe(0)
      // Who may publish sees it, and does not find it among what they may use.
      expect(await call(client, member, 'get_component', [ours, 'gauge'])).toMatchObject({ version: '1.1.0' })
      expect((await available(client, member)).map(({ id }) => id)).not.toContain('gauge')
      expect((await available(client, admin)).map(({ id }) => id)).toContain('gauge')
    }),
  )

  it(
    'is for members with components.write on the premium plan',
    story(async (client) => {
      const refusals: [Actor, string, string][] = [
        [viewer, 'permission_denied', 'components.write'],
        [outsider, 'not_found', 'workspace_id'],
        [suspended, 'not_found', 'workspace_id'],
        [member, 'payment_required', 'custom_components'],
      ]
      for (const [actor, code, details] of refusals)
        expect(await clientError(publish(client, actor, gauge))).toMatchObject({ code, details })
      expect(await versionsOf(client)).toEqual([])

      await setPlan(client, 'premium')
      await publish(client, member, gauge)
      await setPlan(client, 'free')
      expect(await clientError(publish(client, member, { ...gauge, version: '1.0.1' }))).toMatchObject({
        status: 402,
        code: 'payment_required',
      })
      // What there is stays of use.
      expect((await available(client, viewer)).map(({ id }) => id)).toContain('gauge')
      await call(client, member, 'delete_component', [ours, 'gauge'])
      expect(await versionsOf(client)).toEqual([])
    }),
  )

  it(
    'ends where a workspace has 200 components, or a component 100 versions',
    premiumStory(async (client) => {
      for (let n = 1; n <= 100; n++) await insertComponent(client, ours, { version: `1.0.${n}` })
      expect(await clientError(publish(client, member, { ...gauge, version: '2.0.0' }))).toMatchObject({
        status: 409,
        code: 'conflict',
        details: '100',
      })
      for (let n = 1; n <= 198; n++) await insertComponent(client, ours, { id: `other-${n}` })
      await publish(client, member, { ...gauge, id: 'last' })
      expect(await clientError(publish(client, member, { ...gauge, id: 'one-more' }))).toMatchObject({
        code: 'conflict',
        details: '200',
      })
      await publish(client, member, { ...gauge, id: 'last', version: '1.0.1' })
      await publish(client, outsider, gauge, theirs)
    }),
  )

  const properties = gauge.configSchema.properties
  const deepSchema = (levels: number): object =>
    levels === 1 ? { type: 'object' } : { type: 'object', properties: { a: deepSchema(levels - 1) } }
  const withSchema = (configSchema: unknown) => ({ ...gauge, configSchema })
  it.each<[string, string, unknown]>([
    ['that is no object', '', 'secret'],
    ['that is none at all', '', null],
    ['with a key that is not known', 'extra', { ...gauge, extra: 'secret' }],
    ['with a prototype', '__proto__', JSON.parse(`{"__proto__": {}, ${JSON.stringify(gauge).slice(1)}`)],
    ['with the id of a built-in component', 'id', { ...gauge, id: 'total-revenue' }],
    ['with an id of markup', 'id', { ...gauge, id: '<script>' }],
    ['of a type that is not known', 'type', { ...gauge, type: 'secret' }],
    ['without a version', 'version', { ...gauge, version: '1.0' }],
    ['without a title', 'title', { ...gauge, title: ' \u200b' }],
    ['with a title of 5 MB', 'title', { ...gauge, title: 'x'.repeat(5_000_000) }],
    ['for a role that cannot be', 'allowedRoles.1', { ...gauge, allowedRoles: ['viewer', 'secret role'] }],
    ['for a role twice', 'allowedRoles.0', { ...gauge, allowedRoles: ['viewer', 'member', 'viewer'] }],
    ['for 100,000 roles', 'allowedRoles', { ...gauge, allowedRoles: Array(100_000).fill('secret') }],
    ['that is never as wide as it is', 'sizeConfig.defaultWidth', withSize({ defaultWidth: 3 })],
    ['that is wider than the grid', 'sizeConfig.maxWidth', withSize({ maxWidth: 5 })],
    ['whose configuration its schema refuses', 'defaultConfig.limit', withDefault({ unit: 'l', limit: 101 })],
    ['whose configuration lacks something', 'defaultConfig.unit', withDefault({})],
    ['without a schema', 'configSchema', withSchema(null)],
    ['with a schema of a list', 'configSchema.type', withSchema({ type: 'array' })],
    [
      'with a pattern',
      'configSchema.properties.a.pattern',
      withProperty({ type: 'string', pattern: '(a+)+' }),
    ],
    ['with a reference', 'configSchema.properties.a', withProperty({ $ref: '#' })],
    ['with a combination', 'configSchema.anyOf', withSchema({ type: 'object', anyOf: [] })],
    [
      'with a schema for the rest',
      'configSchema.additionalProperties',
      withSchema({ type: 'object', additionalProperties: {} }),
    ],
    [
      'with a prototype in the schema',
      'configSchema.properties',
      withSchema(JSON.parse('{"type": "object", "properties": {"__proto__": {}}}')),
    ],
    ['with a schema of 9 levels', `configSchema${'.properties.a'.repeat(8)}`, withSchema(deepSchema(9))],
    ['with a schema of 400 levels', `configSchema${'.properties.a'.repeat(8)}`, withSchema(deepSchema(400))],
    [
      'with a schema of 5 MB',
      'configSchema',
      withSchema({ ...gauge.configSchema, description: 'x'.repeat(5_000_000) }),
    ],
    ['with a broken schema of its data', 'dataSchema.type', { ...gauge, dataSchema: { type: 'secret' } }],
  ])('a document %s is refused with its path, and nothing is written', (_name, path, document) =>
    premiumStory(async (client) => {
      const error = await clientError(publish(client, member, document))
      expect(error).toMatchObject({ status: 400, code: 'invalid_input', details: path })
      expect(JSON.stringify(error)).not.toMatch(/secret|script|xxxx|\(a\+/)
      expect(await versionsOf(client)).toEqual([])
      expect((await client.query('select from public.components')).rowCount).toBe(0)
    })(),
  )

  function withSize(size: Partial<CustomComponent['sizeConfig']>) {
    return { ...gauge, sizeConfig: { ...gauge.sizeConfig, ...size } }
  }
  function withDefault(defaultConfig: unknown) {
    return { ...gauge, defaultConfig }
  }
  function withProperty(a: unknown) {
    return withSchema({ type: 'object', properties: { ...properties, a } })
  }
})

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
      for (const key of ['total-revenue', 'nothing', ''])
        expect(await clientError(remove(member, key))).toMatchObject({
          status: 404,
          code: 'not_found',
          details: 'key',
        })
      expect(await versionsOf(client)).toEqual(['gauge 1.0.0', 'gauge 1.1.0'])

      await remove(member)
      expect(await versionsOf(client)).toEqual([])
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
      expect(await versionsOf(client)).toEqual(['gauge 1.0.0'])
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
