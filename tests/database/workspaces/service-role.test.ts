import { describe, expect, it } from 'vitest'
import { gauge, publish } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError, service } from '../../support/database/act.ts'
import { lastEntry } from '../../support/database/audit-log.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { ids, member, ours, theirs, viewer } from '../../support/people/cast.ts'

const story = policySuite()
const onPremiumStory = onPremium(story)
const view = (...widgets: Parameters<typeof layoutOf>) =>
  JSON.stringify({ name: 'Sales', description: '', layout: layoutOf(...widgets) })

describe('a server with the secret key', () => {
  it(
    'publishes and deletes components, which the audit log says was the service role',
    onPremiumStory(async (client) => {
      expect(await publish(client, service, gauge)).toMatchObject({ id: 'gauge', version: '1.0.0' })
      expect(await lastEntry(client)).toMatchObject({
        actor_type: 'service_role',
        actor_id: null,
        actor_role: null,
        table_name: 'component_versions',
      })
      expect(await clientError(publish(client, service, gauge))).toMatchObject({ code: 'conflict' })
      await call(client, service, 'delete_component', [ours, 'gauge'])
      expect((await client.query('select from public.components')).rows).toEqual([])
    }),
  )

  it(
    'makes, saves, exports and deletes shared views',
    story(async (client) => {
      const { layout } = JSON.parse(view(widget()))
      const made = await call<{ id: string; access: string; ownerId: null }>(client, service, 'create_view', [
        ours,
        'Sales',
        '',
        JSON.stringify(layout),
        'workspace',
      ])
      expect(made).toMatchObject({ access: 'manage', ownerId: null })
      const saved = await call(client, service, 'save_view', [made.id, view(), 1])
      expect(saved).toMatchObject({ layout: { widgets: [] } })
      expect(await call(client, service, 'export_view', [made.id])).toMatchObject({ kind: 'view' })
      await call(client, service, 'delete_view', [made.id])
      expect(await clientError(call(client, service, 'export_view', [made.id]))).toMatchObject({
        code: 'not_found',
      })
    }),
  )

  it(
    'sets what people see who have chosen nothing',
    story(async (client) => {
      const shared = await insertView(client)
      const personal = await insertView(client, { owner_id: ids.member })
      await call(client, service, 'set_default_theme', [ours, 'ocean'])
      await call(client, service, 'set_role_default_view', [ours, null, shared])
      await call(client, service, 'set_role_default_view', [ours, 'viewer', shared])
      expect(await lastEntry(client)).toMatchObject({
        actor_type: 'service_role',
        table_name: 'role_default_views',
      })
      expect(await call(client, viewer, 'active_view', [ours])).toMatchObject({ id: shared, source: 'role' })
      expect(await call(client, member, 'active_view', [ours])).toMatchObject({ source: 'own' })
      for (const [view, role, code, details] of [
        [personal, 'viewer', 'invalid_input', 'view_id'],
        [shared, 'nobody', 'invalid_input', 'role_key'],
      ])
        expect(
          await clientError(call(client, service, 'set_role_default_view', [ours, role, view])),
        ).toMatchObject({ code, details })
      expect(await clientError(call(client, service, 'set_default_theme', [ours, 'nothing']))).toMatchObject({
        code: 'not_found',
      })
      expect(
        await clientError(call(client, member, 'set_role_default_view', [ours, 'viewer', shared])),
      ).toMatchObject({ code: 'permission_denied', details: 'workspace.update' })
    }),
  )

  it(
    'is refused what is refused to everybody',
    story(async (client) => {
      expect(await clientError(publish(client, service, gauge))).toMatchObject({ code: 'payment_required' })
      expect(await clientError(publish(client, service, gauge, 'WK-ZZZZZZZZZ'))).toMatchObject({
        code: 'not_found',
      })
      expect(await clientError(publish(client, service, gauge, 'x'))).toMatchObject({ code: 'invalid_input' })
      const id = await insertView(client)
      expect(
        await clientError(call(client, service, 'save_view', [id, view(widget({ widgetId: 'no-such' })), 1])),
      ).toMatchObject({ code: 'invalid_input', details: 'layout.widgets.0.widgetId' })
      expect(
        await clientError(
          call(client, service, 'save_view', ['00000000-0000-4000-8000-0000000000ff', view(), 1]),
        ),
      ).toMatchObject({ code: 'not_found' })
    }),
  )

  it(
    'acts as the account that its token names, with no more rights than that',
    onPremiumStory(async (client) => {
      const asOutsider = { ...service, sub: ids.outsider }
      expect(await clientError(publish(client, asOutsider, gauge))).toMatchObject({ code: 'not_found' })
      expect(await publish(client, asOutsider, gauge, theirs)).toMatchObject({ id: 'gauge' })
      expect(await lastEntry(client)).toMatchObject({ actor_type: 'user', actor_id: ids.outsider })
    }),
  )

  it(
    'is nobody whom a person can pass for',
    story(async (client) => {
      const { rows } = await actAs<{ role: string }>(
        client,
        { ...member, role: 'authenticated' },
        "select current_setting('role') as role",
      )
      expect(rows).toEqual([{ role: 'authenticated' }])
      // A claim of the token is not the role of the session.
      await client.query('select set_config(\'request.jwt.claims\', \'{"role": "service_role"}\', true)')
      const nobody = await client.query<{ held: string[] }>('select private.permissions_in($1) as held', [
        ours,
      ])
      expect(nobody.rows).toEqual([{ held: [] }])
    }),
  )
})
