import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { requireDocument } from '../../../functions/widget-refresh/require-document.ts'
import type { AvailableComponent } from '../../../types/component.ts'
import type { OwnListing } from '../../../types/marketplace.ts'
import { gauge, publish } from '../../support/dashboards/components.ts'
import { makeTheme } from '../../support/dashboards/themes.ts'
import { answers, saveSource, shop } from '../../support/dashboards/widget-data.ts'
import { clientError } from '../../support/database/act.ts'
import { save as saveAgent } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { channel, saveDestination, webhook } from '../../support/integrations/destinations.ts'
import { admin, member, ours } from '../../support/people/cast.ts'
import { componentBundle, dial, publishListing } from '../../support/people/marketplace.ts'

// What is read goes into the function that writes it, as it is and with one thing changed; what reading adds is
// written by nothing, and what another call changes is refused where it is not as it is. Views: written-back.test.ts.

const premium = onPremium(policySuite())

type Document = Record<string, unknown>
const counted = ({ version: _, updatedAt: __, revision: ___, ...rest }: Document) => rest

describe('a component', () => {
  it(
    'is published as it was read, with another version or another id',
    premium(async (client) => {
      await publish(client, member, gauge)
      const read = await call<AvailableComponent>(client, member, 'get_component', [ours, 'gauge'])
      expect(await publish(client, member, { ...read, version: '1.1.0' })).toEqual({
        ...read,
        version: '1.1.0',
      })
      const copy = { ...read, id: 'gauge-2', isManaged: true }
      expect(await publish(client, member, copy)).toEqual({ ...copy, isManaged: false })
      // The schema of the type stays the type's.
      const { rows } = await client.query(
        'select from public.component_versions where data_schema is not null',
      )
      expect(rows).toEqual([])
      const own = { type: 'object', properties: { total: { type: 'integer' } } }
      await publish(client, member, { ...read, version: '1.2.0', dataSchema: own })
      const later = await call<AvailableComponent>(client, member, 'get_component', [ours, 'gauge'])
      expect(await publish(client, member, { ...later, version: '1.3.0' })).toMatchObject({ dataSchema: own })
    }),
  )
})

