import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readProject } from '../../local/config/index.ts'
import { rollUp } from '../support/database/analytics.ts'
import { type FunctionUnderTest, serveFunction } from '../support/functions/serve-function.ts'
import { openWindows, type Windows } from '../support/http/browser.ts'
import { startExamplePage } from '../support/http/example-page.ts'
import { type FrontEnd, startFrontEnd } from '../support/http/front-end.ts'
import { setPlan } from '../support/people/plan.ts'

// The example page in a real browser: its own use is told of, and analytics show what a plain count confirms.

const root = join(import.meta.dirname, '../..')
const workspace = 'WK-DEM000001'
let app: FrontEnd
let refresh: FunctionUnderTest
let windows: Windows
let example: Awaited<ReturnType<typeof startExamplePage>>

beforeAll(async () => {
  app = await startFrontEnd({ realtimeLimits: {} })
  for (const path of readProject(root).db.seed.sql_paths)
    await app.server.query(readFileSync(join(root, 'supabase', path), 'utf8'))
  await setPlan(app.server, 'premium', workspace)
  refresh = await serveFunction(app.gateway, join(root, 'functions/widget-refresh/index.ts'), {
    ALLOWED_ORIGINS: '*',
  })
  example = await startExamplePage(app.gateway)
  windows = await openWindows()
}, 90_000)
afterAll(async () => {
  await windows?.[Symbol.asyncDispose]()
  await example?.[Symbol.asyncDispose]()
  await refresh?.[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})

const one = async <T>(sql: string) => (await app.server.query(sql)).rows[0] as T

it('a page tells of its use, and analytics show what a plain count confirms', async () => {
  const page = await windows.open(example.url)
  // Its calls of the function come to our processes, past the gateway.
  await page.route('**/functions/v1/widget-refresh', async (route) => {
    const request = route.request()
    const answer = await refresh.request('/', {
      method: request.method(),
      headers: await request.allHeaders(),
      ...(request.method() === 'POST' && { body: request.postData() }),
    })
    await route.fulfill({
      status: answer.status,
      headers: { ...Object.fromEntries(answer.headers), 'access-control-allow-origin': '*' },
      body: await answer.text(),
    })
  })
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByLabel('Password').fill('analytical-engine')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('.widget').first().waitFor()
  const told = () =>
    one<{ kinds: string[] }>(
      'select array_agg(distinct kind order by kind) as kinds from private.analytics_events',
    )
  await expect.poll(async () => (await told()).kinds, { timeout: 20_000 }).toEqual(['timing', 'view_opened'])

  // What everybody in Demo did on the three days before.
  await app.server.query(`
    delete from private.analytics_events;
    insert into private.analytics_events (workspace_id, occurred_at, user_id, id, kind, name, view_id)
    select m.workspace_id, date_trunc('day', now(), 'UTC') - make_interval(days => d) + make_interval(mins => n), m.user_id,
      gen_random_uuid(), k.kind, k.name, case k.kind when 'view_opened' then '00000000-0000-4000-8000-0000000da5b0'::uuid end
    from public.workspace_members m, generate_series(1, 3) as d, generate_series(1, 4) as n,
      (values ('view_opened', null), ('feature_used', 'data_exported')) as k (kind, name)
    where m.workspace_id = '${workspace}'`)
  await rollUp(app.server, 4)
  const counted = await one<{ people: string; views: string; exports: string }>(`
    select count(distinct user_id) as people, count(*) filter (where kind = 'view_opened') as views,
      count(*) filter (where name = 'data_exported') as exports
    from private.analytics_events where workspace_id = '${workspace}' and occurred_at < date_trunc('day', now(), 'UTC')`)
  expect(counted).toEqual({ people: '3', views: '36', exports: '36' })

  await page.locator('summary', { hasText: 'Analytics' }).click()
  const numberOf = (name: string) =>
    page.locator('.analytics dl').first().locator(`dt:text-is("${name}") + dd strong`).textContent()
  await expect.poll(() => numberOf('Opened views')).toBe(counted.views)
  expect(await numberOf('Active people')).toBe(counted.people)
  const things = await page.locator('.things li').allTextContents()
  expect(things).toContain(`Overview${counted.views}`)
  expect(things).toContain(`data exported${counted.exports}`)
  expect(await page.getByLabel('Count my use').isChecked()).toBe(true)
  // A spreadsheet reads the names of a file with a byte order mark as they are.
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'views.csv' }).click(),
  ])
  expect(readFileSync(await file.path(), 'utf8')).toMatch(/^\uFEFFkey,name,value,previous\r\n/)
  // What changes elsewhere while it opens is read again, and does not bring back what was open.
  const asked: (string | undefined)[] = []
  const rereads = Promise.withResolvers<void>()
  await page.route('**/rpc/get_dashboard', async (route) => {
    asked.push(route.request().postDataJSON().view_id)
    if (asked.length === 1) await rereads.promise
    await route.continue()
  })
  await page.getByRole('button', { name: 'Open as a dashboard' }).click()
  await expect.poll(() => asked.length).toBe(1)
  await app.server.query(`update public.workspaces set name = 'Demo, renamed' where id = '${workspace}'`)
  await expect.poll(() => asked.length, { timeout: 20_000 }).toBeGreaterThan(1)
  rereads.resolve()
  await expect.poll(() => page.locator('.widget').count()).toBe(10)
  expect(new Set(asked).size).toBe(1)
  const shown = (title: string) =>
    page
      .locator('.widget', { has: page.locator(`h2:text-is("${title}")`) })
      .locator('.number')
      .textContent()
  await expect.poll(() => shown('Opened views'), { timeout: 20_000 }).toBe(counted.views)
  expect(await shown('Active people')).toBe(counted.people)
  const shots = process.env.EXAMPLE_SCREENSHOTS
  if (shots) await page.screenshot({ path: join(shots, 'analytics.png'), fullPage: true })

  await page.locator('summary', { hasText: 'Analytics' }).click()
  await page.getByLabel('Count my use').uncheck()
  await expect
    .poll(async () => (await one<{ n: string }>('select count(*) as n from private.analytics_choices')).n)
    .toBe('1')
}, 90_000)
