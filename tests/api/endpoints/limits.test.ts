import { expect, it } from 'vitest'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'

const people = endpointSuite()

it('rate limits charge', async () => {
  const { app, ada } = people()
  const charges = [{ bucket: 'endpoint', name: 'person', quota: 1, window: 60 }]
  const server = app.gateway.adminClient()
  expect(await ada.supabase.rpc('charge_rate_limits', { charges })).toMatchObject({
    status: 403,
    error: { code: '42501' },
  })
  const charge = () => server.rpc('charge_rate_limits', { charges })
  expect((await charge()).data).toEqual([{ name: 'person', allowed: true, remaining: 0, reset: 60 }])
  expect((await charge()).data).toMatchObject([{ allowed: false, remaining: 0 }])
  expect(await server.rpc('charge_rate_limits', { charges: [] })).toMatchObject({
    status: 400,
    error: { code: 'invalid_input' },
  })
})
