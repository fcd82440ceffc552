import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertView, insertWidget, widgetColumns } from '../../support/dashboards/view-rows.ts'
import { type Actor, clientError } from '../../support/database/act.ts'
import { changingNothing, codeOf, nowhere, outcomeOf, seen } from '../../support/database/attacks.ts'
import { call } from '../../support/database/call.ts'
import { callOf, functionsOf } from '../../support/database/catalog.ts'
import { bystanderId } from '../../support/database/policy-matrix.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'
import { matrixCast } from '../matrix/cast.ts'
import { views } from '../matrix/dashboard_views.ts'
import { widgetIds } from '../matrix/widgets.ts'

// Attacks on views, which functions find by an id alone. What a stranger is told about a view has to be what they are
// told about none at all, to the letter.

const nobody = '00000000-0000-4000-8000-0000000000ff'

const story = policySuite(matrixCast)

const all = Object.values(views)
const { personal, lent, given, granted } = views

/**
 * The functions for clients that take the id of a view. To a question for an agent the view on screen is an aside: one
 * that is not for the caller is left out, and the question is asked.
 */
const takingAView = async (client: pg.Client) =>
  (await functionsOf(client)).filter(
    ({ name, parameters }) => name !== 'begin_answer' && parameters.some((one) => one.name === 'view_id'),
  )

const insertOf = (table: string, row: object) => {
  const columns = Object.keys(row).join(', ')
  return `insert into public.${table} (${columns}) select ${columns} from jsonb_populate_record(null::public.${table}, $1)`
}

describe('the id of a view that is not for the caller', () => {
  it.each<[string, Actor, string, string[]]>([
    ['an outsider, from a workspace of their own', outsider, theirs, all],
    ['an outsider, from ours', outsider, ours, all],
    ['a suspended admin', suspended, ours, all],
    ['a viewer, of what colleagues keep', viewer, ours, [personal]],
    ['an admin, of what colleagues keep', admin, ours, [personal, lent, given, granted]],
  ])('is that of no view, in every function: to %s', (_, actor, workspace_id, targets) =>
    story(async (client) => {
      const methods = await takingAView(client)
      expect(methods.map(({ name }) => name)).toEqual(
        expect.arrayContaining([
          'get_view',
          'save_layout',
          'restore_view',
          'get_dashboard',
          'set_role_default_view',
        ]),
      )
      await changingNothing(client, async () => {
        for (const method of methods) {
          const attempt = (view_id: string) => {
            const { sql, values } = callOf(method, { workspace_id, view_id, role_key: 'viewer' })
            return outcomeOf(client, actor, sql, values)
          }
          const nothing = await attempt(nobody)
          // A role that may not do this to any view is told so.
          expect(['not_found', 'permission_denied'], method.name).toContain(codeOf(nothing))
          for (const view_id of targets)
            expect(await attempt(view_id), `${method.name} of ${view_id}`).toEqual(nothing)
        }
      })
    })(),
  )

  it(
    'is one that somebody else may use, or the attacks would prove nothing',
    story(async (client) => {
      for (const method of await takingAView(client)) {
        const { sql, values } = callOf(method, {
          workspace_id: ours,
          view_id: views.shared,
          role_key: 'viewer',
        })
        await client.query('savepoint attempt')
        const outcome = await outcomeOf(client, admin, sql, values)
        await client.query('rollback to savepoint attempt')
        expect(codeOf(outcome), method.name).not.toBe('not_found')
      }
    }),
  )

  it(
    'is of no use in my_access, in preferences, or in a grant',
    story(async (client) => {
      await setPlan(client, 'premium')
      await changingNothing(client, async () => {
        for (const [type, targets] of [
          ['dashboard', all],
          ['widget', Object.values(widgetIds)],
        ] as const)
          for (const id of targets) {
            for (const workspaceId of [ours, theirs, nowhere])
              expect(await call(client, outsider, 'my_access', [workspaceId, type, id])).toBe('none')
            expect(await call(client, suspended, 'my_access', [ours, type, id])).toBe('none')
            const grant = (resource_id: string) => {
              const row = {
                workspace_id: theirs,
                resource_type: type,
                resource_id,
                user_id: ids.outsider,
                access: 'manage',
              }
              return outcomeOf(client, outsider, insertOf('resource_grants', row), [row])
            }
            expect(codeOf(await grant(id))).toBe('invalid_input')
            expect(await grant(id)).toEqual(await grant(nobody))
          }
        for (const id of all)
          expect(
            await clientError(
              call(client, outsider, 'patch_preferences', [theirs, { active_dashboard_view: id }]),
            ),
          ).toMatchObject({ code: 'invalid_input', details: 'active_dashboard_view' })
      })
    }),
  )
})

