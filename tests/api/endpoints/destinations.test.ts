import { beforeEach, expect, it } from 'vitest'
import {
  claimedDeliveriesSchema,
  deliveryPageSchema,
  destinationSchema,
  integrationSchema,
  replayedDeliveriesSchema,
  savedDestinationSchema,
  sentTestSchema,
  settledDeliveriesSchema,
} from '../../../types/destination.ts'
import type { Json } from '../../../types/index.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'
import { lacksFeature, setPlan } from '../../support/people/plan.ts'

// The rows of docs/endpoints.md about where events go. What the function integration-deliver does with them is in
// tests/functions/integration-deliver.

let app: FrontEnd
let ada: Person
let mia: Person
let eve: Person
let workspace_id: string

const people = endpointSuite()
beforeEach(() => {
  ;({ app, ada, mia, eve, workspace_id } = people())
})
const server = () => app.gateway.adminClient()
const channel = {
  kind: 'slack',
  name: 'Channel',
  url: 'https://hooks.slack.com/services/T0/B0/s3cret',
  events: ['workspace.updated'],
}
const webhook = { ...channel, kind: 'webhook', url: 'https://example.com/events' }
const save = async (document: Record<string, Json> = channel, by = ada) =>
  by.supabase.rpc('save_destination', { workspace_id, document })
const saved = async (document: Record<string, Json> = channel) => {
  const { data, error } = await save(document)
  if (error) throw error
  return savedDestinationSchema.parse(data)
}
const rename = (name: string) =>
  ada.supabase.from('workspaces').update({ name }).eq('id', workspace_id).throwOnError()
const claimOf = async (destination: string) => {
  const { data } = await server().rpc('claim_deliveries', { most: 1000 }).throwOnError()
  const claim = claimedDeliveriesSchema
    .array()
    .parse(data)
    .find(({ destinationId }) => destinationId === destination)
  if (!claim) throw new Error('Nothing was claimed of the destination.')
  return claim
}
const settle = ({ workspaceId, destinationId, lease, deliveries }: Awaited<ReturnType<typeof claimOf>>) =>
  server().rpc('settle_deliveries', {
    results: [
      {
        workspaceId,
        destinationId,
        lease,
        deliveries: deliveries.map(({ sequence }) => ({ sequence, outcome: 'delivered', status: 200 })),
      },
    ],
  })

it('integrations catalog', async () => {
  const { id } = await saved()
  const { data } = await ada.supabase.rpc('list_integrations', { workspace_id })
  const catalog = integrationSchema.array().parse(data)
  expect(catalog.find(({ key }) => key === 'slack')).toMatchObject({ connected: [{ id, name: 'Channel' }] })
  expect(catalog.find(({ key }) => key === 'webhook')).toMatchObject({
    isAvailable: false,
    feature: 'webhooks',
  })
  const kinds = await mia.supabase.from('integrations').select().order('position')
  expect(kinds.data?.map(({ key }) => key)).toEqual(catalog.map(({ key }) => key))
  const events = await mia.supabase.from('integration_events').select().order('position')
  expect(events.data).toContainEqual(
    expect.objectContaining({ key: 'workspace.updated', permission: 'workspace.read' }),
  )
  expect((await mia.supabase.rpc('list_integrations', { workspace_id })).error).toMatchObject({
    code: 'permission_denied',
    details: 'integrations.manage',
  })
})

it('destinations list', async () => {
  const { id } = await saved()
  const list = ({ supabase }: Person) => supabase.rpc('list_destinations', { workspace_id })
  const { data } = await list(ada)
  expect(destinationSchema.array().parse(data)).toMatchObject([{ id, url: 'https://hooks.slack.com' }])
  expect(JSON.stringify(data)).not.toContain('s3cret')
  expect((await list(mia)).error).toMatchObject({ code: 'permission_denied' })
  expect((await list(eve)).error).toMatchObject({ code: 'not_found' })
})

