import { expect, it } from 'vitest'
import { grant } from '../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { commit, committedStory } from '../../support/database/policy-suite.ts'
import { admin, member } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

const committed = committedStory()

it(
  'a widget that nothing restores any more takes its grants along, whoever saves',
  committed(async (client) => {
    await setPlan(client, 'premium')
    const view = await insertView(client)
    const [gone, kept] = [
      await insertWidget(client, { view_id: view }),
      await insertWidget(client, { view_id: view, y: 4 }),
    ]
    await commit(client)
    for (const resource_id of [gone, kept])
      await grant(client, admin, { resource_type: 'widget', resource_id, access: 'none', role_key: 'viewer' })
    await setPlan(client, 'free')
    await commit(client)
    await client.query('delete from public.widgets where id = $1', [gone])
    await commit(client)
    const granted = async () =>
      (await client.query('select resource_id as id from public.resource_grants')).rows.map(({ id }) => id)
    expect((await granted()).sort()).toEqual([gone, kept].sort())
    for (let n = 0; n < 52; n += 1) {
      await actAs(client, member, 'update public.dashboard_views set name = $2 where id = $1', [
        view,
        `Name ${n}`,
      ])
      await client.query(
        "update private.view_versions set saved_at = saved_at - interval '8 days', is_lasting = false",
      )
      await commit(client)
    }
    expect((await client.query('select from private.widget_versions')).rowCount).toBe(0)
    expect(await granted()).toEqual([kept])
  }),
)
