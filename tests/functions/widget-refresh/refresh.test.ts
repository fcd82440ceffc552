import { beforeEach, describe, expect, it } from 'vitest'
import { storedDataSourceSchema } from '../../../types/data-source.ts'
import { widgetDataSchema } from '../../../types/widget-data.ts'
import { refreshedWidgetsSchema } from '../../../types/widget-refresh.ts'
import { insertComponent } from '../../support/dashboards/components.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { age } from '../../support/dashboards/widget-data.ts'
import { widgetRefreshSuite } from '../../support/functions/widget-refresh-suite.ts'
import type { Person } from '../../support/http/front-end.ts'

// The function widget-refresh, on the Deno of hosted Supabase in two processes, with a real source.

const suite = widgetRefreshSuite()
let view = ''
let isReady = false

/** A fresh view, in the one workspace. */
beforeEach(async () => {
  const { app, workspace, source } = suite()
  if (!isReady)
    await insertComponent(app.server, workspace, {
      id: 'panel',
      defaultConfig: {},
      configSchema: { type: 'object' },
    })
  isReady = true
  view = await insertView(app.server, { workspace_id: workspace })
  Object.assign(source.answer, { status: 200, body: { total: 42 }, delay: 0 })
  source.seen.length = 0
  // Of one person, who makes the calls of all these tests.
  await app.server.query('delete from private.rate_limit_buckets')
})

async function saveSource(document: object = {}) {
  const { ada, workspace, at } = suite()
  const { data, error } = await ada.supabase.rpc('save_data_source', {
    workspace_id: workspace,
    document: {
      kind: 'http_json',
      name: 'Shop',
      url: at('/sales'),
      headers: { Authorization: 'Bearer s3cret' },
      mapping: '{"value": total}',
      parameters: ['days'],
      allowedRoles: ['member'],
      ...document,
    },
  })
  if (error) throw error
  return storedDataSourceSchema.parse(data).id
}
const add = (config: object, component_key = 'panel') =>
  insertWidget(suite().app.server, { workspace_id: suite().workspace, view_id: view, component_key, config })
async function call(by: Person, body: object, path = '/') {
  const { refresh, token } = suite()
  const response = await refresh.post(body, await token(by), path)
  return { status: response.status, body: await response.json() }
}
async function shown(by: Person) {
  const { data, error } = await by.supabase.rpc('get_widget_data', { view_id: view }, { get: true })
  if (error) throw error
  return Object.values(widgetDataSchema.parse(data))
}

describe('a view', () => {
  it('is refreshed: metrics, a source, a document and the workspace itself', async () => {
    const { ada, source } = suite()
    const shop = await saveSource()
    const document = await saveSource({ kind: 'static', name: 'Text', data: { value: 7 }, ...without })
    await add({ source: shop, query: { parameters: { days: 30, other: 1 } } })
    await add({ source: document })
    await add({ source: 'workspace', query: { about: 'members' } })
    await add({}, 'revenue-chart')
    expect(await call(ada, { view_id: view })).toEqual({
      status: 200,
      body: { refreshed: 4, failed: 0, waiting: 0 },
    })
    const answers = await shown(ada)
    expect(answers.map(({ meta }) => meta)).toEqual(
      Array(4).fill(expect.objectContaining({ stale: false, error: null, fetchedAt: expect.any(String) })),
    )
    expect(answers.map(({ data }) => data?.value ?? 'chart')).toEqual(
      expect.arrayContaining([42, 7, 'chart']),
    )
    expect(source.seen).toMatchObject([
      { path: '/sales?days=30', headers: { authorization: 'Bearer s3cret', 'accept-encoding': 'identity' } },
    ])
    expect(await call(ada, { view_id: view })).toEqual({
      status: 200,
      body: { refreshed: 0, failed: 0, waiting: 0 },
    })
    expect(source.seen).toHaveLength(1)
  })

  it('is not theirs who do not see it, nor a source who may not read it', async () => {
    const { app, eve, source } = suite()
    const widget = await add({ source: await saveSource() })
    const mallory = await app.signUp('Mallory')
    expect(await call(mallory, { view_id: view })).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
    for (const body of [{ view_id: view }, { widget_ids: [widget], is_forced: true }])
      expect(await call(eve, body)).toEqual({ status: 200, body: { refreshed: 0, failed: 0, waiting: 0 } })
    expect(source.seen).toEqual([])
  })

  it('asks the source once, however many ask for it', async () => {
    const { ada, app, source, workspace, refresh, token } = suite()
    source.answer.delay = 300
    await add({ source: await saveSource() })
    const bob = await app.signUp('Bob')
    await app.server.query(
      "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
      [workspace, bob.id],
    )
    const tokens = [await token(ada), await token(bob)]
    const answers = await Promise.all(
      Array.from({ length: 80 }, (_, index) => refresh.post({ view_id: view }, tokens[index % 2])),
    )
    expect(answers.filter(({ ok }) => !ok).map(({ status }) => status)).toEqual([])
    const told = await Promise.all(
      answers.map(async (answer) => refreshedWidgetsSchema.parse(await answer.json())),
    )
    expect(told.reduce((sum, { refreshed }) => sum + refreshed, 0)).toBe(1)
    expect(source.seen).toHaveLength(1)
  })
})

