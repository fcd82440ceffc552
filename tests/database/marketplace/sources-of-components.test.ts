import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { bundleSchema } from '../../../types/marketplace-bundle.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory, onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours } from '../../support/people/cast.ts'
import {
  componentBundle,
  install,
  preview,
  publishListing,
  publishVersion,
  rollBack,
  submit,
  upgrade,
} from '../../support/people/marketplace.ts'
import { configs, first, rates, second, type shown } from '../../support/people/marketplace-sources.ts'

// What widgets of an installed component get their data from, from version to version.

const story = onPremium(policySuite())
const committed = onPremium(committedStory())

describe('a component', () => {
  const configSchema = {
    type: 'object' as const,
    properties: { source: { type: 'string' as const }, digits: { type: 'integer' as const } },
  }
  const dial = (version: string, sources?: ReturnType<typeof rates>, mapping?: object) =>
    componentBundle(
      { version, configSchema, defaultConfig: sources ? { source: '$rates' } : {} },
      { ...(sources && { sources }), ...(mapping && { mapping }) },
    )
  const place = (client: pg.Client, config: typeof shown.config) =>
    call(client, admin, 'create_view', [ours, 'Dials', '', layoutOf(widget({ widgetId: 'dial', config }))])

  it(
    'that asks another address takes along the widgets that asked the first, and back',
    committed(async (client) => {
      const listing = await publishListing(client, dial('1.0.0', rates(first)))
      const copy = await install(client, listing, { addresses: [first] })
      const { rates: id = '' } = copy.sources
      await place(client, { source: id, digits: 1 })
      await commit(client)
      const next = await publishVersion(client, listing, '1.1.0', dial('1.1.0', rates(second)))
      expect((await preview(client, copy)).component?.widgets).toMatchObject({ mapped: 1, unchanged: 0 })
      const { install: upgraded, widgets } = await upgrade(client, copy, next, { addresses: [second] })
      expect(widgets).toMatchObject({ mapped: 1, unchanged: 0 })
      expect(await configs(client)).toEqual([{ source: upgraded.sources.rates, digits: 1 }])
      await client.query(
        `update public.widgets set config = config || '{"digits": 2}' where workspace_id = $1`,
        [ours],
      )
      await commit(client)
      await rollBack(client, copy)
      expect(await configs(client)).toEqual([{ source: id, digits: 2 }])
    }),
  )

  it(
    'gives widgets a source of its next version, by the id that it has here',
    committed(async (client) => {
      const listing = await publishListing(client, dial('1.0.0'))
      const copy = await install(client, listing)
      await place(client, { digits: 1 })
      await commit(client)
      const defaults = { source: '$rates' }
      const next = await publishVersion(client, listing, '1.1.0', dial('1.1.0', rates(first), { defaults }))
      expect((await preview(client, copy)).component?.widgets).toMatchObject({ mapped: 1, invalid: 0 })
      const { install: upgraded } = await upgrade(client, copy, next, { addresses: [first] })
      expect(await configs(client)).toEqual([{ source: upgraded.sources.rates, digits: 1 }])
      await commit(client)
      await rollBack(client, copy)
      expect(await configs(client)).toEqual([{ digits: 1 }])
    }),
  )

  it(
    'leaves out a source that a version in between had',
    story(async (client) => {
      const listing = await publishListing(client, dial('1.0.0'))
      const copy = await install(client, listing)
      await place(client, { digits: 1 })
      await publishVersion(
        client,
        listing,
        '1.1.0',
        dial('1.1.0', rates(first), { defaults: { source: '$rates' } }),
      )
      const next = await publishVersion(client, listing, '1.2.0', dial('1.2.0'))
      await upgrade(client, copy, next)
      expect(await configs(client)).toEqual([{ digits: 1 }])
    }),
  )

  it(
    'names no source in its mapping that it does not have',
    story(async (client) => {
      const listing = await publishListing(client, dial('1.0.0'))
      for (const source of ['$other', crypto.randomUUID()]) {
        const bundle = { ...dial('1.1.0', rates(first)), mapping: { defaults: { source } } }
        expect(bundleSchema.safeParse(bundle).success).toBe(false)
        expect(
          await clientError(submit(client, listing.id, bundle as never, { version: '1.1.0' })),
        ).toMatchObject({
          code: 'invalid_input',
          details: 'bundle.content',
        })
      }
    }),
  )
})

it(
  'a widget that sat out an upgrade goes over with the next one, and what somebody calls otherwise stays',
  committed(async (client) => {
    const of = (limit: number) => ({
      type: 'object' as const,
      properties: {
        source: { type: 'string' as const, minLength: 36 },
        most: { type: 'integer' as const, maximum: limit },
      },
    })
    const dial = (version: string, url: string, limit: number) =>
      componentBundle({ version, configSchema: of(limit), defaultConfig: {} }, { sources: rates(url) })
    const listing = await publishListing(client, dial('1.0.0', first, 9))
    const copy = await install(client, listing, { addresses: [first] })
    const { rates: id = '' } = copy.sources
    await call(client, admin, 'create_view', [
      ours,
      'Dials',
      '',
      layoutOf(widget({ widgetId: 'dial', config: { source: id.toUpperCase(), most: 9 } })),
    ])
    await commit(client)
    const stricter = await publishVersion(client, listing, '1.1.0', dial('1.1.0', second, 5))
    expect((await preview(client, copy)).component?.widgets).toMatchObject({ invalid: 1 })
    await upgrade(client, copy, stricter, { addresses: [second] })
    expect(await configs(client)).toMatchObject([{ source: id.toUpperCase() }])
    await commit(client)
    const looser = await publishVersion(client, listing, '1.2.0', dial('1.2.0', second, 9))
    const { install: upgraded, widgets } = await upgrade(client, copy, looser)
    expect(widgets).toMatchObject({ mapped: 1 })
    expect(await configs(client)).toEqual([{ source: upgraded.sources.rates, most: 9 }])
  }),
)
