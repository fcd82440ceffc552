import { describe, expect, it } from 'vitest'
import { availableComponentSchema, type CustomComponent } from '../../../types/component.ts'
import {
  available,
  gauge,
  insertComponent,
  publish,
  publishedVersions,
} from '../../support/dashboards/components.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveRole } from '../../support/people/members.ts'
import { lacksFeature, overEveryLimit, setPlan } from '../../support/people/plan.ts'

const story = policySuite()
const premiumStory = onPremium(story)

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
    'keeps a schema of its data, which goes before that of its type',
    premiumStory(async (client) => {
      const dataSchema = { type: 'object', properties: { total: { type: 'integer' } }, required: ['total'] }
      expect(await publish(client, member, { ...gauge, dataSchema })).toMatchObject({ dataSchema })
      expect(await call(client, viewer, 'get_component', [ours, 'gauge'])).toMatchObject({ dataSchema })
    }),
  )

  it(
    'keeps the keys under which a front end finds its title and description, of each version its own',
    premiumStory(async (client) => {
      const keys = { titleKey: 'widgets.gauge.title', descriptionKey: 'widgets.gauge_v1.description-1' }
      const made = availableComponentSchema.parse(await publish(client, member, { ...gauge, ...keys }))
      expect(made).toMatchObject({ ...gauge, ...keys })
      expect((await available(client, viewer)).find(({ id }) => id === 'gauge')).toMatchObject(keys)
      const later = { ...gauge, version: '1.1.0', titleKey: 'x'.repeat(200) }
      expect(await publish(client, member, later)).toMatchObject({
        titleKey: later.titleKey,
        descriptionKey: null,
      })
      expect(await call(client, viewer, 'get_component', [ours, 'gauge', '1.0.0'])).toMatchObject(keys)
      for (const key of ['titleKey', 'descriptionKey'])
        for (const value of ['', 'x'.repeat(201), 'a key', '<b>', 'größe', 1])
          expect(
            await clientError(publish(client, member, { ...gauge, version: '2.0.0', [key]: value })),
          ).toMatchObject({ code: 'invalid_input', details: key })
      expect(await publishedVersions(client)).toEqual(['gauge 1.0.0', 'gauge 1.1.0'])
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
      expect(await publishedVersions(client)).toEqual(['gauge 1.0.0', 'gauge 1.10.0'])

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
      // Whom another one is for says nothing of this one.
      await publish(client, member, { ...gauge, id: 'meter', allowedRoles: ['viewer'] })
      expect(await call(client, viewer, 'get_component', [ours, 'meter'])).toMatchObject({ id: 'meter' })
      expect(await clientError(call(client, viewer, 'get_component', [ours, 'gauge']))).toMatchObject({
        code: 'not_found',
        details: 'key',
      })
    }),
  )

  it(
    'is for roles that the workspace has, and those that stand for who arranges dashboards',
    premiumStory(async (client) => {
      const attempt = (allowedRoles: string[], version = '1.0.0') =>
        publish(client, member, { ...gauge, version, allowedRoles })
      for (const [roles, path] of [
        [['veiwer'], 'allowedRoles.0'],
        [['viewer', 'manager', 'guest'], 'allowedRoles.2'],
        [['viewer', 'veiwer', 'guest'], 'allowedRoles.1'],
      ] as const)
        for (const actor of [member, service])
          expect(
            await clientError(publish(client, actor, { ...gauge, allowedRoles: [...roles] })),
          ).toMatchObject({
            status: 400,
            code: 'invalid_input',
            details: path,
            message: 'There is no such role in this workspace.',
            hint: expect.stringContaining('"viewer"'),
          })
      // Nobody is told which roles there are who may not publish.
      for (const actor of [viewer, outsider])
        expect(
          await clientError(publish(client, actor, { ...gauge, allowedRoles: ['veiwer'] })),
        ).not.toMatchObject({ code: 'invalid_input' })
      expect(await publishedVersions(client)).toEqual([])
      await giveRole(client, 'guest', ['components.read'])
      await attempt(['guest', 'admin', 'manager', 'analyst', 'member', 'viewer'])
      // A role of elsewhere is none here.
      expect(
        await clientError(publish(client, outsider, { ...gauge, allowedRoles: ['guest'] }, theirs)),
      ).toMatchObject({ details: 'allowedRoles.0' })
    }),
  )

  it(
    'can be published again for the roles that stand there, as it is read',
    premiumStory(async (client) => {
      await insertComponent(client, ours, { allowedRoles: ['brought', 'viewer'] })
      const { allowedRoles } = await call<CustomComponent>(client, member, 'get_component', [ours, 'gauge'])
      expect(allowedRoles).toEqual(['brought', 'viewer'])
      await publish(client, member, { ...gauge, version: '1.1.0', allowedRoles })
      await giveRole(client, 'guest', ['components.read'])
      await publish(client, member, { ...gauge, version: '1.2.0', allowedRoles: ['brought', 'guest'] })
      await client.query("delete from public.workspace_roles where key = 'guest'")
      const left = await call<CustomComponent>(client, member, 'get_component', [ours, 'gauge'])
      expect(left.allowedRoles).toEqual(['brought'])
      await publish(client, member, { ...gauge, version: '1.3.0', allowedRoles: left.allowedRoles })
    }),
  )

  it(
    'for a role that goes is for no other that gets its key, and elsewhere stays as it is',
    premiumStory(async (client) => {
      const allowedRoles = ['guest', 'analyst', 'viewer']
      for (const workspace of [ours, theirs]) await insertComponent(client, workspace, { allowedRoles })
      for (const key of ['guest', 'analyst']) await giveRole(client, key, ['components.read'])
      await client.query("delete from public.workspace_roles where key in ('guest', 'analyst')")
      const { rows } = await client.query(
        `select c.workspace_id, c.allowed_roles, v.allowed_roles as of_version
         from public.components c
         join public.component_versions v on v.workspace_id = c.workspace_id and v.component_key = c.key
         order by c.workspace_id`,
      )
      // What stands for many roles stays.
      const left = ['analyst', 'viewer']
      expect(rows).toEqual([
        { workspace_id: ours, allowed_roles: left, of_version: left },
        { workspace_id: theirs, allowed_roles: allowedRoles, of_version: allowedRoles },
      ])
    }),
  )

  it(
    'is for members with components.write on the premium plan',
    story(async (client) => {
      const refusals: [Actor, string, string][] = [
        [viewer, 'permission_denied', 'components.write'],
        [outsider, 'not_found', 'workspace_id'],
        [suspended, 'not_found', 'workspace_id'],
        [member, 'payment_required', lacksFeature('custom_components').details],
      ]
      for (const [actor, code, details] of refusals)
        expect(await clientError(publish(client, actor, gauge))).toMatchObject({ code, details })
      expect(await publishedVersions(client)).toEqual([])

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
      expect(await publishedVersions(client)).toEqual([])
    }),
  )

  it(
    'is taken back once no view shows it, nor one that is deleted and can be had back',
    premiumStory(async (client) => {
      await insertComponent(client, ours, {})
      const view_id = await insertView(client, { deleted_at: 'now' })
      const widget = await insertWidget(client, { view_id, component_key: 'gauge', config: { unit: 'l' } })
      const remove = () => call(client, member, 'delete_component', [ours, 'gauge'])
      expect(await clientError(remove())).toMatchObject({ status: 409, code: 'conflict', details: '1' })
      await client.query('delete from public.widgets where id = $1', [widget])
      await remove()
      expect(await publishedVersions(client)).toEqual([])
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
      expect(await clientError(publish(client, member, { ...gauge, id: 'one-more' }))).toMatchObject(
        overEveryLimit('custom_components', 200),
      )
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
    ['for two roles that cannot be', 'allowedRoles.1', { ...gauge, allowedRoles: ['viewer', 'a b', 'c d'] }],
    ['for a role that cannot be', 'allowedRoles.1', { ...gauge, allowedRoles: ['viewer', 'secret role'] }],
    ['for a role twice', 'allowedRoles.0', { ...gauge, allowedRoles: ['viewer', 'member', 'viewer'] }],
    ['for 100,000 roles', 'allowedRoles', { ...gauge, allowedRoles: Array(100_000).fill('secret') }],
    ['that is never as wide as it is', 'sizeConfig.defaultWidth', withSize({ defaultWidth: 3 })],
    ['that is always wider than it is', 'sizeConfig.defaultWidth', withSize({ minWidth: 2 })],
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
    ['with a reference', 'configSchema.properties.a.$ref', withProperty({ $ref: '#' })],
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
      expect(JSON.stringify(error)).not.toMatch(/secret|\bscript|xxxx|\(a\+/)
      expect(await publishedVersions(client)).toEqual([])
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