describe('rows', () => {
  const mine = { workspace_id: theirs, user_id: ids.outsider, access: 'edit' }

  it.each<[string, string, Record<string, unknown>, string]>([
    ['a widget', 'widgets', { workspace_id: theirs, ...widgetColumns }, 'view_id'],
    ['a widget of ours', 'widgets', { workspace_id: ours, ...widgetColumns }, 'view_id'],
    ['a share', 'dashboard_view_shares', mine, 'view_id'],
    ['a share of ours', 'dashboard_view_shares', { ...mine, workspace_id: ours }, 'view_id'],
  ])('that point to a foreign view are refused as those that point to none: %s', (_, table, row, column) =>
    story(async (client) => {
      await changingNothing(client, async () => {
        const attempt = (actor: Actor, id: string) => {
          const values = { ...row, [column]: id }
          return outcomeOf(client, actor, insertOf(table, values), [values])
        }
        for (const actor of [outsider, suspended])
          for (const id of all) {
            expect(codeOf(await attempt(actor, id))).toBe('42501')
            expect(await attempt(actor, id)).toEqual(await attempt(actor, nobody))
          }
      })
    })(),
  )

  it(
    'do not point into another workspace even where the owner of the tables writes them',
    story(async (client) => {
      const own = await insertView(client, { workspace_id: theirs, owner_id: ids.outsider })
      await changingNothing(client, async () => {
        for (const [table, row] of [
          ['widgets', { workspace_id: theirs, view_id: views.shared, ...widgetColumns }],
          ['dashboard_view_shares', { ...mine, view_id: views.shared }],
          [
            'dashboard_view_shares',
            { workspace_id: theirs, view_id: own, user_id: bystanderId, access: 'edit' },
          ],
          [
            'dashboard_view_shares',
            { workspace_id: theirs, view_id: own, role_key: 'caretaker', access: 'edit' },
          ],
          ['role_default_views', { workspace_id: theirs, role_key: 'viewer', view_id: views.shared }],
        ] as const) {
          await client.query('savepoint owner')
          expect(codeOf(await seen(client.query(insertOf(table, row), [row]))), table).toBe('23503')
          await client.query('rollback to savepoint owner')
        }
      })
    }),
  )

  it(
    'of ours are neither changed nor removed by who knows their ids',
    story(async (client) => {
      await changingNothing(client, async () => {
        for (const actor of [outsider, suspended])
          for (const [sql, targets] of [
            [
              "update public.dashboard_views set name = 'Taken', visibility = 'workspace' where id = any ($1)",
              all,
            ],
            ['update public.widgets set x = 9, config = $2 where id = any ($1)', Object.values(widgetIds)],
            ['update public.widgets set version = 77 where view_id = any ($1)', all],
            ['delete from public.widgets where view_id = any ($1)', all],
            ["update public.dashboard_view_shares set access = 'edit' where view_id = any ($1)", all],
            ['delete from public.dashboard_view_shares where view_id = any ($1)', all],
          ] as const)
            expect(
              await outcomeOf(
                client,
                actor,
                `${sql} returning 1`,
                sql.includes('$2') ? [targets, {}] : [targets],
              ),
              sql,
            ).toEqual({ rows: [] })
      })
    }),
  )
})

describe('a component of another workspace', () => {
  it(
    'is refused as one that there is not, whichever way it is written, and tells nothing of itself',
    story(async (client) => {
      const own = await insertView(client, { workspace_id: theirs, owner_id: ids.outsider })
      const widget = await insertWidget(client, { workspace_id: theirs, view_id: own })
      const layoutOf = (widgetId: string, componentVersion?: string) => ({
        version: 1,
        gridColumns: 12,
        rowHeight: 80,
        gap: 16,
        widgets: [
          {
            instanceId: nobody,
            widgetId,
            position: { x: 0, y: 0, width: 1, height: 1 },
            visible: true,
            config: {},
            ...(componentVersion && { componentVersion }),
          },
        ],
      })
      const insert = insertOf('widgets', {
        workspace_id: theirs,
        view_id: own,
        ...widgetColumns,
        component_version: null,
      })
      const attempts: ((key: string, version?: string) => ReturnType<typeof outcomeOf>)[] = [
        (component_key, component_version) =>
          outcomeOf(client, outsider, insert, [
            { workspace_id: theirs, view_id: own, ...widgetColumns, component_key, component_version },
          ]),
        (key, version) =>
          outcomeOf(
            client,
            outsider,
            'update public.widgets set component_key = $1, component_version = $2 where id = $3',
            [key, version, widget],
          ),
        (key, version) =>
          outcomeOf(client, outsider, 'select public.save_layout($1, $2, 2)', [own, layoutOf(key, version)]),
        (key, version) =>
          outcomeOf(client, outsider, 'select public.create_view($1, $2, $3, $4)', [
            theirs,
            'Mine',
            '',
            layoutOf(key, version),
          ]),
      ]
      await changingNothing(client, async () => {
        for (const [index, attempt] of attempts.entries())
          for (const version of [undefined, '1.0.0']) {
            const outcome = await attempt('for-viewers', version)
            expect(codeOf(outcome), `attempt ${index}`).toBe('invalid_input')
            expect(outcome).toEqual(await attempt('for-nobody', version))
          }
        // Nor does a foreign view tell who asks there what components its workspace has.
        const foreign = (component_key: string) =>
          outcomeOf(client, outsider, insert, [
            { workspace_id: ours, view_id: views.shared, ...widgetColumns, component_key },
          ])
        expect(codeOf(await foreign('for-viewers'))).toBe('42501')
        expect(await foreign('for-viewers')).toEqual(await foreign('for-nobody'))
      })
      // Where it belongs, it can be had.
      await insertWidget(
        client,
        { view_id: views.shared, component_key: 'for-viewers', config: { unit: 'l' } },
        admin,
      )
    }),
  )
})
