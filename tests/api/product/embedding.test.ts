import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { borrowFrontEnd, type FrontEnd, type Person } from '../../support/http/front-end.ts'

// What is joined into what: a request of a hundred characters has no table repeated for each of its own rows.

let app: FrontEnd
let ada: Person
/** As a front end without types. */
let supabase: SupabaseClient

beforeAll(async () => {
  app = await borrowFrontEnd()
  ada = await app.signUp('Ada')
  supabase = ada.supabase as SupabaseClient
  const workspace_id = await app.createWorkspace(ada)
  const view_id = await insertView(app.server, { workspace_id, owner_id: ada.id })
  await insertWidget(app.server, { workspace_id, view_id })
  await app.server.query('select private.notify($1, $2, $3, $4)', [
    [ada.id],
    workspace_id,
    'member_removed',
    'News',
  ])
  await supabase.rpc('set_notification_preference', { kind: 'view_shared', delivery: 'none' })
})

afterAll(() => app[Symbol.asyncDispose]())

const refusal = (table: string) => ({
  status: 400,
  error: { code: 'invalid_input', details: 'select', message: `This reads ${table} within ${table}.` },
})

describe('a table within itself', () => {
  it.each([
    ['widgets', 'dashboard_views(widgets(id))'],
    ['widgets', 'dashboard_views(name, widgets(dashboard_views(widgets(config))))'],
    ['dashboard_views', 'name, a:widgets(b:dashboard_views(id))'],
    ['component_types', 'built_in_components(component_types(built_in_components(key)))'],
    ['built_in_components', 'component_types!inner(built_in_components!inner(key))'],
    ['plans', 'plan_limits(plans(key))'],
    ['workspace_members', 'profiles(workspace_members(user_id))'],
    ['workspaces', 'workspace_members(workspaces(id))'],
    ['marketplace_categories', 'marketplace_listings(marketplace_categories(key))'],
    ['ai_models', 'ai_model_prices(ai_models(key))'],
  ])('is refused: %s with %s', async (table, select) => {
    const [first = ''] = table.split(' ')
    expect(await supabase.from(first).select(select)).toMatchObject(refusal(first))
    expect(await supabase.from(first).select(select, { count: 'exact' })).toMatchObject({ status: 400 })
  })

  it('is refused of what is written, which is then not', async () => {
    const name = 'Renamed'
    const renamed = supabase.from('workspaces').update({ name }).neq('name', name)
    expect(await renamed.select('name, workspace_members(workspaces(name))')).toMatchObject(
      refusal('workspaces'),
    )
    expect((await supabase.from('workspaces').select('name')).data).toEqual([{ name: 'Studio' }])
  })

  it('is nothing that a name or a path makes of it', async () => {
    const select = 'name, "a from ""public"".""dashboard_views"" as ""dashboard_views_3""":widgets(config)'
    const path = `settings->>'from "public"."widgets" as "widgets_3"'`
    for (const asked of [select, `${path}, widgets(id)`])
      expect((await supabase.from('dashboard_views').select(asked)).error?.code).not.toBe('XX000')
  })
})

describe('rows that others refer to', () => {
  const message = 'This reads the rows that belong to one again for each that refers to it.'

  it.each([
    ['themes', 'workspaces(dashboard_views(widgets(id)))'],
    ['themes', 'profiles(dashboard_views(name))'],
    ['widgets', 'id, dashboard_views!inner(workspaces!inner(workspace_roles!inner(key)))'],
    ['workspace_members', 'user_id, ...workspaces(name, workspace_roles(key))'],
    ['notifications', 'profiles(notification_preferences(kind))'],
  ])('come with nothing of their own: %s with %s', async (table, select) => {
    expect(await supabase.from(table).select(select)).toMatchObject({
      status: 400,
      error: { code: 'invalid_input', details: 'select', message },
    })
  })

  it.each(['notifications', 'notification_preferences'])(
    'are not read within themselves: %s',
    async (table) => {
      expect((await supabase.from(table).select(`profiles(${table}(*))`)).error).toMatchObject({
        code: 'invalid_input',
        details: 'select',
      })
    },
  )
})

describe('other tables', () => {
  it.each([
    ['dashboard_views', 'name, widgets(id, built_in_components(key, component_types(key)))'],
    ['dashboard_views', 'name, one:widgets(id), other:widgets(config)'],
    ['widgets', 'id, dashboard_views!inner(name)'],
    ['workspaces', 'name, workspace_members(profiles(name)), dashboard_views(name, widgets(id))'],
    ['profiles', 'name, workspace_members(profiles(name))'],
  ])('come with what they refer to: %s with %s', async (table, select) => {
    const { data, error } = await supabase.from(table).select(select, { count: 'exact' })
    expect(error).toBeNull()
    expect(data).toHaveLength(1)
  })

  it('are refused where a request goes on without end', async () => {
    const select = Array.from({ length: 600 }, (_, n) => `a${n}:name`).join(',')
    const { error } = await supabase.from('dashboard_views').select(`${select},widgets(id)`)
    expect(error).toMatchObject({ code: 'invalid_input', details: 'select' })
  })
})
