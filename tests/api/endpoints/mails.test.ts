import { expect, it } from 'vitest'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'

const people = endpointSuite()

it('mails claim', async () => {
  const { app, ada, workspace_id } = people()
  const email = app.newAddress()
  await ada.supabase.rpc('create_invitation', { workspace_id, email, role: 'viewer' })
  const server = app.gateway.adminClient()
  expect(await ada.supabase.rpc('claim_mails', { most: 20 })).toMatchObject({
    status: 403,
    error: { code: '42501' },
  })
  expect(await server.rpc('claim_mails', { most: 0 })).toMatchObject({
    status: 400,
    error: { code: 'invalid_input' },
  })
  const { data } = await server.rpc('claim_mails', { most: 20 })
  expect(data).toContainEqual(expect.objectContaining({ workspaceId: workspace_id, to: email }))
})

it('mails settle', async () => {
  const { app, ada, workspace_id } = people()
  const email = app.newAddress()
  await ada.supabase.rpc('create_invitation', { workspace_id, email, role: 'viewer' })
  const server = app.gateway.adminClient()
  const { data } = await server.rpc('claim_mails', { most: 100 })
  const { id } = (data as { id: string; to: string }[]).find(({ to }) => to === email) ?? {}
  const results = [{ workspaceId: workspace_id, id, outcome: 'sent' }]
  expect(await ada.supabase.rpc('settle_mails', { results })).toMatchObject({
    status: 403,
    error: { code: '42501' },
  })
  expect((await server.rpc('settle_mails', { results })).error).toBeNull()
  expect(await server.rpc('settle_mails', { results: {} })).toMatchObject({
    status: 400,
    error: { code: 'invalid_input' },
  })
})

it('mails unsubscribe', async () => {
  const { app, mia } = people()
  const unsubscribe = { user_id: mia.id, kind: 'member_removed' }
  expect(await mia.supabase.rpc('unsubscribe_from_mails', unsubscribe)).toMatchObject({
    status: 403,
    error: { code: '42501' },
  })
  expect((await app.gateway.adminClient().rpc('unsubscribe_from_mails', unsubscribe)).error).toBeNull()
  const { data } = await mia.supabase.rpc('list_notification_preferences')
  expect(data).toContainEqual(expect.objectContaining({ kind: 'member_removed', delivery: 'app' }))
})
