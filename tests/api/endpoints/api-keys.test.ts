import { createHash } from 'node:crypto'
import type { SupabaseClient } from '@supabase/supabase-js'
import { beforeEach, expect, it } from 'vitest'
import * as z from 'zod'
import { apiKeySchema, apiKeyWithSecretSchema, verifiedApiKeySchema } from '../../../types/api-key.ts'
import { entitlementsSchema } from '../../../types/entitlements.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about API keys.

let app: FrontEnd
let ada: Person
let mia: Person
let workspace_id: string

const people = endpointSuite()
beforeEach(() => {
  ;({ app, ada, mia, workspace_id } = people())
})

async function make() {
  const { data } = await ada.supabase.rpc('create_api_key', {
    workspace_id,
    name: 'Shop',
    scopes: ['dashboards.read'],
  })
  return apiKeyWithSecretSchema.parse(data)
}

it('api keys list', async () => {
  const list = ({ supabase }: Person) => supabase.rpc('list_api_keys', { workspace_id })
  const { id } = await make()
  const { data, error } = await list(ada)
  expect(error).toBeNull()
  expect(z.array(apiKeySchema).parse(data)).toMatchObject([{ id, name: 'Shop', status: 'active' }])
  expect((await list(mia)).error).toMatchObject({ code: 'permission_denied', details: 'api_keys.manage' })
})

it('api keys create', async () => {
  const create = ({ supabase }: Person, scopes: string[]) =>
    supabase.rpc('create_api_key', { workspace_id, name: 'Shop', scopes, expires_at: '2999-01-01T00:00:00Z' })
  const { data, error } = await create(ada, ['themes.read', 'dashboards.read'])
  expect(error).toBeNull()
  expect(apiKeyWithSecretSchema.parse(data)).toMatchObject({
    scopes: ['dashboards.read', 'themes.read'],
    expiresAt: '2999-01-01T00:00:00.000Z',
  })
  expect((await create(ada, ['members.invite'])).error).toMatchObject({
    code: 'invalid_input',
    details: 'scopes',
  })
  expect((await create(mia, ['themes.read'])).error).toMatchObject({ code: 'permission_denied' })
})

it('api keys rotate', async () => {
  const { id, key } = await make()
  const rotate = ({ supabase }: Person, grace_hours = 1) =>
    supabase.rpc('rotate_api_key', { key_id: id, grace_hours })
  const { data, error } = await rotate(ada)
  expect(error).toBeNull()
  const rotated = apiKeyWithSecretSchema.parse(data)
  expect(rotated).toMatchObject({ id, previousExpiresAt: expect.any(String) })
  expect(rotated.key).not.toBe(key)
  expect((await rotate(ada, 169)).error).toMatchObject({ code: 'invalid_input', details: 'grace_hours' })
  expect((await rotate(mia)).error).toMatchObject({ code: 'permission_denied' })
})

it('api keys revoke', async () => {
  const { id } = await make()
  const revoke = ({ supabase }: Person) => supabase.rpc('revoke_api_key', { key_id: id })
  expect((await revoke(mia)).error).toMatchObject({ code: 'permission_denied' })
  const { data, error } = await revoke(ada)
  expect(error).toBeNull()
  expect(apiKeySchema.parse(data)).toMatchObject({ id, status: 'revoked' })
  expect((await revoke(ada)).error).toMatchObject({ code: 'conflict', details: 'revoked' })
})

it('api keys verify', async () => {
  const { id, key } = await make()
  const verify = (supabase: SupabaseClient, key_hash = createHash('sha256').update(key).digest('hex')) =>
    supabase.rpc('verify_api_key', { key_id: id, key_hash })
  const { data, error } = await verify(app.gateway.adminClient())
  expect(error).toBeNull()
  expect(verifiedApiKeySchema.parse(data)).toEqual({
    keyId: id,
    workspaceId: workspace_id,
    expiresAt: null,
    tokensPerMinute: 60,
  })
  expect((await verify(app.gateway.adminClient(), '0'.repeat(64))).error).toMatchObject({
    code: 'api_key_not_valid',
  })
  expect((await verify(ada.supabase)).error).toMatchObject({ code: '42501' })
})

it('api keys spend', async () => {
  // One that nobody has given another plan.
  const own = await app.createWorkspace(ada)
  const spend = (supabase: SupabaseClient, id = own) => supabase.rpc('spend_api_token', { workspace_id: id })
  expect(await spend(app.gateway.adminClient())).toMatchObject({ error: null, data: null })
  const { data } = await ada.supabase.rpc('entitlements', { workspace_id: own })
  const { use, most } = entitlementsSchema.parse(data).limits.find(({ key }) => key === 'api_tokens') ?? {}
  expect([use, most]).toEqual([1, 100_000])
  for (const [id, code] of [
    ['WK-000000000', 'not_found'],
    ['x', 'invalid_input'],
  ] as const)
    expect((await spend(app.gateway.adminClient(), id)).error).toMatchObject({ code })
  expect((await spend(ada.supabase)).error).toMatchObject({ code: '42501' })
})
