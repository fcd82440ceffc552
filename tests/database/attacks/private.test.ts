import type pg from 'pg'
import { expect, it } from 'vitest'
import type { Actor } from '../../support/database/act.ts'
import { changingNothing, codeOf, nowhere, outcomeOf } from '../../support/database/attacks.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours, outsider, suspended } from '../../support/people/cast.ts'
import { matrixCast } from '../matrix/cast.ts'
import { views } from '../matrix/dashboard_views.ts'
import { widgetIds } from '../matrix/widgets.ts'

// No client reaches the schema `private`. Its definer functions are granted to people who are signed in all the same,
// because the thin functions of `public` run as them; so whatever somebody gives one, it answers as its public twin
// would. This is for the day on which somebody finds a way in.

const story = policySuite(matrixCast)

const nobody = '00000000-0000-4000-8000-0000000000ff'

/** Asked by triggers, and for people who are about to join: the plan, and whether a role has people. */
const tellingMore = ['require_premium', 'role_is_in_use']

interface Definer {
  name: string
  names: string[]
  types: string[]
}

/** The definer functions of `private` that take a workspace, a view or a row, and answer. */
async function definersOf(client: pg.Client): Promise<Definer[]> {
  const { rows } = await client.query<Definer>(`
    select p.proname as name, p.proargnames[1:p.pronargs] as names,
      array(select t::regtype::text from unnest(p.proargtypes) as t) as types
    from pg_proc p
    where p.pronamespace = 'private'::regnamespace and p.prosecdef and p.pronargs > 0
      and p.prorettype <> 'trigger'::regtype and has_function_privilege('authenticated', p.oid, 'execute')
      and p.proargnames && '{p_workspace_id,p_view_id}'
    order by 1`)
  return rows.filter(({ name }) => !tellingMore.includes(name))
}

const byType: Record<string, unknown> = {
  text: 'viewer',
  uuid: ids.member,
  jsonb: {},
  'text[]': ['viewer'],
  boolean: false,
  integer: 1,
  bigint: 1,
}

function attempt(client: pg.Client, actor: Actor, { name, names, types }: Definer, given: object) {
  const fixed: Record<string, unknown> = {
    p_resource_type: 'dashboard',
    p_permission: 'themes.read',
    ...given,
  }
  const list = types.map((type, index) => `$${index + 1}::${type}`)
  return outcomeOf(
    client,
    actor,
    `select to_jsonb(private."${name}"(${list.join(', ')}))`,
    types.map((type, index) => fixed[names[index] ?? ''] ?? byType[type] ?? null),
  )
}

it('every definer of `private` answers strangers about ours as about nothing', () =>
  story(async (client) => {
    const definers = await definersOf(client)
    expect(definers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['component_version_of', 'active_theme_id', 'get_view', 'own_preferences']),
    )
    await changingNothing(client, async () => {
      for (const definer of definers)
        for (const actor of definer.name === 'leave_workspace' ? [outsider] : [outsider, suspended])
          for (const key of ['for-viewers', 'viewer', 'total-revenue']) {
            const things = { p_key: key, p_version: null, p_resource_id: views.shared }
            expect(
              await attempt(client, actor, definer, {
                ...things,
                p_workspace_id: ours,
                p_view_id: views.shared,
              }),
              definer.name,
            ).toEqual(
              await attempt(client, actor, definer, {
                ...things,
                p_workspace_id: nowhere,
                p_view_id: nobody,
              }),
            )
          }
    })
  })())

it('a made-up row is refused a look into the history', () =>
  story(async (client) => {
    const asking = (actor: Actor, id: string) =>
      outcomeOf(
        client,
        actor,
        `select private.refuse_stale_widget(o, jsonb_populate_record(o, '{"version": 1}'))
         from jsonb_populate_record(null::public.widgets,
           jsonb_build_object('workspace_id', $1::text, 'view_id', $2::text, 'id', $3::text, 'version', 9)) as o`,
        [ours, views.shared, id],
      )
    const [widget = ''] = Object.values(widgetIds)
    for (const actor of [outsider, suspended]) {
      expect(codeOf(await asking(actor, widget))).toBe('not_found')
      expect(await asking(actor, widget)).toEqual(await asking(actor, nobody))
    }
    expect(codeOf(await asking(admin, widget))).toBe('conflict')
  })())
