import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../../types/database.ts'
import { importedThemeSchema, themeSchema } from '../../../types/theme.ts'
import { contractTheme, themeColumns } from '../../support/dashboards/themes.ts'
import { borrowFrontEnd, type FrontEnd, type Person } from '../../support/http/front-end.ts'

// One person and their workspace, as a front end has them.

let app: FrontEnd
let ada: Person
let supabase: SupabaseClient<Database>
let token: string
let workspaceId: string

beforeAll(async () => {
  app = await borrowFrontEnd()
  ada = await app.signUp('Ada')
  supabase = ada.supabase
  token = (await supabase.auth.getSession()).data.session?.access_token ?? ''
})

afterAll(() => app[Symbol.asyncDispose]())

beforeEach(async () => {
  workspaceId = await app.createWorkspace(ada)
})

describe('themes', () => {
  it('are made, changed and deleted as rows', async () => {
    const made = await supabase
      .from('themes')
      .insert({ workspace_id: workspaceId, ...themeColumns, visibility: 'workspace' })
      .select()
      .single()
    expect(made.error).toBeNull()
    expect(made.data).toMatchObject({ ...themeColumns, revision: 1, visibility: 'workspace' })
    const id = made.data?.id ?? ''

    const rename = (name: string) =>
      supabase
        .from('themes')
        .update({ name, revision: 1 })
        .match({ workspace_id: workspaceId, id })
        .select('name, revision')
        .single()
    expect((await rename('Ink')).data).toEqual({ name: 'Ink', revision: 2 })
    const stale = await rename('Chalk')
    expect(stale.status).toBe(409)
    expect(stale.error).toMatchObject({ code: 'conflict', details: '2' })

    const bad = await supabase
      .from('themes')
      .update({ colors: { ...themeColumns.colors, light: { ...themeColumns.colors.light, ring: 'url(x)' } } })
      .match({ workspace_id: workspaceId, id })
    expect(bad.status).toBe(400)
    expect(bad.error).toMatchObject({ code: 'invalid_input', details: 'colors.light.ring' })

    expect((await supabase.from('themes').delete().match({ workspace_id: workspaceId, id })).error).toBeNull()
    expect((await supabase.from('themes').select('id').eq('workspace_id', workspaceId)).data).toEqual([])
  })

  it('are imported, activated, listed and exported', async () => {
    const imported = await supabase.rpc('import_theme', {
      workspace_id: workspaceId,
      document: contractTheme,
    })
    expect(imported.error).toBeNull()
    const { id } = importedThemeSchema.parse(imported.data)
    const activated = await supabase.rpc('activate_theme', { workspace_id: workspaceId, theme_id: id })
    expect(activated.data).toMatchObject({ id, source: 'person' })
    expect((await supabase.rpc('active_theme', { workspace_id: workspaceId })).data).toMatchObject({ id })
    const { data: list } = await supabase.rpc('list_themes', { workspace_id: workspaceId })
    expect(list).toContainEqual(expect.objectContaining({ id, kind: 'personal', isActive: true }))
    const exported = await supabase.rpc('export_theme', { workspace_id: workspaceId, theme_id: id })
    expect(themeSchema.parse(exported.data)).toEqual({ ...contractTheme, id, isDefault: false })
  })

  it('of 5 MB are refused', async () => {
    const document = { ...contractTheme, name: 'x'.repeat(5_000_000) }
    const { error, status } = await supabase.rpc('import_theme', { workspace_id: workspaceId, document })
    expect(status).toBe(400)
    expect(error).toMatchObject({ code: 'invalid_input', details: '' })
  })
})

describe('preferences', () => {
  it('are read and patched', async () => {
    const patched = await supabase.rpc('patch_preferences', {
      workspace_id: workspaceId,
      patch: { theme_mode: 'dark', extras: { 'app:density': 'high' } },
    })
    expect(patched.error).toBeNull()
    expect((await supabase.rpc('get_preferences', { workspace_id: workspaceId })).data).toEqual(patched.data)
    const refused = await supabase.rpc('patch_preferences', { workspace_id: workspaceId, patch: { mode: 1 } })
    expect(refused.error).toMatchObject({ code: 'invalid_input', details: 'mode' })
  })
})

describe('reading a theme', () => {
  const read = (themeId: string, ifNoneMatch?: string) => {
    const query = new URLSearchParams({ workspace_id: workspaceId, theme_id: themeId })
    return fetch(`${app.gateway.url}/rest/v1/rpc/get_theme?${query}`, {
      headers: {
        apikey: app.gateway.publishableKey,
        authorization: `Bearer ${token}`,
        ...(ifNoneMatch ? { 'if-none-match': ifNoneMatch } : {}),
      },
    })
  }

  it('gives a tag, and leave to keep the theme, but not to show it unasked', async () => {
    const response = await read('ocean')
    expect(response.status).toBe(200)
    expect(response.headers.get('etag')).toMatch(/^"[0-9a-f]{64}"$/)
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
    expect(await response.json()).toMatchObject({ id: 'ocean', kind: 'built_in' })
  })

  it.each([
    ['the tag', (tag: string) => tag],
    ['the tag, marked as weak', (tag: string) => `W/${tag}`],
    ['a list with the tag', (tag: string) => `"other", ${tag}`],
    ['any tag', () => '*'],
  ])('that is unchanged answers 304 to %s', async (_, sent) => {
    const tag = (await read('ocean')).headers.get('etag') ?? ''
    const response = await read('ocean', sent(tag))
    expect(response.status).toBe(304)
    expect(await response.text()).toBe('')
    expect(response.headers.get('etag')).toBe(tag)
    expect(response.headers.get('cache-control')).toBe('private, no-cache')
  })

  it('that was changed answers with the theme', async () => {
    const made = await supabase
      .from('themes')
      .insert({ workspace_id: workspaceId, ...themeColumns })
      .select('id')
      .single()
    const id = made.data?.id ?? ''
    const tag = (await read(id)).headers.get('etag') ?? ''
    expect((await read(id, tag)).status).toBe(304)
    await supabase.from('themes').update({ name: 'Ink' }).match({ workspace_id: workspaceId, id })
    const response = await read(id, tag)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ name: 'Ink', revision: 2 })
    expect(response.headers.get('etag')).not.toBe(tag)
  })

  it('that is not there has no tag', async () => {
    const response = await read('nowhere', '*')
    expect(response.status).toBe(404)
    expect(response.headers.get('etag')).toBeNull()
    expect(await response.json()).toMatchObject({ code: 'not_found', details: 'theme_id' })
  })
})
