import { expect, it } from 'vitest'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { commit, committedStory } from '../../support/database/policy-suite.ts'
import { admin, createCast, ids, ours, outsider, theirs } from '../../support/people/cast.ts'
import {
  componentBundle,
  install,
  publishListing,
  publishVersion,
  rollBack,
  upgrade,
} from '../../support/people/marketplace.ts'
import { setPlan } from '../../support/people/plan.ts'

const story = committedStory(createCast)

it.each(['is there', 'is gone with its workspace'])(
  'a widget that an upgrade changed is as it was before, when the copy is rolled back and its listing %s',
  async (how) =>
    story(async (client) => {
      await setPlan(client, 'premium', ours)
      await setPlan(client, 'premium', theirs)
      const open = {
        type: 'object',
        properties: { unit: { type: 'string' }, limit: { type: 'integer' } },
      } as const
      const first = await publishListing(client, componentBundle({ configSchema: open }))
      const copy = await install(client, first)
      const view_id = await insertView(client, { owner_id: ids.admin })
      await insertWidget(client, { view_id, component_key: 'dial', config: { unit: 'l', limit: 7 } })
      const next = await publishVersion(
        client,
        first,
        '2.0.0',
        componentBundle(
          {
            version: '2.0.0',
            defaultConfig: { unit: 'l' },
            configSchema: {
              type: 'object',
              properties: { unit: { type: 'string' }, most: { type: 'integer' } },
            },
          },
          { mapping: { rename: { limit: 'most' } } },
        ),
      )
      await commit(client)
      await upgrade(client, copy, next)
      await commit(client)
      const configs = async () => (await client.query('select config from public.widgets')).rows
      expect(await configs()).toEqual([{ config: { unit: 'l', most: 7 } }])
      if (how !== 'is there') {
        await actAs(client, outsider, "select public.delete_workspace($1, 'Theirs')", [theirs])
        await commit(client)
      }
      await rollBack(client, copy, admin)
      await commit(client)
      expect(await configs()).toEqual([{ config: { unit: 'l', limit: 7 } }])
    })(),
)
