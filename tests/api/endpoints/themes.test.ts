import { beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import {
  importedThemeSchema,
  listedThemeSchema,
  shownThemeSchema,
  storedThemeSchema,
  themeSchema,
} from '../../../types/theme.ts'
import { contractTheme, themeColumns } from '../../support/dashboards/themes.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about themes.

let app: FrontEnd
/** An admin, a member, a viewer, and somebody who is not in the workspace. */
let ada: Person
let mia: Person
let vic: Person
let eve: Person
let workspace_id: string
/** A theme that Mia has shared. */
let paper: string

const people = endpointSuite()

beforeEach(async () => {
  ;({ app, ada, mia, vic, eve, workspace_id } = people())
  const { data, error } = await create(mia, themeColumns)
  if (error) throw error
  paper = data.id
})

const create = ({ supabase }: Person, columns: typeof themeColumns) =>
  supabase
    .from('themes')
    .insert({ workspace_id, ...columns, visibility: 'workspace' })
    .select()
    .single()

/** What the workspace holds, whoever may see it. */
async function storedThemes(): Promise<Record<string, unknown>[]> {
  const { rows } = await app.server.query(
    'select id, name, visibility, owner_id, revision::int from public.themes where workspace_id = $1 order by name',
    [workspace_id],
  )
  return rows
}
const storedPaper = () => ({ id: paper, name: 'Paper', visibility: 'workspace', owner_id: null, revision: 1 })

it('themes list', async () => {
  const list = ({ supabase }: Person) => supabase.rpc('list_themes', { workspace_id })
  const { data, error } = await list(vic)
  expect(error).toBeNull()
  expect(z.array(listedThemeSchema).parse(data)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: 'default', kind: 'built_in', isActive: true, isWorkspaceDefault: true }),
      expect.objectContaining({ id: paper, kind: 'workspace', isActive: false, isWorkspaceDefault: false }),
    ]),
  )
  expect(await list(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('themes create', async () => {
  const made = await mia.supabase
    .from('themes')
    .insert({ workspace_id, ...themeColumns, name: 'Ink' })
    .select()
    .single()
  expect(made).toMatchObject({ error: null, data: { ...themeColumns, name: 'Ink', revision: 1 } })
  const ink = { id: made.data?.id, name: 'Ink', visibility: 'personal', owner_id: mia.id, revision: 1 }

  expect(await create(vic, themeColumns)).toMatchObject({ status: 403, error: { code: '42501' } })
  const css = structuredClone(themeColumns)
  css.colors.light.ring = 'url(https://example.com)'
  expect(await create(mia, css)).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'colors.light.ring' },
  })
  expect(await storedThemes()).toEqual([ink, storedPaper()])
})

