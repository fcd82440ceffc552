import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { storedViewSchema } from '../../../types/view.ts'
import { themeColumns } from '../../support/dashboards/themes.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'

// The table "Codes of the platform" of docs/errors.md, row by row: what a front end does wrong, and what it reads then.

const people = endpointSuite()

/** Codes that take a busy or slow platform, or a table with fewer checks, with the tests that have one. */
const provedElsewhere = new Map([
  ['23503', 'tests/api/data-api/errors.test.ts'],
  ['23514', 'tests/api/data-api/errors.test.ts'],
  ['57014', 'tests/api/data-api/timeouts.test.ts'],
  ['too_many_requests', 'tests/local/gateway/fairness.test.ts'],
  ['headers_too_large', 'tests/local/gateway/client-errors.test.ts'],
  ['request_timeout', 'tests/local/gateway/client-errors.test.ts'],
  ['bad_request', 'tests/local/gateway/client-errors.test.ts'],
  ['unexpected_failure', 'tests/local/gateway/fairness.test.ts'],
])

/** A request to the Data API as Ada makes it, for what supabase-js would not send. */
async function ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}) {
  const { app, ada } = people()
  const { data } = await ada.supabase.auth.getSession()
  const response = await fetch(`${app.gateway.url}/rest/v1/${path}`, {
    ...init,
    headers: {
      apikey: app.gateway.publishableKey,
      authorization: `Bearer ${data.session?.access_token}`,
      'content-type': 'application/json',
      ...init.headers,
    },
  })
  const body = await response.text()
  return { status: response.status, code: body && (JSON.parse(body) as { code?: string }).code }
}

const post = (path: string, body: string) => ask(path, { method: 'POST', body })
const insertTheme = (theme: object) =>
  post('themes', JSON.stringify({ workspace_id: people().workspace_id, ...theme }))

/** Waits until somebody waits for what a session has locked. */
async function untilWaitedFor(session: pg.Client) {
  const waiting = 'select from pg_stat_activity where pg_backend_pid() = any (pg_blocking_pids(pid))'
  do await session.query('select pg_stat_clear_snapshot()')
  while ((await session.query(waiting)).rowCount === 0)
}

const provoked: Record<string, () => Promise<{ status: number; code?: string }>> = {
  '42501': () => ask('workspaces?id=eq.WK-000000000', { method: 'PATCH', body: '{"plan_type":"premium"}' }),
  '23505': async () => {
    const { ada, mia, workspace_id } = people()
    const { data } = await ada.supabase.rpc('create_view', { workspace_id, name: 'One' })
    const { id } = storedViewSchema.parse(data)
    const share = JSON.stringify({ workspace_id, view_id: id, user_id: mia.id })
    await post('dashboard_view_shares', share)
    return post('dashboard_view_shares', share)
  },
  '22P02': () => ask('dashboard_views?id=eq.one'),
  '22003': () => ask(`widgets?x=eq.${2 ** 40}`),
  '22007': () => ask('audit_log?occurred_at=gt.yesterdayish'),
  '22008': () => ask('audit_log?occurred_at=gt.2026-02-31'),
  '22009': () => ask('audit_log?occurred_at=gt.2026-02-01T00:00:00%2B99:00'),
  '22023': () => ask('audit_log?occurred_at=gt.2026-02-01T00:00:00 Mars/Olympus'),
  '22P05': () =>
    post('rpc/patch_preferences', `{"workspace_id":"WK-000000000","patch":{"extras":{"a":"\\u0000"}}}`),
  '21000': () => ask('profiles', { method: 'PATCH', body: '{"bio":"One"}' }),
  '25006': () => ask('rpc/create_workspace?name=One'),
  '40P01': async () => {
    const { app, workspace_id } = people()
    const { version, colors, radius } = themeColumns
    for (const name of ['One', 'Two']) await insertTheme({ name, version, colors, radius })
    const touch = (name: string) =>
      app.server.query('update public.themes set version = version where workspace_id = $1 and name = $2', [
        workspace_id,
        name,
      ])
    await app.server.query('begin')
    await touch('Two')
    const both = ask(`themes?workspace_id=eq.${workspace_id}`, {
      method: 'PATCH',
      body: '{"version":"3.0.0"}',
    })
    // Postgres ends the one that has waited for a second, which is the first to wait.
    try {
      await untilWaitedFor(app.server)
      await touch('One')
    } finally {
      await app.server.query('rollback')
    }
    return both
  },
  '42703': () => ask('workspaces?planet=eq.1'),
  '42803': () => ask('widgets?select=id,dashboard_views(count,widgets(count))'),
  '54000': () => post('rpc/search', '{"workspace_id":"WK-000000000","query":"a","kinds":[[[[[[["a"]]]]]]]}'),
  '54001': () =>
    post(
      'rpc/import_theme',
      `{"workspace_id":"WK-000000000","document":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
    ),
  payload_too_large: () => post('rpc/create_workspace', JSON.stringify({ name: 'a'.repeat(11 * 2 ** 20) })),
  PGRST100: () => ask('workspaces?id=planet.1'),
  PGRST103: () => ask('workspaces', { headers: { range: '500-600', prefer: 'count=exact' } }),
  PGRST116: () => ask('workspaces?id=eq.none', { headers: { accept: 'application/vnd.pgrst.object+json' } }),
  PGRST200: () => ask('workspaces?select=planets(*)'),
  PGRST202: () => post('rpc/create_planet', '{}'),
  PGRST204: () => insertTheme({ planet: 1 }),
  PGRST205: () => ask('planets'),
  PGRST301: () => ask('workspaces', { headers: { authorization: 'Bearer one.two.three' } }),
}

const [, section = ''] =
  /^## Codes of the platform$([\s\S]*)/m.exec(
    readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8'),
  ) ?? []
const documented = [...section.matchAll(/^\| ([^|]*) \| (\d{3})/gm)].flatMap(([, codes = '', status]) =>
  [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']) => ({ code, status: Number(status) })),
)

describe('docs/errors.md, codes of the platform', () => {
  it('has a row for each code that is proved, and a proof for each row', () => {
    const proved = [...Object.keys(provoked), ...provedElsewhere.keys()]
    expect(documented.map(({ code }) => code).sort()).toEqual(proved.sort())
    for (const [code, file] of provedElsewhere)
      expect(readFileSync(join(import.meta.dirname, '../../..', file), 'utf8')).toContain(code)
  })

  it.each(documented.filter(({ code }) => provoked[code]))(
    '$code is what is answered, with $status',
    async (row) => {
      expect(await provoked[row.code]?.()).toEqual(row)
    },
  )
})
