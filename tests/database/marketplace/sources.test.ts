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
  viewBundle,
} from '../../support/people/marketplace.ts'
import { setPlan } from '../../support/people/plan.ts'

// What a copy gets its data from, from version to version.

const story = onPremium(policySuite())
const committed = onPremium(committedStory())
const [first, second] = ['https://rates.example.com/today', 'https://rates.example.com/now'] as const
const rates = (url: string, changes = {}) => [{ key: 'rates', name: 'Rates', url, ...changes }]
const shown = widget({ config: { source: '$rates', title: 'Rates' } })
const board = (sources: ReturnType<typeof rates>, config: typeof shown.config = shown.config) =>
  viewBundle([{ ...shown, config }], 'Board', { sources })

/** A copy of a board that asks the first address. */
const installed = async (client: pg.Client, changes = {}) => {
  const listing = await publishListing(client, board(rates(first, changes)), { document: { name: 'Board' } })
  const copy = await install(client, listing, { addresses: [first] })
  return { listing, copy, id: copy.sources.rates as string }
}

const sourcesOf = async (client: pg.Client) =>
  (
    await client.query<{ id: string; url: string; mapping: string | null; parameters: string[] }>(
      'select id, url, mapping, parameters from private.data_sources where workspace_id = $1 order by created_at, url desc',
      [ours],
    )
  ).rows
const configs = async (client: pg.Client) =>
  (
    await client.query<{ config: object }>('select config from public.widgets where workspace_id = $1', [
      ours,
    ])
  ).rows.map(({ config }) => config)

describe('a view template', () => {
  it.each([
    ['asks another address', board(rates(second)), 'Rates'],
    [
      'asks another address, and is called something else',
      board(rates(second), { ...shown.config, title: 'Now' }),
      'Now',
    ],
  ])('that %s does so in the view, as it was said before, and goes back to the first', (_, bundle, title) =>
    story(async (client) => {
      const { listing, copy, id } = await installed(client)
      expect(await configs(client)).toEqual([{ source: id, title: 'Rates' }])
      const next = await publishVersion(client, listing, '1.1.0', bundle)
      const said = await preview(client, copy)
      expect(said.sources).toEqual([{ key: 'rates', stays: false }])
      expect(said.view?.changes).toEqual([{ key: `widgets.${shown.instanceId}.content`, stays: false }])
      const { install: upgraded } = await upgrade(client, copy, next, { addresses: [second] })
      expect(await sourcesOf(client)).toMatchObject([
        { id, url: first },
        { id: upgraded.sources.rates, url: second },
      ])
      expect(await configs(client)).toEqual([{ source: upgraded.sources.rates, title }])
      expect((await rollBack(client, copy)).install.sources).toEqual({ rates: id })
      expect(await configs(client)).toEqual([{ source: id, title: 'Rates' }])
      expect(await sourcesOf(client)).toHaveLength(2)
    })(),
  )

  it(
    'that asks nobody any more shows the metrics of the workspace',
    story(async (client) => {
      const { listing, copy } = await installed(client)
      const config = { source: 'metrics', title: 'Ours' }
      const next = await publishVersion(client, listing, '1.1.0', viewBundle([{ ...shown, config }]))
      expect((await preview(client, copy)).view?.changes).toMatchObject([{ stays: false }])
      await upgrade(client, copy, next)
      expect(await configs(client)).toEqual([config])
    }),
  )

  it(
    'leaves alone the source that somebody chose in its place',
    story(async (client) => {
      const { listing, copy } = await installed(client)
      await client.query(
        `update public.widgets set config = '{"source": "metrics"}' where workspace_id = $1`,
        [ours],
      )
      const next = await publishVersion(client, listing, '1.1.0', board(rates(second)))
      expect((await preview(client, copy)).view?.changes).toMatchObject([{ stays: true }])
      await upgrade(client, copy, next, { addresses: [second] })
      expect(await configs(client)).toEqual([{ source: 'metrics' }])
    }),
  )
})

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

