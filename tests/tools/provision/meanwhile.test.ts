import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readFolder } from '../../../tools/provision/folder.ts'
import { makePlan } from '../../../tools/provision/plan/index.ts'
import { readWorkspace } from '../../../tools/provision/remote.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { themeColumns } from '../../support/dashboards/themes.ts'
import { createSharedView, readView, saveLayout } from '../../support/dashboards/view-calls.ts'
import { borrowFrontEnd, type FrontEnd, type Person } from '../../support/http/front-end.ts'
import { folderOf } from '../../support/stack/folders.ts'

// What somebody changes in the product between the comparison and the push is not overwritten.

let app: FrontEnd
let ada: Person
let workspace_id: string

beforeAll(async () => {
  app = await borrowFrontEnd()
  ada = await app.signUp('Ada')
})

afterAll(() => app[Symbol.asyncDispose]())

beforeEach(async () => {
  workspace_id = await app.createWorkspace(ada)
})

async function planOf(files: Record<string, unknown>) {
  const client = app.gateway.adminClient()
  return makePlan({
    client,
    folder: readFolder(folderOf(files)),
    remote: await readWorkspace(client, { id: workspace_id }),
    options: { deletes: false, managed: undefined, keepToken: () => {} },
  })
}

describe('a change that somebody makes meanwhile', () => {
  it('of a theme is a conflict', async () => {
    const theme = { workspace_id, ...themeColumns, visibility: 'workspace' }
    expect((await ada.supabase.from('themes').insert(theme)).error).toBeNull()
    const { steps } = await planOf({ 'themes/paper.json': { ...themeColumns, version: '2.0.0' } })
    await ada.supabase.from('themes').update({ version: '1.9.0' }).match({ workspace_id })
    await expect(steps[0]?.run()).rejects.toThrow(
      'themes/paper.json: The theme has changed since you read it. Run the command again.',
    )
    const { data } = await ada.supabase.from('themes').select('version').match({ workspace_id })
    expect(data).toEqual([{ version: '1.9.0' }])
  })

  it('of the same widget is a conflict, and stays', async () => {
    const before = widget()
    const view = await createSharedView(ada, workspace_id, [before])
    const { steps } = await planOf({
      'dashboards/shared.json': { name: 'Shared', layout: layoutOf({ ...before, config: { limit: 7 } }) },
    })
    await saveLayout(ada, view, layoutOf({ ...before, config: { limit: 9 } }))
    await expect(steps[0]?.run()).rejects.toThrow(
      'dashboards/shared.json: Somebody else has changed the same part of this view since you read it. Run the',
    )
    expect((await readView(ada, view.id)).layout.widgets).toMatchObject([{ config: { limit: 9 } }])
  })

  it('of another widget is kept beside what the folder says', async () => {
    const [first, second] = [widget(), widget({ position: { x: 3, y: 0, width: 3, height: 2 } })]
    const view = await createSharedView(ada, workspace_id, [first, second])
    const { steps } = await planOf({
      'dashboards/shared.json': {
        name: 'Shared',
        layout: layoutOf({ ...first, config: { limit: 7 } }, second),
      },
    })
    await saveLayout(ada, view, layoutOf(first, { ...second, config: { limit: 9 } }))
    await steps[0]?.run()
    expect((await readView(ada, view.id)).layout.widgets).toMatchObject([
      { config: { limit: 7 } },
      { config: { limit: 9 } },
    ])
  })

  it('that deletes it is told', async () => {
    const theme = { workspace_id, ...themeColumns, visibility: 'workspace' }
    await ada.supabase.from('themes').insert(theme)
    const { steps } = await planOf({ 'themes/paper.json': { ...themeColumns, version: '2.0.0' } })
    await ada.supabase.from('themes').delete().match({ workspace_id })
    await expect(steps[0]?.run()).rejects.toThrow('themes/paper.json: Somebody has deleted it meanwhile')
  })

  it('of the settings is a conflict', async () => {
    const { steps } = await planOf({ 'workspace.json': { id: workspace_id, settings: { app: { a: 1 } } } })
    await ada.supabase.rpc('update_workspace_settings', { workspace_id, patch: { app: { b: 2 } } })
    await expect(steps[0]?.run()).rejects.toThrow(
      'workspace.json: Somebody has changed or deleted it meanwhile',
    )
    const { data } = await ada.supabase.from('workspaces').select('settings').eq('id', workspace_id).single()
    expect(data).toEqual({ settings: { app: { b: 2 } } })
  })
})

describe('two pushes of one folder at the same time', () => {
  const files = {
    'themes/paper.json': themeColumns,
    'dashboards/shared.json': { name: 'Shared', layout: layoutOf(widget()) },
  }
  const thereNow = async () => {
    const server = app.gateway.adminClient()
    const [themes, views] = await Promise.all([
      server.from('themes').select('name').match({ workspace_id }),
      server.from('dashboard_views').select('name').match({ workspace_id }).is('deleted_at', null),
    ])
    return [...(themes.data ?? []), ...(views.data ?? [])].map(({ name }) => name)
  }

  const refusals = (outcomes: PromiseSettledResult<unknown>[]) =>
    outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []))
  const meanwhile = expect.stringContaining('Somebody else has made it meanwhile: run the command again.')

  it('make everything once, one after the other', async () => {
    const [first, second] = [await planOf(files), await planOf(files)]
    for (const [index, step] of first.steps.entries()) {
      await step.run()
      expect(refusals(await Promise.allSettled([second.steps[index]?.run()]))).toEqual([meanwhile])
    }
    expect(await thereNow()).toEqual([themeColumns.name, 'Shared'])
  })

  it('make nothing twice in one step, and the rest when they are run again', async () => {
    const [first, second] = [await planOf(files), await planOf(files)]
    for (const [index, step] of first.steps.entries()) {
      const refused = refusals(await Promise.allSettled([step.run(), second.steps[index]?.run()]))
      // Both may have seen the other.
      expect([[meanwhile], [meanwhile, meanwhile]]).toContainEqual(refused)
    }
    const made = await thereNow()
    expect(made).toEqual([...new Set(made)])
    const again = await planOf(files)
    for (const step of again.steps) await step.run()
    expect((await thereNow()).sort()).toEqual([themeColumns.name, 'Shared'].sort())
  })
})
