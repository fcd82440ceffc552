import { expect, it } from 'vitest'
import { importView } from '../../support/dashboards/transfer.ts'
import { clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ours } from '../../support/people/cast.ts'

// What a machine takes out of its workspace, and brings into it.

const story = policySuite()

it(
  'a key brings in what somebody began with, and begins with nothing itself',
  story(async (client) => {
    const key = await machine(client, ['dashboards.read', 'dashboards.write'])
    const { id, layout } = await call<{ id: string; layout: object }>(client, admin, 'create_view', [
      ours,
      'Board',
    ])
    await call(client, admin, 'set_default_view', [ours, id])
    const document = await call<object>(client, admin, 'export_view', [id])
    const skipped = { code: 'permission_denied', message: expect.stringContaining('API key') }
    expect(await importView(client, key, document, ours, 'workspace')).toMatchObject({
      views: [{ from: id, name: 'Board' }],
      skipped: [{ path: 'views.0.isDefault', ...skipped }],
    })
    const bare = { name: 'Bare', isDefault: true, layout }
    expect(await importView(client, key, bare, ours, 'workspace')).toMatchObject({
      views: [{ name: 'Bare' }],
      skipped: [{ path: 'isDefault', ...skipped }],
    })
    const { rows } = await client.query('select default_dashboard_view from public.preferences')
    expect(rows).toEqual([{ default_dashboard_view: id }])
  }),
)

it(
  'a key has arranged nothing, and is refused what exports it, where an empty export would pass for a backup',
  story(async (client) => {
    const key = await machine(client)
    for (const name of ['export_dashboard', 'export_dashboard_part'])
      expect(await clientError(call(client, key, name, [ours])), name).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'person',
      })
    // What it lacks is told first.
    const other = await machine(client, ['themes.read'])
    expect(await clientError(call(client, other, 'export_dashboard', [ours]))).toMatchObject({
      code: 'permission_denied',
      details: 'dashboards.read',
    })
  }),
)
