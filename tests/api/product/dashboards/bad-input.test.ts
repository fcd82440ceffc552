import { beforeEach, describe, expect, it } from 'vitest'
import type { StoredView } from '../../../../types/view.ts'
import { asJson, badInputSuite, canary, one } from '../../../support/dashboards/bad-input.ts'
import { layoutOf, widget } from '../../../support/dashboards/layouts.ts'
import { saveLayout } from '../../../support/dashboards/view-calls.ts'
import type { FrontEnd, Person } from '../../../support/http/front-end.ts'

// What nobody should send and somebody will: refused with a code and a path, nothing written, nothing repeated.

const { suite, expectNothingWritten, expectRefusal } = badInputSuite()
let app: FrontEnd
let ada: Person
let workspace_id: string
let view: StoredView

beforeEach(() => {
  ;({ app, ada, workspace_id, view } = suite())
})

/** Sends a body as it is, past the client's own spelling of JSON. */
async function send(call: string, body: string): Promise<{ status: number; text: string }> {
  const { data } = await ada.supabase.auth.getSession()
  const response = await fetch(`${app.gateway.url}/rest/v1/rpc/${call}`, {
    method: 'POST',
    headers: {
      apikey: app.gateway.publishableKey,
      authorization: `Bearer ${data.session?.access_token}`,
      'content-type': 'application/json',
    },
    body,
  })
  return { status: response.status, text: await response.text() }
}

/** A call of save_layout whose layout is this JSON. */
const saving = (layout: string) =>
  `{"view_id": "${view.id}", "expected_version": ${view.version}, "layout": ${layout}}`

