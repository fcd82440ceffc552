import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { availableComponentSchema } from '../../../types/component.ts'
import type { Database } from '../../../types/database.ts'
import { contractComponents, gauge } from '../../support/dashboards/components.ts'
import { borrowFrontEnd, type FrontEnd, type Person } from '../../support/http/front-end.ts'
import { lacksFeature, setPlan } from '../../support/people/plan.ts'

// One person and their premium workspace, as a front end has them.

let app: FrontEnd
let ada: Person
let supabase: SupabaseClient<Database>
let workspaceId: string

beforeAll(async () => {
  app = await borrowFrontEnd()
  ada = await app.signUp('Ada')
  supabase = ada.supabase
})

afterAll(() => app[Symbol.asyncDispose]())

beforeEach(async () => {
  workspaceId = await app.createWorkspace(ada)
  await setPlan(app.server, 'premium', workspaceId)
})

const publish = (document: Record<string, unknown>) =>
  supabase.rpc('publish_component', {
    workspace_id: workspaceId,
    document: JSON.parse(JSON.stringify(document)),
  })

async function availableComponents() {
  const { data, error } = await supabase.rpc('available_components', { workspace_id: workspaceId })
  expect(error).toBeNull()
  return z.array(availableComponentSchema).parse(data)
}

describe('the library of components', () => {
  it('is listed, the built-in ones first and in their order', async () => {
    await publish({ ...gauge, id: 'zebra', title: 'apple' })
    await publish({ ...gauge, title: 'Banana' })
    expect((await availableComponents()).map(({ id, kind }) => [id, kind])).toEqual([
      ...contractComponents.map(({ id }) => [id, 'built_in']),
      ['zebra', 'custom'],
      ['gauge', 'custom'],
    ])
  })

  it('grows by a publication, and by none that is refused', async () => {
    const published = await publish(gauge)
    expect(published.error).toBeNull()
    expect(availableComponentSchema.parse(published.data)).toMatchObject({ ...gauge, kind: 'custom' })

    const again = await publish(gauge)
    expect(again.status).toBe(409)
    expect(again.error).toMatchObject({ code: 'conflict', details: '1.0.0' })
    const broken = await publish({ ...gauge, version: '1.1.0', defaultConfig: { unit: 1 } })
    expect(broken.status).toBe(400)
    expect(broken.error).toMatchObject({ code: 'invalid_input', details: 'defaultConfig.unit' })

    await setPlan(app.server, 'free', workspaceId)
    const unpaid = await publish({ ...gauge, version: '1.1.0' })
    expect(unpaid.status).toBe(402)
    expect(unpaid.error).toMatchObject(lacksFeature('custom_components'))
    const { data } = await supabase
      .from('component_versions')
      .select('component_key, version')
      .eq('workspace_id', workspaceId)
    expect(data).toEqual([{ component_key: 'gauge', version: '1.0.0' }])
  })

  it('takes one of two publications of the same version at the same moment', async () => {
    await publish(gauge)
    const both = await Promise.all(
      ['Mine', 'Yours'].map((title) => publish({ ...gauge, version: '1.1.0', title })),
    )
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect(both.flatMap(({ error }) => error ?? [])).toMatchObject([{ code: 'conflict', details: '1.1.0' }])
    const kept = both.flatMap(({ data }) => data ?? [])
    const { data } = await supabase.rpc('get_component', { workspace_id: workspaceId, key: 'gauge' })
    expect(kept).toEqual([data])
  })

  it('gives one component, the latest version or a chosen one', async () => {
    await publish(gauge)
    await publish({ ...gauge, version: '1.0.1', title: 'Tank' })
    const get = (key: string, version?: string) =>
      supabase.rpc(
        'get_component',
        version ? { workspace_id: workspaceId, key, version } : { workspace_id: workspaceId, key },
        { get: true },
      )
    expect((await get('gauge')).data).toMatchObject({ version: '1.0.1', title: 'Tank' })
    expect((await get('gauge', '1.0.0')).data).toMatchObject({ version: '1.0.0', title: 'Gauge' })
    expect((await get('recent-orders')).data).toMatchObject({ kind: 'built_in', type: 'table' })
    const unknown = await get('gauge', '7.0.0')
    expect(unknown.status).toBe(404)
    expect(unknown.error).toMatchObject({ code: 'not_found', details: 'key' })
  })

  it('loses a component that is deleted', async () => {
    await publish(gauge)
    const remove = () => supabase.rpc('delete_component', { workspace_id: workspaceId, key: 'gauge' })
    expect((await remove()).error).toBeNull()
    expect((await availableComponents()).map(({ kind }) => kind)).not.toContain('custom')
    const again = await remove()
    expect(again.status).toBe(404)
    expect(again.error).toMatchObject({ code: 'not_found', details: 'key' })
  })

  it('is read as rows too, each with its versions, its type and who made it', async () => {
    await publish(gauge)
    const { data, error } = await supabase
      .from('components')
      .select('key, component_versions(version), component_types(key), profiles(name)')
      .eq('workspace_id', workspaceId)
    expect(error).toBeNull()
    expect(data).toMatchObject([
      { key: 'gauge', component_versions: [{ version: '1.0.0' }], component_types: { key: 'stats' } },
    ])
    const write = await supabase
      .from('component_versions')
      .update({ title: 'Mine' })
      .eq('workspace_id', workspaceId)
    expect(write.status).toBe(403)
    expect(write.error).toMatchObject({ code: '42501' })
  })
})
