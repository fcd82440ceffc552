import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Json } from '../../../types/database.ts'
import { exportSchema, importReportSchema } from '../../../types/transfer.ts'
import { gauge } from '../../support/dashboards/components.ts'
import { contractView, layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { contractTheme } from '../../support/dashboards/themes.ts'
import { dashboardOf, gaugeWidget, withoutIds } from '../../support/dashboards/transfer.ts'
import { borrowFrontEnd, type FrontEnd, type Person } from '../../support/http/front-end.ts'
import { setPlan } from '../../support/people/plan.ts'

// Taking a dashboard along as a front end does it, from one person's workspace to another's.

let frontEnd: FrontEnd
let ada: Person
let bob: Person
let adas: string
let bobs: string

beforeAll(async () => {
  frontEnd = await borrowFrontEnd()
  ada = await frontEnd.signUp('Ada')
  bob = await frontEnd.signUp('Bob')
})
beforeEach(async () => {
  adas = await frontEnd.createWorkspace(ada)
  bobs = await frontEnd.createWorkspace(bob)
  await setPlan(frontEnd.server, 'premium')
})
afterAll(() => frontEnd[Symbol.asyncDispose]())

async function exportOf({ supabase }: Person, workspaceId: string) {
  const { data, error } = await supabase.rpc('export_dashboard', { workspace_id: workspaceId })
  expect(error).toBeNull()
  return exportSchema.parse(data)
}

/** A document as a front end would have read it from a file. */
const json = (document: object): Record<string, Json> => JSON.parse(JSON.stringify(document))

describe('a dashboard', () => {
  it('that one person exports is the same where another imports it, and again', async () => {
    const { supabase } = ada
    const idOf = async (made: PromiseLike<{ data: unknown; error: unknown }>) => {
      const { data, error } = await made
      expect(error).toBeNull()
      return z.object({ id: z.string() }).parse(data).id
    }
    await idOf(supabase.rpc('publish_component', { workspace_id: adas, document: json(gauge) }))
    const layout = { ...contractView.layout, widgets: [...contractView.layout.widgets, gaugeWidget()] }
    const view = await idOf(supabase.rpc('create_view', { workspace_id: adas, name: 'Numbers', layout }))
    const theme = await idOf(supabase.rpc('import_theme', { workspace_id: adas, document: contractTheme }))
    const extras = { 'app:pins': [{ at: null }] }
    const patch = { locale: 'de', active_theme_id: theme, active_dashboard_view: view, extras }
    expect((await supabase.rpc('patch_preferences', { workspace_id: adas, patch })).error).toBeNull()
    await supabase.rpc('set_default_view', { workspace_id: adas, view_id: view })

    const exported = await exportOf(ada, adas)
    expect(exported).toMatchObject({ components: [gauge], views: [{ name: 'Numbers', isDefault: true }] })
    const imported = await bob.supabase.rpc('import_dashboard', {
      workspace_id: bobs,
      document: json(exported),
    })
    expect(imported.error).toBeNull()
    expect(importReportSchema.parse(imported.data).skipped).toEqual([])

    const again = await exportOf(bob, bobs)
    expect(withoutIds(again)).toEqual(withoutIds(exported))
    expect((await bob.supabase.rpc('active_view', { workspace_id: bobs })).data).toMatchObject({
      source: 'active',
      name: 'Numbers',
    })
    expect((await bob.supabase.rpc('active_theme', { workspace_id: bobs })).data).toMatchObject({
      source: 'person',
      colors: contractTheme.colors,
    })
  })

  it('of 5 MB is refused', async () => {
    const config = { note: 'x'.repeat(5_000_000) }
    const views = [{ id: 'first', name: 'First', layout: layoutOf(widget({ config })) }]
    const { error, status } = await bob.supabase.rpc('import_dashboard', {
      workspace_id: bobs,
      document: json(dashboardOf({ views })),
    })
    expect(status).toBe(400)
    expect(error).toMatchObject({ code: 'invalid_input', details: '' })
  })

  it('that is nested deeply is refused', async () => {
    const nested: Json = JSON.parse(`${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`)
    const document = { ...json(dashboardOf()), themes: nested }
    const { error, status } = await bob.supabase.rpc('import_dashboard', { workspace_id: bobs, document })
    expect(status).toBe(400)
    expect(error).toMatchObject({ code: 'invalid_input', details: 'themes' })
  })
})

describe('a view', () => {
  it('of the front end goes in as it is, and out again', async () => {
    const imported = await bob.supabase.rpc('import_view', { workspace_id: bobs, document: contractView })
    expect(imported.error).toBeNull()
    const [made] = importReportSchema.parse(imported.data).views
    const exported = await bob.supabase.rpc('export_view', { view_id: made?.id ?? '' })
    const [view] = exportSchema.parse(exported.data).views
    expect(view).toMatchObject({
      name: contractView.name,
      description: contractView.description,
      layout: contractView.layout,
    })
  })

  it('of somebody else is not there', async () => {
    const imported = await ada.supabase.rpc('import_view', { workspace_id: adas, document: contractView })
    const [made] = importReportSchema.parse(imported.data).views
    const view_id = made?.id ?? ''
    expect((await ada.supabase.rpc('export_view', { view_id })).error).toBeNull()
    const { error, status } = await bob.supabase.rpc('export_view', { view_id })
    expect(status).toBe(404)
    expect(error).toMatchObject({ code: 'not_found', details: 'view_id' })
  })
})

describe('the examples of docs/transfer-format.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/transfer-format.md'), 'utf8')
  const [document, report] = [...page.matchAll(/```json\n(.*?)```/gs)].map(
    ([, text = '']): Json => JSON.parse(text),
  )

  it('are a document that every workspace takes, and a report', async () => {
    expect(exportSchema.parse(document)).toEqual(document)
    expect(importReportSchema.parse(report)).toEqual(report)
    const imported = await bob.supabase.rpc('import_dashboard', {
      workspace_id: bobs,
      document: document ?? null,
    })
    expect(importReportSchema.parse(imported.data)).toMatchObject({
      views: [{ from: 'sales' }],
      skipped: [],
    })
  })
})