describe('a data source', () => {
  const read = (client: pg.Client, id: string) => call<Document>(client, admin, 'get_data_source', [ours, id])

  it.each([
    ['an address', shop],
    ['data', answers],
  ])('of %s is saved as it was read, with its headers', (_, document) =>
    premium(async (client) => {
      const { id } = await saveSource(client, document)
      const before = await read(client, id)
      await call(client, admin, 'check_data_source', [ours, before])
      expect(counted(await saveSource(client, { ...before, error: {}, widgets: 7 }, { id }))).toEqual(
        counted(before),
      )
      expect(await saveSource(client, { ...before, name: 'Store' }, { id })).toMatchObject({
        name: 'Store',
        headers: before.headers,
        version: 3,
      })
    })(),
  )

  it.each([
    ['an address', shop],
    ['an address alone', { kind: 'http_json', name: 'Rates', url: 'https://rates.example.com/' }],
    ['data', answers],
  ])('of %s is previewed as it was read, and with one thing of the other kind it is not', (_, document) =>
    premium(async (client) => {
      const { id } = await saveSource(client, document)
      const before = await read(client, id)
      const verdicts = async (one: Document) => {
        const told = await call(client, admin, 'check_data_source', [ours, one]).then(
          () => false,
          () => true,
        )
        let here = false
        try {
          requireDocument(one)
        } catch {
          here = true
        }
        return [told, here]
      }
      expect(await verdicts(before)).toEqual([false, false])
      // Whatever reading adds may be anything, and what the other kind has is nothing. Names of headers: below.
      for (const key of Object.keys(before).filter((key) => key !== 'headers'))
        for (const value of [[[]], [], null, {}]) {
          const [told, here] = await verdicts({ ...before, [key]: value })
          expect([key, value, here]).toEqual([key, value, told])
        }
      expect(await verdicts({ ...before, colour: 'red' })).toEqual([true, true])
    })(),
  )

  it(
    'is checked as it is saved, where it names headers',
    premium(async (client) => {
      const check = (document: object) => call(client, admin, 'check_data_source', [ours, document])
      for (const headers of [['Authorization'], [1, {}], [null]])
        for (const ends of [check, (document: object) => saveSource(client, document)])
          expect(await clientError(ends({ ...shop, headers }))).toMatchObject({
            code: 'invalid_input',
            details: 'headers',
          })
      await check({ ...shop, headers: [] })
      await check({ ...answers, headers: [] })
      const { id } = await saveSource(client, shop)
      const before = await read(client, id)
      for (const [changes, details] of [
        [{ headers: ['X-Key'] }, 'headers'],
        [{ headers: ['Authorization', 1] }, 'headers'],
        [{ url: 'https://other.example.com/' }, 'headers'],
      ] as const)
        for (const ends of [check, (document: object) => saveSource(client, document, { id })])
          expect(await clientError(ends({ ...before, ...changes }))).toMatchObject({ details })
      await check({ ...before, url: 'https://shop.example.com/elsewhere' })
    }),
  )

  it(
    'names no headers whose values are not there, and has nothing of the other kind',
    premium(async (client) => {
      const { id } = await saveSource(client, shop)
      const before = await read(client, id)
      for (const headers of [['Authorization', 'X-Key'], [], ['authorization']])
        expect(await clientError(saveSource(client, { ...before, headers }, { id }))).toMatchObject({
          code: 'invalid_input',
          details: 'headers',
        })
      const moved = { ...before, url: 'https://other.example.com/' }
      expect(await clientError(saveSource(client, moved, { id }))).toMatchObject({ details: 'headers' })
      expect(await clientError(saveSource(client, { ...before, data: {} }, { id }))).toMatchObject({
        details: 'data',
      })
      expect(await read(client, id)).toEqual(before)
    }),
  )

  it.each([
    ['http_json', { data: [] }, 'data'],
    ['static', { url: [] }, 'url'],
    ['static', { mapping: [] }, 'mapping'],
    ['static', { parameters: null }, 'parameters'],
  ])('of the kind %s is refused with %j, which reading does not give', (kind, changes, details) =>
    premium(async (client) => {
      const document = kind === 'static' ? { name: 'Rates', kind, data: { total: 1 } } : shop
      const { id } = await saveSource(client, document)
      const before = await read(client, id)
      expect(await clientError(saveSource(client, { ...before, ...changes }, { id }))).toMatchObject({
        code: 'invalid_input',
        details,
      })
      expect(await read(client, id)).toEqual(before)
    })(),
  )
})

describe('a destination', () => {
  it.each([
    ['a webhook', webhook],
    ['a chat', channel],
  ])('that is %s is saved as it was listed, with its address', (_, document) =>
    premium(async (client) => {
      const { id, secret } = await saveDestination(client, document)
      const address = async () =>
        (
          await client.query(
            `select s.decrypted_secret::jsonb as kept from vault.decrypted_secrets s
             join private.destinations d on d.secret_id = s.id where d.id = $1`,
            [id],
          )
        ).rows[0]?.kept
      const kept = await address()
      const [before = {}] = await call<Document[]>(client, admin, 'list_destinations', [ours])
      expect(counted(await saveDestination(client, { ...before, secret }, { id }))).toEqual({
        ...counted(before),
        secret: null,
      })
      expect(await address()).toEqual(kept)
      expect(await saveDestination(client, { ...before, isPaused: true }, { id })).toMatchObject({
        status: 'paused',
      })
      for (const [key, value] of [
        ['status', 'active'],
        ['secret', `whsec_${'a'.repeat(43)}=`],
      ])
        expect(
          await clientError(saveDestination(client, { ...document, [`${key}`]: value }, { id })),
        ).toMatchObject({ code: 'invalid_input', details: key })
      expect(await clientError(saveDestination(client, { ...before, status: 'paused' }))).toMatchObject({
        code: 'invalid_input',
      })
    })(),
  )
})