it('themes get', async () => {
  const get = ({ supabase }: Person, theme_id: string) =>
    supabase.rpc('get_theme', { workspace_id, theme_id }, { get: true })
  const { data, error } = await get(vic, paper)
  expect(error).toBeNull()
  expect(storedThemeSchema.parse(data)).toMatchObject({
    ...themeColumns,
    id: paper,
    kind: 'workspace',
    revision: 1,
    createdBy: mia.id,
  })
  expect((await get(vic, 'default')).data).toMatchObject({ kind: 'built_in', colors: contractTheme.colors })
  expect(await get(eve, paper)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('themes update', async () => {
  const rename = ({ supabase }: Person, name: string, revision: number) =>
    supabase.from('themes').update({ name, revision }).match({ workspace_id, id: paper }).select().single()
  expect(await rename(mia, 'Ink', 1)).toMatchObject({ error: null, data: { name: 'Ink', revision: 2 } })
  expect(await rename(mia, 'Chalk', 1)).toMatchObject({
    status: 409,
    error: { code: 'conflict', details: '2' },
  })
  expect(await rename(vic, 'Chalk', 2)).toMatchObject({ status: 406, error: { code: 'PGRST116' } })
  expect(await storedThemes()).toEqual([{ ...storedPaper(), name: 'Ink', revision: 2 }])
})

it('themes delete', async () => {
  const remove = ({ supabase }: Person) =>
    supabase.from('themes').delete().match({ workspace_id, id: paper }).select('id').single()
  expect(await remove(vic)).toMatchObject({ status: 406, error: { code: 'PGRST116' } })
  expect(await storedThemes()).toEqual([storedPaper()])

  await vic.supabase.rpc('activate_theme', { workspace_id, theme_id: paper })
  expect(await remove(mia)).toMatchObject({ error: null, data: { id: paper } })
  expect(await storedThemes()).toEqual([])
  const active = await vic.supabase.rpc('active_theme', { workspace_id })
  expect(active.data).toMatchObject({ id: 'default', source: 'built_in' })
})

it('themes change', async () => {
  const rename = ({ supabase }: Person, theme_id: string, name: string) =>
    supabase.rpc('update_theme', { workspace_id, theme_id, patch: { name }, revision: 1 })
  const { data, error } = await rename(mia, paper, 'Ink')
  expect(error).toBeNull()
  expect(storedThemeSchema.parse(data)).toMatchObject({ id: paper, name: 'Ink', revision: 2 })
  expect(await rename(mia, paper, 'Chalk')).toMatchObject({ status: 409, error: { code: 'conflict' } })
  expect(await rename(mia, 'ocean', 'Chalk')).toMatchObject({
    status: 409,
    error: { code: 'conflict', details: 'theme_id' },
  })
  expect(await rename(vic, paper, 'Chalk')).toMatchObject({ error: { code: 'permission_denied' } })
  expect(await rename(mia, 'nowhere', 'Chalk')).toMatchObject({ error: { code: 'not_found' } })
  expect(await rename(mia, paper, '')).toMatchObject({ error: { code: 'invalid_input', details: 'name' } })
  expect(await storedThemes()).toEqual([{ ...storedPaper(), name: 'Ink', revision: 2 }])
})

it('themes remove', async () => {
  const remove = ({ supabase }: Person, theme_id: string) =>
    supabase.rpc('delete_theme', { workspace_id, theme_id })
  expect(await remove(vic, paper)).toMatchObject({ error: { code: 'permission_denied' } })
  expect(await remove(mia, 'ocean')).toMatchObject({
    status: 409,
    error: { code: 'conflict', details: 'theme_id' },
  })
  expect(await storedThemes()).toEqual([storedPaper()])
  expect((await remove(mia, paper)).error).toBeNull()
  expect(await remove(mia, paper)).toMatchObject({ status: 404, error: { code: 'not_found' } })
  expect(await storedThemes()).toEqual([])
})

it('themes active', async () => {
  const active = ({ supabase }: Person) => supabase.rpc('active_theme', { workspace_id })
  const { data, error } = await active(vic)
  expect(error).toBeNull()
  expect(shownThemeSchema.parse(data)).toMatchObject({ ...contractTheme, id: 'default', source: 'built_in' })
  expect(await active(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('themes activate', async () => {
  const activate = ({ supabase }: Person, theme_id: string) =>
    supabase.rpc('activate_theme', { workspace_id, theme_id })
  expect(await activate(vic, paper)).toMatchObject({ error: null, data: { id: paper, source: 'person' } })
  expect(await activate(vic, 'nowhere')).toMatchObject({ status: 404, error: { code: 'not_found' } })

  const active = async ({ supabase }: Person) => (await supabase.rpc('active_theme', { workspace_id })).data
  expect(await active(vic)).toMatchObject({ id: paper, source: 'person' })
  const none = await vic.supabase.rpc('activate_theme', { workspace_id })
  expect(none).toMatchObject({ error: null, data: { id: 'default', source: 'built_in' } })
  expect(await active(mia)).toMatchObject({ id: 'default', source: 'built_in' })
})

it('themes export', async () => {
  const exportTheme = ({ supabase }: Person) =>
    supabase.rpc('export_theme', { workspace_id, theme_id: paper })
  const { data, error } = await exportTheme(vic)
  expect(error).toBeNull()
  expect(themeSchema.parse(data)).toEqual({ ...themeColumns, id: paper, isDefault: false })
  expect(await exportTheme(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('themes import', async () => {
  const importTheme = ({ supabase }: Person, document: typeof contractTheme) =>
    supabase.rpc('import_theme', { workspace_id, document, visibility: 'workspace' })
  const { data, error } = await importTheme(mia, { ...contractTheme, name: 'Borrowed' })
  expect(error).toBeNull()
  const borrowed = importedThemeSchema.parse(data)
  expect(borrowed).toMatchObject({ name: 'Borrowed', colors: contractTheme.colors, kind: 'workspace' })

  const refused = await importTheme(mia, { ...contractTheme, version: 'latest' })
  expect(refused).toMatchObject({ status: 400, error: { code: 'invalid_input', details: 'version' } })
  expect(await importTheme(vic, contractTheme)).toMatchObject({
    status: 403,
    error: { code: 'permission_denied' },
  })
  expect(await storedThemes()).toEqual([
    { ...storedPaper(), id: borrowed.id, name: 'Borrowed' },
    storedPaper(),
  ])
})

it('themes default', async () => {
  const choose = ({ supabase }: Person, theme_id: string) =>
    supabase.rpc('set_default_theme', { workspace_id, theme_id })
  expect(await choose(mia, paper)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await choose(ada, 'nowhere')).toMatchObject({ status: 404, error: { code: 'not_found' } })
  const active = async () =>
    shownThemeSchema.parse((await vic.supabase.rpc('active_theme', { workspace_id })).data)
  expect(await active()).toMatchObject({ id: 'default', source: 'built_in' })
  expect((await choose(ada, paper)).error).toBeNull()
  expect(await active()).toMatchObject({ id: paper, source: 'workspace' })
  expect((await ada.supabase.rpc('set_default_theme', { workspace_id })).error).toBeNull()
  expect(await active()).toMatchObject({ id: 'default', source: 'built_in' })
})
