import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { storedViewSchema } from '../../../../types/view.ts'
import { contractComponents } from '../../../support/dashboards/components.ts'
import { contractView } from '../../../support/dashboards/layouts.ts'
import { borrowFrontEnd, type FrontEnd, type Person } from '../../../support/http/front-end.ts'

// The front end's own documents go in and come out unchanged in meaning.

let app: FrontEnd
let ada: Person
let workspace_id: string

beforeAll(async () => {
  app = await borrowFrontEnd()
  ada = await app.signUp('Ada')
  workspace_id = await app.createWorkspace(ada)
})
afterAll(() => app[Symbol.asyncDispose]())

it('the initial view is what somebody sees for whom nobody has chosen', async () => {
  const vic = await app.signUp('Vic')
  const elsewhere = await app.createWorkspace(vic)
  const { data, error } = await vic.supabase.rpc('active_view', { workspace_id: elsewhere })
  expect(error).toBeNull()
  expect(data).toEqual({ ...contractView, source: 'built_in' })
})

it('the initial view can be made a view, and read as it was', async () => {
  const { name, description = '', layout } = contractView
  const made = await ada.supabase.rpc('create_view', { workspace_id, name, description, layout })
  expect(made.error).toBeNull()
  const { id } = storedViewSchema.parse(made.data)

  const { data } = await ada.supabase.rpc('get_view', { view_id: id })
  const stored = storedViewSchema.parse(data)
  expect(stored).toMatchObject({ name, description })
  expect({
    ...stored.layout,
    widgets: stored.layout.widgets.map(({ id: _, version: __, ...each }) => each),
  }).toEqual(layout)
})

it('a view that was read can be saved as it is, and saving it changes nothing', async () => {
  const { name, layout } = contractView
  const made = await ada.supabase.rpc('create_view', { workspace_id, name, layout })
  const document = storedViewSchema.parse(made.data)
  const again = await ada.supabase.rpc('save_view', {
    view_id: document.id,
    document,
    expected_version: document.version,
  })
  expect(again.error).toBeNull()
  expect(storedViewSchema.parse(again.data)).toEqual(document)
})

it('the registry of components is what the library lists', async () => {
  const { data, error } = await ada.supabase.rpc('available_components', { workspace_id })
  expect(error).toBeNull()
  const listed = z.array(z.looseObject({ id: z.string(), configSchema: z.unknown() })).parse(data)
  expect(listed).toMatchObject(contractComponents)
})