describe('a layout that is too much', () => {
  it.each([
    {
      what: '5 MB in a configuration',
      layout: () => layoutOf(widget({ config: { title: canary.repeat(500_000) } })),
      path: 'widgets.0.config',
    },
    {
      what: '5 MB under a key of its own',
      layout: () => ({ ...layoutOf(one), [canary.repeat(500_000)]: 1 }),
      path: '',
    },
    {
      what: '10,000 widgets',
      layout: () => layoutOf(...Array.from({ length: 10_000 }, () => widget({ config: { title: canary } }))),
      path: 'widgets',
    },
    {
      what: 'a configuration 100 levels deep',
      layout: () => layoutOf(widget({ config: JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`) })),
      path: 'widgets.0.config',
    },
  ])('$what is refused', async ({ layout, path }) => {
    await expectRefusal(asJson(layout()), path)
  })

  it.each([
    { levels: 100, status: 400, code: 'invalid_input' },
    { levels: 100_000, status: 500, code: '54001' },
  ])('lists in lists, $levels levels deep, are refused', async ({ levels, status, code }) => {
    const answer = await send('save_layout', saving(`${'['.repeat(levels)}${']'.repeat(levels)}`))
    expect([answer.status, JSON.parse(answer.text)]).toEqual([status, expect.objectContaining({ code })])
    await expectNothingWritten(answer.text)
    expect((await saveLayout(ada, view, view.layout)).error).toBeNull()
  })

  it('JSON that ends in the middle is refused', async () => {
    const { status, text } = await send('save_layout', saving(`{"widgets": ["${canary}"`))
    expect(status).toBe(400)
    await expectNothingWritten(text)
  })
})

describe('a key that would change a prototype', () => {
  const valid = () => JSON.stringify(layoutOf(one, widget({ config: { limit: 5 } })))

  it.each([
    { place: '{"version"', path: '__proto__' },
    { place: '{"instanceId"', path: 'widgets.0.__proto__' },
    { place: '{"x"', path: 'widgets.0.position.__proto__' },
    { place: '{"limit"', path: 'widgets.0.config' },
  ])('is refused at $path', async ({ place, path }) => {
    const layout = valid().replace(place, `{"__proto__":{"${canary}":true},${place.slice(1)}`)
    const { status, text } = await send('save_layout', saving(layout))
    expect([status, JSON.parse(text)]).toEqual([
      400,
      expect.objectContaining({ code: 'invalid_input', details: path }),
    ])
    await expectNothingWritten(text)
  })

  it('is refused in a single row', async () => {
    const { error, status } = await ada.supabase
      .from('widgets')
      .update({ config: JSON.parse(`{"limit": 5, "__proto__": {"${canary}": true}}`) })
      .match({ workspace_id, view_id: view.id })
    expect([status, error?.code, error?.details]).toEqual([400, 'invalid_input', 'config'])
    await expectNothingWritten(JSON.stringify(error))
  })
})

describe('a value that does not fit', () => {
  it.each([
    { path: 'widgets.0.position.x', changes: { position: { x: 0.5, y: 0, width: 1, height: 1 } } },
    { path: 'widgets.0.position.width', changes: { position: { x: 11, y: 0, width: 2, height: 1 } } },
    { path: 'widgets.0.position.y', changes: { position: { x: 0, y: -1, width: 2, height: 1 } } },
    { path: 'widgets.0.instanceId', changes: { instanceId: canary } },
    { path: 'widgets.0.widgetId', changes: { widgetId: `<script>${canary}` } },
    { path: 'widgets.0.widgetId', changes: { widgetId: canary } },
    { path: 'widgets.0.config.limit', changes: { config: { limit: canary } } },
    { path: 'widgets.0.config.sortBy', changes: { config: { sortBy: `url(${canary})` } } },
    { path: 'widgets.0.config.extra', changes: { config: { extra: canary } } },
    { path: 'widgets.0.config', changes: { config: { [`<b>${canary}`]: 1 } } },
    { path: 'widgets.0.lastUpdated', changes: { lastUpdated: canary } },
    { path: 'widgets.0.lastUpdated', changes: { lastUpdated: '2026-02-30T00:00:00Z' } },
    { path: 'widgets.0.componentVersion', changes: { componentVersion: canary } },
    { path: 'widgets.0.componentVersion', changes: { componentVersion: '1.0.0' } },
  ])('is refused at $path: $changes', async ({ path, changes }) => {
    await expectRefusal(asJson({ ...layoutOf(), widgets: [{ ...one, ...changes }] }), path)
  })

  it('is refused in a single row, with the column', async () => {
    const update = (columns: {
      x?: number
      width?: number
      component_key?: string
      component_version?: string
    }) => ada.supabase.from('widgets').update(columns).match({ workspace_id, view_id: view.id })
    for (const [columns, field] of [
      [{ x: 11 }, 'width'],
      [{ x: -1 }, 'x'],
      [{ component_key: canary }, 'component_key'],
      [{ component_version: '1.0.0' }, 'component_version'],
    ] as const) {
      const { status, error } = await update(columns)
      expect([status, error?.code, error?.details]).toEqual([400, 'invalid_input', field])
      await expectNothingWritten(JSON.stringify(error))
    }
  })

  it('is refused where two widgets have one name, whatever its letters', async () => {
    const again = widget({ instanceId: one.instanceId.toUpperCase() })
    await expectRefusal(asJson(layoutOf(one, again)), 'widgets.1.instanceId')
  })
})

describe('a document', () => {
  it.each([
    { document: 'layout' },
    { document: 5 },
    { document: true },
    { document: [] },
    { document: null },
  ])('that is $document is no view', async ({ document }) => {
    const { status, error } = await ada.supabase.rpc('save_view', {
      view_id: view.id,
      document,
      expected_version: view.version,
    })
    expect([status, error?.code, error?.details]).toEqual([400, 'invalid_input', ''])
    await expectNothingWritten(JSON.stringify(error))
  })
})

describe('a name', () => {
  it.each(['<img src=x onerror=alert(1)>', `<script>${canary}</script>`, '</p', '<!-- x', '<\u200bb>x'])(
    'of %j is refused, and so is such a description',
    async (markup) => {
      for (const [field, texts] of [
        ['name', { name: markup }],
        ['description', { name: 'Sales', description: markup }],
      ] as const) {
        const { status, error } = await ada.supabase.rpc('save_view', {
          view_id: view.id,
          document: { ...texts, layout: asJson(view.layout) },
          expected_version: view.version,
        })
        expect([status, error?.code, error?.details]).toEqual([400, 'invalid_input', field])
        await expectNothingWritten(JSON.stringify(error))
      }
    },
  )

  it('may hold a "<" that begins no markup', async () => {
    const name = '1 < 2 <3>'
    const { data, error } = await ada.supabase.rpc('save_view', {
      view_id: view.id,
      document: { name: `  ${name}\u202e\n`, layout: asJson(view.layout) },
      expected_version: view.version,
    })
    expect(error).toBeNull()
    expect(data).toMatchObject({ name })
  })

  it.each(['', ' \u200b\u2060 ', `${canary}${'x'.repeat(50)}`])('of %j is refused', async (name) => {
    const saved = await ada.supabase.rpc('save_view', {
      view_id: view.id,
      document: { name, layout: asJson(view.layout) },
      expected_version: view.version,
    })
    const renamed = await ada.supabase
      .from('dashboard_views')
      .update({ name })
      .match({ workspace_id, id: view.id })
    const made = await ada.supabase.rpc('create_view', { workspace_id, name })
    for (const { status, error } of [saved, renamed, made]) {
      expect([status, error?.code, error?.details]).toEqual([400, 'invalid_input', 'name'])
      await expectNothingWritten(JSON.stringify(error))
    }
  })
})
