import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../../types/database.ts'
import { type Served, startServed } from '../../support/http/served.ts'

// The audit log as a front end reads it, of writes that came over HTTP.

let served: Served
let ada: SupabaseClient<Database>
let workspaceId: string
let userId: string

beforeAll(async () => {
  served = await startServed()
  ada = served.connect({ 'x-request-id': 'request-1', 'x-forwarded-for': '203.0.113.7, 10.0.0.1' })
  const { data, error } = await ada.auth.signUp({
    email: 'ada@example.com',
    password: 'correct horse battery',
    options: { data: { name: 'Ada' } },
  })
  if (error || !data.user) throw error ?? new Error('The sign-up gave no account.')
  userId = data.user.id
  const made = await ada.rpc('create_workspace', { name: 'Engines' })
  if (made.error) throw made.error
  workspaceId = made.data.id
  for (let number = 1; number <= 5; number += 1) {
    const renamed = await ada
      .from('workspaces')
      .update({ name: `Engines ${number}` })
      .eq('id', workspaceId)
    if (renamed.error) throw renamed.error
  }
})

afterAll(() => served[Symbol.asyncDispose]())

it('records the request id and the addresses of a real request', async () => {
  const { data, error } = await ada
    .from('audit_log')
    .select(
      'actor_id, actor_type, actor_role, action, table_name, row_id, changes, request_id, ip, claimed_ip',
    )
    .eq('workspace_id', workspaceId)
    .order('occurred_at', { ascending: false })
    .limit(1)
  expect(error).toBeNull()
  expect(data).toEqual([
    {
      actor_id: userId,
      actor_type: 'user',
      actor_role: 'admin',
      action: 'update',
      table_name: 'workspaces',
      row_id: workspaceId,
      changes: { name: { old: 'Engines 4', new: 'Engines 5' } },
      request_id: 'request-1',
      ip: '127.0.0.1',
      claimed_ip: '203.0.113.7',
    },
  ])
})

it('pages through the table by key', async () => {
  const page = () =>
    ada
      .from('audit_log')
      .select('occurred_at, id')
      .eq('workspace_id', workspaceId)
      .order('occurred_at', { ascending: false })
      .order('id', { ascending: false })
      .limit(3)
  const found: string[] = []
  let { data, error } = await page()
  while (data?.length) {
    found.push(...data.map(({ id }) => id))
    const last = data.at(-1)
    const next = await page()
      .lte('occurred_at', last?.occurred_at ?? '')
      .or(`occurred_at.lt.${last?.occurred_at},id.lt.${last?.id}`)
    data = next.data
    error = next.error
  }
  expect(error).toBeNull()
  const { count } = await ada.from('audit_log').select('*', { count: 'exact', head: true })
  expect(found).toHaveLength(count ?? -1)
  expect(new Set(found).size).toBe(found.length)
})

it('pages through list_audit_log', async () => {
  const first = await ada.rpc('list_audit_log', { workspace_id: workspaceId, per_page: 5 })
  expect(first.error).toBeNull()
  expect(first.data).toMatchObject({
    entries: [
      {
        actor: { name: 'Ada', role: 'admin' },
        requestId: 'request-1',
        ip: '127.0.0.1',
        claimedIp: '203.0.113.7',
      },
      {},
      {},
      {},
      {},
    ],
    next: { before: expect.any(String), beforeId: expect.any(String) },
  })
  const { before, beforeId } = (first.data as { next: { before: string; beforeId: string } }).next
  const second = await ada.rpc('list_audit_log', {
    workspace_id: workspaceId,
    per_page: 5,
    before,
    before_id: beforeId,
  })
  expect(second.data).toMatchObject({ entries: [{}, {}], next: null })
})

it('is closed to a stranger', async () => {
  const eve = served.connect()
  await eve.auth.signUp({ email: 'eve@example.com', password: 'correct horse battery' })
  const { data, count } = await eve.from('audit_log').select('*', { count: 'exact' })
  expect({ data, count }).toEqual({ data: [], count: 0 })
  const { error, status } = await eve.rpc('list_audit_log', { workspace_id: workspaceId })
  expect({ status, code: error?.code }).toEqual({ status: 404, code: 'not_found' })
  const write = await ada.from('audit_log').delete().eq('workspace_id', workspaceId)
  expect({ status: write.status, code: write.error?.code }).toEqual({ status: 403, code: '42501' })
})