describe('somebody who asks for much', () => {
  it('waits, and leaves the others of the workspace what they need', async () => {
    const { ada, app, workspace } = suite()
    await add({ source: await saveSource() })
    const bob = await app.signUp('Bob')
    await app.server.query(
      "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
      [workspace, bob.id],
    )
    await app.server.query(
      `insert into private.rate_limit_buckets (bucket, full_at)
       values ('widget-refresh:questions:' || $1::text, clock_timestamp() + interval '1 hour')`,
      [bob.id],
    )
    expect(await call(bob, { view_id: view })).toMatchObject({
      status: 429,
      body: { error: { code: 'rate_limited', details: 'questions' } },
    })
    expect(await call(ada, { view_id: view })).toMatchObject({ status: 200, body: { refreshed: 1 } })
  })
})

const without = { url: undefined, headers: undefined, mapping: undefined, parameters: undefined }

describe('a source that fails', () => {
  it('leaves what it said before, and waits', async () => {
    const { app, source, workspace } = suite()
    const cem = await app.signUp('Cem')
    await app.server.query(
      "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
      [workspace, cem.id],
    )
    await add({ source: await saveSource() })
    await call(cem, { view_id: view })
    await age(app.server, '20 minutes')
    source.answer.status = 500
    expect(await call(cem, { view_id: view })).toMatchObject({ body: { refreshed: 0, failed: 1 } })
    expect(await call(cem, { view_id: view, is_forced: true })).toMatchObject({
      body: { refreshed: 0, failed: 0 },
    })
    expect(source.seen).toHaveLength(2)
    expect(await shown(cem)).toMatchObject([
      {
        data: { value: 42 },
        meta: { stale: true, error: { message: 'The data source answered with the status 500.' } },
      },
    ])
  })
})

describe('what a source says and no database can hold', () => {
  it.each([
    ['the character that ends texts', '"a\\u0000"'],
    ['half a character', '{"a\\ud800": 1}'],
    ['what nests too deeply', `${'['.repeat(4_000)}${']'.repeat(4_000)}`],
  ])('%s fails that question alone', async (_, text) => {
    const { ada, app, source, workspace } = suite()
    await insertComponent(app.server, workspace, {
      id: 'open-panel',
      defaultConfig: {},
      configSchema: { type: 'object' },
      dataSchema: { type: 'object' },
    }).catch(() => undefined)
    await add({ source: await saveSource({ mapping: undefined }) }, 'open-panel')
    await add({ source: await saveSource({ kind: 'static', data: { value: 7 }, ...without }) })
    source.answer.body = { text: JSON.parse(text) }
    expect(await call(ada, { view_id: view })).toEqual({
      status: 200,
      body: { refreshed: 1, failed: 1, waiting: 0 },
    })
    expect((await shown(ada)).map(({ meta }) => meta.error?.code)).toContain('data_not_valid')
  })
})

