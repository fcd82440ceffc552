import { expect, it } from 'vitest'
import { gauge, publish } from '../../support/dashboards/components.ts'
import { insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { actAs } from '../../support/database/act.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin } from '../../support/people/cast.ts'

const story = policySuite()

it(
  'a widget that gets another component has the version that is named with it, and else the highest',
  onPremium(story)(async (client) => {
    for (const version of ['1.0.0', '1.10.0']) await publish(client, admin, { ...gauge, version })
    const id = await insertWidget(client, { view_id: await makeView(client, admin) }, admin)
    const change = async (columns: object) => {
      const { rows } = await actAs(
        client,
        admin,
        `update public.widgets set (${Object.keys(columns)}) = row(${Object.keys(columns).map((_, n) => `$${n + 2}`)})
         where id = $1 returning component_key as key, component_version as version`,
        [id, ...Object.values(columns)],
      )
      return rows[0]
    }
    expect(
      await change({ component_key: gauge.id, component_version: '1.0.0', config: { unit: 'l' } }),
    ).toEqual({
      key: gauge.id,
      version: '1.0.0',
    })
    expect(await change({ component_key: 'recent-orders', config: {} })).toEqual({
      key: 'recent-orders',
      version: null,
    })
    expect(await change({ component_key: gauge.id, config: { unit: 'l' } })).toEqual({
      key: gauge.id,
      version: '1.10.0',
    })
  }),
)
