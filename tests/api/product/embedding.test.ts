import { randomUUID } from 'node:crypto'
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

  it.each([
    ['profiles', 'name,workspaces!workspace_members(profiles!workspace_members(name,email,bio))', 'profiles'],
    ['profiles', 'name,workspace_members(workspaces(profiles!workspace_members(name)))', 'profiles'],
    [
      'workspaces',
      'profiles!workspace_members(workspaces!workspace_members(profiles!workspace_members(name,bio)))',
      'workspaces',
    ],
    ['workspace_members', 'profiles(workspaces!workspace_members(name))', 'workspace_members'],
    ['limits', 'plans!plan_limits(limits!plan_limits(key))', 'limits'],
  ])('is refused through a junction: %s with %s', async (table, select, twice) => {
    expect(await supabase.from(table).select(select)).toMatchObject(refusal(twice))
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
    ['profiles', 'name, workspaces!workspace_members(dashboard_views(name))'],
    ['workspaces', 'name, profiles!workspace_members(notifications(title))'],
    ['notification_kinds', 'key, profiles!notification_preferences(notifications(title))'],
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

describe('JSON of a row that others refer to', () => {
  it.each([
    ['workspaces', 'dashboard_views(widgets(component_versions(*)))', 'component_versions'],
    [
      'workspaces',
      'name, dashboard_views(widgets(...component_versions(a:config_schema)))',
      'component_versions',
    ],
    [
      'dashboard_views',
      'name, widgets(id, built_in_components(key, config_schema->type))',
      'built_in_components',
    ],
    [
      'dashboard_views',
      'name, widgets(built_in_components(key, component_types(data_schema)))',
      'component_types',
    ],
    ['profiles', 'name, workspaces!workspace_members(settings)', 'workspaces'],
  ])('comes not in lists of a list: %s with %s', async (table, select, large) => {
    const message = `This reads the JSON of ${large} again for each row of a list in another.`
    const error = { code: 'invalid_input', details: 'select', message }
    expect(await supabase.from(table).select(select)).toMatchObject({ status: 400, error })
    expect(await supabase.from(table).select(select).neq('id', randomUUID())).toMatchObject({ error })
    expect(await supabase.from(table).select(select).or(`id.eq.${ada.id},id.not.is.null`)).toMatchObject({
      error,
    })
  })

  it('comes in the list of one row, by its id, and with rows of one list', async () => {
    const { data } = await supabase.from('dashboard_views').select('id').single()
    const view = await supabase
      .from('dashboard_views')
      .select('*, widgets(*, component_versions(*, components(*)), built_in_components(*))')
      .eq('id', data?.id)
      .single()
    expect(view.data?.widgets).toMatchObject([{ built_in_components: { config_schema: {} } }])
    const mine = supabase.from('profiles').select('name, workspaces!workspace_members(*)').eq('id', ada.id)
    expect((await mine.single()).data?.workspaces).toMatchObject([{ name: 'Studio' }])
    const memberships = await supabase.from('workspace_members').select('role_key, workspaces(*)')
    expect(memberships.data).toMatchObject([{ workspaces: { name: 'Studio' } }])
    const renamed = supabase.from('dashboard_views').update({ description: 'Mine' }).eq('id', data?.id)
    expect((await renamed.select('id, widgets(built_in_components(*))')).error).toBeNull()
  })
})

describe('other tables', () => {
  it.each([
    ['workspaces', 'name, profiles!workspace_members(name, email), dashboard_views(name)'],
    ['workspaces', 'name, workspace_roles(key, name), workspace_members(user_id, workspace_roles(name))'],
    [
      'dashboard_views',
      'name, marketplace_installs(components(key)), widgets(component_versions(version, components(key)))',
    ],
    ['dashboard_views', '*, widgets(*, component_versions(version, components(*)))'],
    [
      'workspaces',
      '*, dashboard_views(*, widgets(*, component_versions(title, icon), built_in_components(icon)))',
    ],
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