describe('a question that cannot be answered', () => {
  it('fails alone, and is told with the words of the database to who sees the widget', async () => {
    const { ada } = suite()
    await add({ source: 'metrics', query: { metric: 'revenue', agregate: 'sum' } }, 'total-revenue')
    await add({ source: 'workspace', query: { about: 'weather' } }, 'total-revenue')
    await add({}, 'total-revenue')
    expect(await call(ada, { view_id: view })).toEqual({
      status: 200,
      body: { refreshed: 1, failed: 2, waiting: 0 },
    })
    expect((await shown(ada)).map(({ meta }) => meta.error)).toEqual(
      expect.arrayContaining([
        null,
        {
          code: 'invalid_input',
          message: 'There is no such key here.',
          details: 'query.agregate',
          hint: 'Leave it out, or check how it is spelled.',
        },
        {
          code: 'invalid_input',
          message: 'A workspace knows nothing of this.',
          details: 'query.about',
          hint: 'Give one of activity, analytics, members, usage.',
        },
      ]),
    )
  })
})

describe('the clock', () => {
  it('refreshes what is watched, with the secret key alone', async () => {
    const { app, ada, refresh, token } = suite()
    await add({ source: await saveSource() })
    await ada.supabase.rpc('watch_view', { view_id: view })
    const due = (headers: Record<string, string>) => refresh.request('/due', { method: 'POST', headers })
    expect((await due({ authorization: `Bearer ${await token(ada)}` })).status).toBe(401)
    const answer = await due({ apikey: app.gateway.secretKey })
    expect(await answer.json()).toMatchObject({ refreshed: expect.any(Number), failed: 0 })
    expect(await shown(ada)).toMatchObject([{ data: { value: 42 } }])
  })
})