describe('what agents have', () => {
  it(
    'is saved as it was read',
    premium(async (client) => {
      const { id } = await saveAgent(client)
      const agent = await call<Document>(client, member, 'get_agent', [ours, id])
      expect(counted(await call<Document>(client, member, 'save_agent', [ours, agent, id, 1]))).toEqual(
        counted(agent),
      )
      expect(await clientError(call(client, member, 'save_agent', [ours, agent, id, 1]))).toMatchObject({
        code: 'conflict',
      })
      const settings = await call<Document>(client, admin, 'get_ai_settings', [ours])
      expect(
        await call(client, admin, 'save_ai_settings', [ours, { ...settings, retentionDays: 30 }]),
      ).toEqual({ ...settings, retentionDays: 30, version: 1 })
    }),
  )
})

describe('a theme', () => {
  it(
    'is changed as it was read, but for what others change',
    premium(async (client) => {
      const id = await makeTheme(client, member)
      const before = await call<Document>(client, member, 'get_theme', [ours, id])
      const change = (changes: Document) =>
        call<Document>(client, member, 'update_theme', [ours, id, { ...before, ...changes }])
      expect(counted(await change({ name: 'Ink', id: 'other', createdBy: null }))).toEqual(
        counted({ ...before, name: 'Ink' }),
      )
      const refused = await clientError(change({ kind: 'personal' }))
      expect(refused).toMatchObject({ code: 'invalid_input', details: 'kind' })
      expect(refused.hint).toContain('visibility')
      // Another default is no change of the theme, nor is the mark of a server; and a copy that is stale is a conflict,
      // whatever it says.
      expect(await change({ isDefault: true, isManaged: true })).toMatchObject({
        isDefault: false,
        isManaged: false,
      })
      const { revision } = await call<{ revision: number }>(client, member, 'get_theme', [ours, id])
      const stale = call(client, member, 'update_theme', [
        ours,
        id,
        { ...before, kind: 'workspace' },
        revision - 1,
      ])
      expect(await clientError(stale)).toMatchObject({ code: 'conflict', details: String(revision) })
    }),
  )
})

describe('a listing', () => {
  it(
    'is saved as it was read, but for what was proposed',
    premium(async (client) => {
      const listing = await call<OwnListing>(client, admin, 'save_listing', [ours, dial])
      const save = (changes: Document) =>
        call<Document>(client, admin, 'save_listing', [ours, { ...listing, ...changes }, listing.id])
      expect(await save({ name: 'Gauge', state: 'published' })).toMatchObject({
        name: 'Gauge',
        state: 'draft',
      })
      expect(await clientError(save({ proposed: { name: 'Other' } }))).toMatchObject({
        code: 'invalid_input',
        details: 'proposed',
      })
    }),
  )

  it(
    'that is published keeps what was proposed, where it goes back as it was read',
    premium(async (client) => {
      const { id } = await publishListing(client, componentBundle(), { actor: admin, workspaceId: ours })
      const save = (document: object) => call<OwnListing>(client, admin, 'save_listing', [ours, document, id])
      const read = async () =>
        (await call<OwnListing[]>(client, admin, 'list_my_listings', [ours])).find((one) => one.id === id) ??
        {}
      expect(await save(await read())).toMatchObject({ proposed: null })
      await save({ ...dial, name: 'Meter' })
      expect(await save(await read())).toMatchObject({ name: 'Dial', proposed: { name: 'Meter' } })
      // What it says now, said again without a proposal, takes that back.
      expect(await save(dial)).toMatchObject({ proposed: null })
    }),
  )
})
