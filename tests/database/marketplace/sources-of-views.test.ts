import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours } from '../../support/people/cast.ts'
import { preview, publishVersion, rollBack, upgrade, viewBundle } from '../../support/people/marketplace.ts'
import {
  board,
  configs,
  first,
  installed,
  rates,
  second,
  shown,
  sourcesOf,
} from '../../support/people/marketplace-sources.ts'
import { setPlan } from '../../support/people/plan.ts'

// What the copy of a view template gets its data from, from version to version.

const story = onPremium(policySuite())

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