describe('a preview', () => {
  it('is for who manages integrations, of a source as it is saved or would be, and saves nothing', async () => {
    const { ada, eve, workspace, source } = suite()
    const id = await saveSource()
    const body = { workspace_id: workspace, id, type: 'stats' }
    expect(await call(ada, body, '/preview')).toMatchObject({ status: 200, body: { data: { value: 42 } } })
    expect(source.seen[0]?.headers.authorization).toBe('Bearer s3cret')
    for (const attempt of [
      body,
      { ...body, id: undefined, document: { kind: 'static', name: 'x', data: {} } },
    ])
      expect(await call(eve, attempt, '/preview')).toMatchObject({
        status: 403,
        body: { error: { code: 'permission_denied', details: 'integrations.manage' } },
      })
    expect(await call(ada, { ...body, document: {} }, '/preview')).toMatchObject({ status: 400 })
  })

  it('says what is wrong with a mapping or a type before it asks the address', async () => {
    const { ada, workspace, source, at } = suite()
    const shop = { kind: 'http_json', name: 'x', url: at('/sales') }
    const answers = { kind: 'static', name: 'x', data: { value: 1 } }
    const fault = async (document: object, type = 'stats') => {
      const { status, body } = await call(ada, { workspace_id: workspace, document, type }, '/preview')
      return { status, ...(body as { error: object }).error }
    }
    const isWrong = (details: string) => ({ status: 400, code: 'invalid_input', details })
    expect(await fault({ ...shop, mapping: '{"value": total' })).toMatchObject({
      ...isWrong('mapping'),
      message: 'The mapping cannot be applied: JSONata says S0203 at 15.',
      hint: 'Expected "}" before end of expression. Correct the mapping.',
    })
    for (const mapping of ['$match(a, /x/)', '{"value": function($a){$a ~> /x/}(total)}', '$eval("1")'])
      expect(await fault({ ...shop, mapping }), mapping).toMatchObject(isWrong('mapping'))
    for (const document of [shop, answers])
      expect(await fault(document, 'pie')).toMatchObject({
        ...isWrong('type'),
        hint: expect.stringContaining('chart-pie'),
      })
    expect(source.seen).toEqual([])
  })

  it('says of a saved one that its mapping cannot be read, which is no fault of the call', async () => {
    const { ada, workspace, source } = suite()
    const id = await saveSource({ mapping: '$match(a, /x/)' })
    expect(await call(ada, { workspace_id: workspace, id, type: 'stats' }, '/preview')).toMatchObject({
      status: 422,
      body: { error: { code: 'data_not_valid', details: 'mapping' } },
    })
    expect(source.seen).toEqual([])
  })

  it('counts for nothing where the mapping cannot be read', async () => {
    const { ada, app, workspace, at } = suite()
    const counted = async () =>
      (await app.server.query(`select from private.rate_limit_buckets where bucket like '%:workspace:%'`))
        .rowCount
    const document = { kind: 'http_json', name: 'x', url: at('/sales'), mapping: '{"value": total' }
    const id = await saveSource({ mapping: '{"value": total' })
    const before = await counted()
    for (const chosen of [{ document }, { id }])
      await call(ada, { workspace_id: workspace, type: 'stats', ...chosen }, '/preview')
    expect(await counted()).toBe(before)
    await call(
      ada,
      { workspace_id: workspace, type: 'stats', document: { ...document, mapping: null } },
      '/preview',
    )
    expect(await counted()).toBeGreaterThan(before ?? 0)
  })

  it('and a refresh go to the ports that the operator lists at the time', async () => {
    const { ada, app, workspace, source } = suite()
    const id = await saveSource()
    await add({ source: id })
    const body = { workspace_id: workspace, id, type: 'stats' }
    const list = (ports: number[]) =>
      app.server.query('update private.operator_settings set request_ports = $1', [ports])
    await list([])
    try {
      expect(await call(ada, body, '/preview')).toMatchObject({
        status: 502,
        body: { error: { code: 'source_failed' } },
      })
      expect(await call(ada, { view_id: view })).toMatchObject({ body: { refreshed: 0, failed: 1 } })
      expect(source.seen).toEqual([])
    } finally {
      await list([source.port])
    }
    expect(await call(ada, body, '/preview')).toMatchObject({ status: 200, body: { data: { value: 42 } } })
  })

  it('takes a document as it was read, but for headers whose values are not there', async () => {
    const { ada, workspace, source } = suite()
    const preview = (document: unknown) =>
      call(ada, { workspace_id: workspace, document, type: 'stats' }, '/preview')
    const read = async (document: object) => {
      const id = await saveSource(document)
      const { data } = await ada.supabase.rpc('get_data_source', { workspace_id: workspace, id })
      return storedDataSourceSchema.parse(data)
    }
    const shop = await read({})
    expect(await preview(shop)).toMatchObject({ status: 200, body: { data: { value: 42 } } })
    expect(source.seen.map(({ headers }) => headers.authorization)).toEqual([undefined])
    expect(await preview({ ...shop, headers: ['X-Key'] })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_input', details: 'headers' } },
    })
    // What its contract refuses does not come to the database, whose path it says.
    const fault = (details: string, hint: RegExp) => ({
      status: 400,
      body: { error: { code: 'invalid_input', details, hint: expect.stringMatching(hint) } },
    })
    const headers = { 'X-Key': 'k' }
    for (const [document, details, hint] of [
      [{ ...shop, headers, url: 'http://shop.example.com' }, 'url', /^Give an https address/],
      [{ ...shop, headers: { Host: 'x' } }, 'headers.Host', /./],
      [{ ...shop, headers, colour: 'red' }, 'colour', /^Leave out colour/],
      [{ ...shop, data: {} }, 'data', /^Leave out data/],
      [{ ...shop, kind: 'ftp' }, 'kind', /^Give "http_json" or "static"/],
      [[shop], '', /./],
    ] as const)
      expect(await preview(document)).toMatchObject(fault(details, hint))
    expect(await preview({ ...shop, headers, mapping: null })).toMatchObject({ status: 422 })
    const without = { url: undefined, headers: undefined, mapping: undefined, parameters: undefined }
    const answers = await read({ ...without, kind: 'static', data: { value: 7 } })
    expect(await preview(answers)).toMatchObject({ status: 200, body: { data: { value: 7 } } })
  })
})