it('destinations save', async () => {
  const { id, version, secret } = await saved()
  expect(secret).toBeNull()
  const change = (document: Record<string, Json>) =>
    ada.supabase.rpc('save_destination', { workspace_id, document, id, version })
  const { url: _, ...renamed } = { ...channel, name: 'Other' }
  expect((await change(renamed)).data).toMatchObject({ name: 'Other', version: 2 })
  expect((await change(renamed)).error).toMatchObject({ code: 'conflict', details: '2' })
  expect((await save(webhook)).error).toMatchObject(lacksFeature('webhooks'))
  expect((await save({ ...channel, events: ['party.began'] })).error).toMatchObject({
    code: 'invalid_input',
    details: 'events.0',
  })
  expect((await save(channel, mia)).error).toMatchObject({ code: 'permission_denied' })
})

it('destinations rotate', async () => {
  await setPlan(app.server, 'premium', workspace_id)
  const { id, secret } = await saved(webhook)
  const rotate = ({ supabase }: Person) => supabase.rpc('rotate_destination_secret', { workspace_id, id })
  const rotated = savedDestinationSchema.parse((await rotate(ada)).data)
  expect(rotated).toMatchObject({ secret: expect.any(String), previousSecretUntil: expect.any(String) })
  expect(rotated.secret).not.toBe(secret)
  expect((await rotate(mia)).error).toMatchObject({ code: 'permission_denied' })
})

it('destinations test', async () => {
  const { id: destination_id } = await saved()
  const test = ({ supabase }: Person) => supabase.rpc('send_test_event', { workspace_id, destination_id })
  const { id } = sentTestSchema.parse((await test(ada)).data)
  expect(await claimOf(destination_id)).toMatchObject({
    deliveries: [{ id, payload: { type: 'integration.test' } }],
  })
  expect((await test(mia)).error).toMatchObject({ code: 'permission_denied' })
})

it('destinations deliveries', async () => {
  const { id: destination_id } = await saved()
  for (const name of ['One', 'Two']) await rename(name)
  const list = ({ supabase }: Person, more: object = {}) =>
    supabase.rpc('list_deliveries', { workspace_id, destination_id, ...more })
  const first = deliveryPageSchema.parse((await list(ada, { per_page: 1 })).data)
  expect(first.deliveries).toMatchObject([{ type: 'workspace.updated', status: 'waiting', attempts: [] }])
  const second = deliveryPageSchema.parse((await list(ada, { before: first.next })).data)
  expect(second).toMatchObject({ deliveries: [{ status: 'waiting' }], next: null })
  expect((await list(ada, { status: 'lost' })).error).toMatchObject({
    code: 'invalid_input',
    details: 'status',
  })
  expect((await list(mia)).error).toMatchObject({ code: 'permission_denied' })
})

it('destinations replay', async () => {
  const { id: destination_id } = await saved()
  await rename('One')
  const claim = await claimOf(destination_id)
  await settle(claim)
  const ids = claim.deliveries.map(({ id }) => id)
  const replay = ({ supabase }: Person) =>
    supabase.rpc('replay_deliveries', { workspace_id, destination_id, ids })
  expect(replayedDeliveriesSchema.parse((await replay(ada)).data)).toEqual({ replayed: 1, hasMore: false })
  expect((await claimOf(destination_id)).deliveries).toMatchObject([{ id: ids[0] }])
  expect((await replay(mia)).error).toMatchObject({ code: 'permission_denied' })
})

it('destinations delete', async () => {
  const { id } = await saved()
  const remove = ({ supabase }: Person) => supabase.rpc('delete_destination', { workspace_id, id })
  expect((await remove(mia)).error).toMatchObject({ code: 'permission_denied' })
  expect((await remove(ada)).error).toBeNull()
  expect((await remove(ada)).error).toMatchObject({ code: 'not_found', details: 'id' })
})

it('destinations deliver', async () => {
  const { id } = await saved()
  await rename('One')
  const claim = await claimOf(id)
  expect(claim).toMatchObject({ kind: 'slack', url: channel.url, secrets: [] })
  expect(settledDeliveriesSchema.parse((await settle(claim)).data)).toEqual({ settled: 1, late: 0 })
  for (const call of [
    ada.supabase.rpc('claim_deliveries'),
    ada.supabase.rpc('settle_deliveries', { results: [] }),
  ])
    expect((await call).error).toMatchObject({ code: '42501' })
  expect((await server().rpc('claim_deliveries', { most: 0 })).error).toMatchObject({ code: 'invalid_input' })
})
