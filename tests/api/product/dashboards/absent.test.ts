import { beforeEach, describe, expect, it } from 'vitest'
import type { StoredView } from '../../../../types/view.ts'
import { asJson, badInputSuite, canary } from '../../../support/dashboards/bad-input.ts'
import { insertComponent } from '../../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../../support/dashboards/layouts.ts'
import { createSharedView, readView, saveLayout } from '../../../support/dashboards/view-calls.ts'
import type { FrontEnd, Person } from '../../../support/http/front-end.ts'

// What a request names and is not there, or not for whoever asks.

const { suite, expectNothingWritten, expectRefusal } = badInputSuite()
let app: FrontEnd
let ada: Person
let workspace_id: string
let view: StoredView

beforeEach(() => {
  ;({ app, ada, workspace_id, view } = suite())
})

describe('what is not there, or belongs to others', () => {
  it('a component of another workspace is unknown', async () => {
    const eve = await app.signUp('Eve')
    const elsewhere = await app.createWorkspace(eve)
    await insertComponent(app.server, elsewhere, {})
    const theirs = { widgetId: 'gauge', config: { unit: 'l', limit: 80 } }
    await expectRefusal(asJson(layoutOf(widget(theirs))), 'widgets.0.widgetId')
    await expectRefusal(
      asJson(layoutOf(widget({ ...theirs, componentVersion: '1.0.0' }))),
      'widgets.0.componentVersion',
    )
    const { error } = await ada.supabase
      .from('widgets')
      .insert({ workspace_id, view_id: view.id, component_key: 'gauge', x: 0, y: 0, width: 1, height: 1 })
    expect(error).toMatchObject({ code: 'invalid_input', details: 'component_key' })
    await expectNothingWritten(JSON.stringify(error))
  })

  it.each([0, -1, 999, 2 ** 53])('the version %i to begin from', async (expected_version) => {
    const { status, error } = await ada.supabase.rpc('save_layout', {
      view_id: view.id,
      layout: asJson(layoutOf()),
      expected_version,
    })
    expect([status, error?.code, error?.details]).toEqual([400, 'invalid_input', 'expected_version'])
    await expectNothingWritten(JSON.stringify(error))
  })

  it('a version of the history, and one of a single row', async () => {
    const version = 77
    const calls = await Promise.all([
      ada.supabase.rpc('get_view_version', { view_id: view.id, version }),
      ada.supabase.rpc('restore_view_version', { view_id: view.id, version }),
      ada.supabase.rpc('compare_view_versions', { view_id: view.id, from_version: version }),
      ada.supabase.rpc('compare_view_versions', { view_id: view.id, from_version: 1, to_version: version }),
    ])
    expect(calls.map(({ status, error }) => [status, error?.code, error?.details])).toEqual([
      [404, 'not_found', 'version'],
      [404, 'not_found', 'version'],
      [404, 'not_found', 'from_version'],
      [404, 'not_found', 'to_version'],
    ])
    const { status, error } = await ada.supabase
      .from('widgets')
      .update({ visible: false, version })
      .match({ workspace_id, view_id: view.id })
    expect([status, error?.code]).toEqual([409, 'conflict'])
    await expectNothingWritten('')
  })

  it('a view that is unknown, of another workspace or deleted is not found, all alike', async () => {
    const eve = await app.signUp('Eve')
    const theirs = await createSharedView(eve, await app.createWorkspace(eve), [])
    const gone = await createSharedView(ada, workspace_id, [])
    await ada.supabase.rpc('delete_view', { view_id: gone.id })
    const answers = await Promise.all(
      ['00000000-0000-4000-8000-00000000ffff', theirs.id, gone.id].map((id) =>
        saveLayout(ada, { ...view, id, version: 1 }, layoutOf(widget())),
      ),
    )
    const [first] = answers
    expect(first).toMatchObject({ status: 404, error: { code: 'not_found', details: 'view_id' } })
    expect(answers.map(({ error }) => error)).toEqual(answers.map(() => first?.error))
    expect((await readView(eve, theirs.id)).layout.widgets).toEqual([])
  })

  it('what is no uuid, and no JSON object', async () => {
    const noId = await ada.supabase.rpc('get_view', { view_id: canary })
    expect([noId.status, noId.error?.code]).toEqual([400, '22P02'])
    for (const layout of [null, 'layout', [], 1, true]) await expectRefusal(layout, '')
  })
})