describe('a source at the same address', () => {
  const mapped = { mapping: '{"value": b}', parameters: ['days'] }

  it(
    'becomes what the next version says, and what the first one said',
    story(async (client) => {
      const { listing, copy } = await installed(client, { mapping: '{"value": a}' })
      const next = await publishVersion(client, listing, '1.1.0', board(rates(first, mapped)))
      expect((await preview(client, copy)).sources).toEqual([{ key: 'rates', stays: false }])
      await upgrade(client, copy, next)
      expect(await sourcesOf(client)).toMatchObject([{ id: copy.sources.rates, ...mapped }])
      await rollBack(client, copy)
      expect(await sourcesOf(client)).toMatchObject([{ mapping: '{"value": a}', parameters: [] }])
    }),
  )

  it(
    'stays what somebody has made of it',
    story(async (client) => {
      const { listing, copy } = await installed(client)
      const mine = { kind: 'http_json', name: 'Ours', url: first, mapping: '{"value": c}' }
      await call(client, admin, 'save_data_source', [ours, mine, copy.sources.rates])
      const next = await publishVersion(client, listing, '1.1.0', board(rates(first, mapped)))
      expect((await preview(client, copy)).sources).toEqual([{ key: 'rates', stays: true }])
      await upgrade(client, copy, next)
      expect(await sourcesOf(client)).toMatchObject([{ id: copy.sources.rates, mapping: '{"value": c}' }])
    }),
  )

  it(
    'is not spoken of where it is the same',
    story(async (client) => {
      const { listing, copy } = await installed(client)
      const next = await publishVersion(
        client,
        listing,
        '1.1.0',
        board(rates(first), { ...shown.config, title: 'Now' }),
      )
      expect((await preview(client, copy)).sources).toEqual([])
      const before = await client.query('select version from private.data_sources where id = $1', [
        copy.sources.rates,
      ])
      await upgrade(client, copy, next)
      expect((await client.query('select version from private.data_sources')).rows).toEqual(before.rows)
    }),
  )
})

describe('what people decided about a source', () => {
  const saved = (url: string, changes = {}) => ({ kind: 'http_json', name: 'Rates', url, ...changes })
  /** With a next version in which the source is the same. */
  const withNext = async (client: pg.Client) => {
    const made = await installed(client)
    const renamed = board(rates(first), { ...shown.config, title: 'Now' })
    return { ...made, next: await publishVersion(client, made.listing, '1.1.0', renamed) }
  }

  it(
    'stands: led to another address it stays there, through an upgrade and back',
    story(async (client) => {
      const { copy, next, id } = await withNext(client)
      const proxy = 'https://proxy.example.com/rates'
      await call(client, admin, 'save_data_source', [ours, saved(proxy), id])
      const said = await preview(client, copy)
      expect([said.addresses, said.sources]).toEqual([[], [{ key: 'rates', stays: true }]])
      expect((await upgrade(client, copy, next)).install.sources).toEqual({ rates: id })
      expect((await rollBack(client, copy)).install.sources).toEqual({ rates: id })
      expect(await sourcesOf(client)).toMatchObject([{ id, url: proxy }])
    }),
  )

  it(
    'stands: what they removed takes that its address is allowed again, and comes back by no going back',
    story(async (client) => {
      const { copy, next, id } = await withNext(client)
      await call(client, admin, 'delete_data_source', [ours, id])
      const said = await preview(client, copy)
      expect([said.addresses, said.sources]).toEqual([[first], [{ key: 'rates', stays: false }]])
      expect(await clientError(upgrade(client, copy, next))).toMatchObject({
        code: 'conflict',
        details: `{"addresses": ["${first}"]}`,
      })
      await upgrade(client, copy, next, { addresses: [first] })
      expect((await rollBack(client, copy)).install.sources).toEqual({ rates: id })
      expect(await configs(client)).toEqual([{ source: id, title: 'Rates' }])
      expect(await sourcesOf(client)).toHaveLength(1)
    }),
  )

  it(
    'stands: whom it is for, at another address as well, or by another key',
    story(async (client) => {
      const { listing, copy, id } = await installed(client)
      await call(client, admin, 'save_data_source', [ours, saved(first, { allowedRoles: [] }), id])
      const roles = async (key: string, install: { sources: Record<string, string> }) =>
        (
          await client.query('select allowed_roles from private.data_sources where id = $1', [
            install.sources[key],
          ])
        ).rows
      const moved = await publishVersion(client, listing, '1.2.0', board(rates(second)))
      const { install: one } = await upgrade(client, copy, moved, { addresses: [second] })
      expect(await roles('rates', one)).toEqual([{ allowed_roles: [] }])
      const fx = [{ key: 'fx', name: 'Rates', url: second }]
      const renamed = viewBundle([{ ...shown, config: { source: '$fx' } }], 'Board', { sources: fx })
      const other = await publishVersion(client, listing, '1.3.0', renamed)
      expect((await preview(client, copy)).addresses).toEqual([second])
      const { install: two } = await upgrade(client, copy, other, { addresses: [second] })
      expect(two.sources.fx).not.toBe(one.sources.rates)
      expect(await roles('fx', two)).toEqual([{ allowed_roles: [] }])
    }),
  )

  it(
    'is theirs to go back to on a smaller plan',
    story(async (client) => {
      const { listing, copy } = await installed(client)
      const next = await publishVersion(
        client,
        listing,
        '1.2.0',
        board(rates(first, { mapping: '{"value": b}' })),
      )
      await upgrade(client, copy, next)
      await setPlan(client, 'free')
      await rollBack(client, copy)
      expect(await sourcesOf(client)).toMatchObject([{ id: copy.sources.rates, mapping: null }])
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
