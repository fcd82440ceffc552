import fc from 'fast-check'
import type pg from 'pg'
import { expect, it } from 'vitest'
import type { LimitKey } from '../../../types/index.ts'
import type { Bundle } from '../../../types/marketplace-bundle.ts'
import { answers, saveSource } from '../../support/dashboards/widget-data.ts'
import { clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { channel, saveDestination } from '../../support/integrations/destinations.ts'
import { admin, ours } from '../../support/people/cast.ts'
import {
  install,
  publishListing,
  publishVersion,
  rollBack,
  themeBundle,
  upgrade,
} from '../../support/people/marketplace.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'

// Up, down, up for what is a workspace's: sources, destinations, agents and copies from the marketplace. On the smaller
// plan all of it is there and those that came last do not change; on the larger one all is as it was.

const story = policySuite()

interface Kind {
  limit: LimitKey
  table: string
  make(client: pg.Client, place: number): Promise<string>
  change(client: pg.Client, id: string): Promise<unknown>
}

const agent = (name: string) => JSON.stringify({ name, kind: 'custom', instructions: '' })
const theme = (name: string, version: string): Bundle => {
  const bundle = themeBundle(version) as Extract<Bundle, { kind: 'theme' }>
  return { ...bundle, content: { ...bundle.content, name } }
}

const kinds: Kind[] = [
  {
    limit: 'data_sources',
    table: 'private.data_sources',
    make: async (client, place) => (await saveSource(client, { ...answers, name: `Source ${place}` })).id,
    change: (client, id) => saveSource(client, { ...answers, name: 'Changed' }, { id }),
  },
  {
    limit: 'destinations',
    table: 'private.destinations',
    make: async (client, place) => (await saveDestination(client, { ...channel, name: `Room ${place}` })).id,
    change: (client, id) => saveDestination(client, { ...channel, name: 'Changed' }, { id }),
  },
  {
    limit: 'agents',
    table: 'private.agents',
    make: async (client, place) =>
      (await call<{ id: string }>(client, admin, 'save_agent', [ours, agent(`Agent ${place}`)])).id,
    change: (client, id) => call(client, admin, 'save_agent', [ours, agent('Changed'), id, 1]),
  },
  {
    limit: 'marketplace_installs',
    table: 'public.marketplace_installs',
    async make(client, place) {
      const name = `Dusk ${place}`
      const listing = await publishListing(client, theme(name, '1.0.0'), { document: { name } })
      const { id } = await install(client, listing)
      await upgrade(client, { id }, await publishVersion(client, listing, '1.1.0', theme(name, '1.1.0')))
      return id
    },
    change: (client, id) => rollBack(client, { id }),
  },
]

const world = fc.record(
  Object.fromEntries(
    kinds.map(({ limit }) => [
      limit,
      fc.record({ made: fc.integer({ min: 0, max: 3 }), most: fc.integer({ min: 0, max: 3 }) }),
    ]),
  ),
)

/** What comes of changing each, which is taken back. */
async function outcomes(client: pg.Client, { change }: Kind, things: string[]) {
  const found: string[] = []
  for (const id of things) {
    await client.query('savepoint attempt')
    found.push(
      await change(client, id).then(
        () => 'changed',
        async (error) => String((await clientError(Promise.reject(error))).code),
      ),
    )
    await client.query('rollback to savepoint attempt')
  }
  return found
}

const rows = async (client: pg.Client, { table }: Kind) =>
  (
    await client.query(
      `select coalesce(jsonb_agg(to_jsonb(t) order by t.id), '[]') as rows from ${table} t where workspace_id = $1`,
      [ours],
    )
  ).rows[0]?.rows

it('premium, free and premium again is what it was', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(world, (at) =>
      story(async (client) => {
        await setPlan(client, 'premium')
        const things: string[][] = []
        for (const { limit, table, make } of kinds) {
          const made: string[] = []
          for (let place = 0; place < (at[limit]?.made ?? 0); place += 1) {
            const id = await make(client, place)
            await client.query(`update ${table} set created_at = $2 where id = $1`, [
              id,
              `2026-01-0${place + 1}`,
            ])
            made.push(id)
          }
          things.push(made)
        }
        const before = await Promise.all(kinds.map((kind) => rows(client, kind)))

        await limitFree(
          client,
          Object.fromEntries(kinds.map(({ limit }) => [limit, at[limit]?.most])) as Record<LimitKey, number>,
        )
        await setPlan(client, 'free', ours)
        for (const [place, kind] of kinds.entries()) {
          expect(await rows(client, kind)).toEqual(before[place])
          const most = at[kind.limit]?.most ?? 0
          expect(await outcomes(client, kind, things[place] ?? []), kind.limit).toEqual(
            (things[place] ?? []).map((_, made) => (made < most ? 'changed' : 'payment_required')),
          )
        }

        await setPlan(client, 'premium', ours)
        for (const [place, kind] of kinds.entries()) {
          expect(await rows(client, kind)).toEqual(before[place])
          expect(await outcomes(client, kind, things[place] ?? [])).toEqual(
            (things[place] ?? []).map(() => 'changed'),
          )
        }
      })(),
    ),
    {
      numRuns: 4,
      examples: [[Object.fromEntries(kinds.map(({ limit }) => [limit, { made: 3, most: 1 }]))]],
    },
  )
})
