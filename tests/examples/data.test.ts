import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readProject } from '../../local/config/index.ts'
import { type FunctionUnderTest, serveFunction } from '../support/functions/serve-function.ts'
import { openWindows, type Windows } from '../support/http/browser.ts'
import { startExamplePage } from '../support/http/example-page.ts'
import { type FrontEnd, startFrontEnd } from '../support/http/front-end.ts'

// The example page as a demo account sees it: numbers and charts, which refresh by themselves.

const root = join(import.meta.dirname, '../..')
let app: FrontEnd
let refresh: FunctionUnderTest
let windows: Windows
let example: Awaited<ReturnType<typeof startExamplePage>>

beforeAll(async () => {
  app = await startFrontEnd({ realtimeLimits: {} })
  for (const path of readProject(root).db.seed.sql_paths)
    await app.server.query(readFileSync(join(root, 'supabase', path), 'utf8'))
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

/** A window of somebody of Demo, whose calls of the function come to its processes, past the gateway. */
async function signedIn(email: string, size?: { width: number; height: number }): Promise<Page> {
  const page = await windows.open(example.url, size)
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
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill('analytical-engine')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('.widget').first().waitFor()
  return page
}

it('a dashboard is full of numbers and charts, on a desk and on a phone, and refreshes by itself', async () => {
  const desk = await signedIn('ada@example.com')
  await expect
    .poll(() => desk.locator('.content[data-fetched-at]:not([data-fetched-at=""])').count(), {
      timeout: 20_000,
    })
    .toBe(8)
  expect(await desk.getByText('No data yet.').count()).toBe(0)
  expect(await desk.locator('.number').first().textContent()).toMatch(/\d/)
  await desk.locator('svg.chart path').first().waitFor({ state: 'attached' })
  await expect.poll(() => desk.locator('svg.chart rect').count()).toBeGreaterThan(0)
  await expect.poll(() => desk.locator('table tbody tr').count()).toBeGreaterThan(0)
  // The scale ends above the highest value, and at zero below. What a message brings meanwhile is drawn again.
  await expect
    .poll(() => desk.locator('.scale').first().locator('span').allTextContents())
    .toEqual([expect.stringMatching(/^\$\d+K$/), expect.stringMatching(/^\$[\d.]+K$/), '0'])

  const phone = await signedIn('grace@example.com', { width: 390, height: 800 })
  await expect.poll(() => phone.locator('.content').count()).toBeGreaterThan(0)
  expect(await phone.evaluate('[document.documentElement.scrollWidth, innerWidth]')).toEqual([390, 390])
  const shots = process.env.EXAMPLE_SCREENSHOTS
  if (shots)
    for (const [name, page] of Object.entries({ desk, phone }))
      await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })

  // The clock's turn: what it brings is seen without anybody's doing.
  const before = await desk.locator('.content').first().getAttribute('data-fetched-at')
  await app.server.query(
    "update private.widget_data set fetched_at = fetched_at - interval '1 hour', fresh_until = now()",
  )
  const due = await refresh.request('/due', { method: 'POST', headers: { apikey: app.gateway.secretKey } })
  expect(await due.json()).toMatchObject({ failed: 0 })
  await expect
    .poll(() => desk.locator('.content').first().getAttribute('data-fetched-at'), { timeout: 15_000 })
    .not.toBe(before)
  expect(windows.errors).toEqual([])
}, 90_000)

it('a few letters find anything, and for a viewer nothing that they could not open', async () => {
  const workspace = 'WK-DEM000001'
  const jose = '00000000-0000-4000-8000-00000000105e'
  await app.server.query(
    `insert into auth.users (id, aud, role, email, raw_user_meta_data)
     values ($1, 'authenticated', 'authenticated', 'colleague@example.com', '{"name": "José Müller"}')`,
    [jose],
  )
  await app.server.query(
    "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
    [workspace, jose],
  )
  const [ada, alan] = await Promise.all([signedIn('ada@example.com'), signedIn('alan@example.com')])
  const foundBy = async (page: Page, query: string) => {
    await page.getByLabel('Search', { exact: true }).fill(query)
    await page.locator(`.found[data-query="${query}"]`).waitFor({ timeout: 20_000 })
    return page.locator('.found li').evaluateAll((items) => items.map(({ textContent }) => textContent))
  }
  expect(await foundBy(ada, 'revenu')).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^total-revenueWidget · Overview/),
      expect.stringMatching(/^revenue-chartWidget · Overview/),
    ]),
  )
  expect(await ada.locator('.found mark').first().textContent()).toBe('revenu')
  expect((await foundBy(ada, 'ovreview'))[0]).toMatch(/^OverviewView/)
  expect((await foundBy(ada, 'jose mull'))[0]).toBe('José MüllerPersonJosé Müller')

  expect(await foundBy(alan, 'revenu')).toEqual(['Nothing found.'])
  expect((await foundBy(alan, 'jose'))[0]).toMatch(/^José MüllerPerson/)
  expect((await foundBy(alan, 'ovreview'))[0]).toMatch(/^OverviewView/)
  await alan.locator('.found button').first().click()
  await expect.poll(() => alan.locator('.found').isHidden()).toBe(true)
  expect(windows.errors).toEqual([])
}, 60_000)
