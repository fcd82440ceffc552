import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { widget } from '../support/dashboards/layouts.ts'
import { createSharedView } from '../support/dashboards/view-calls.ts'
import type { Person } from '../support/http/front-end.ts'
import { askedOf, failOnce, headers, holdOnce, pageSuite } from '../support/http/page-suite.ts'

// Which view the example page shows, in a real browser: the one that was chosen last, whatever is slow or fails.

const suite = pageSuite()
const [first, second, third] = [widget(), widget(), widget()]
let ada: Person
let workspace_id: string
/** The ids of three views, of which the first is Ada's. */
let views: string[]

beforeAll(async () => {
  ada = await suite().app.signUp('Ada Lovelace')
  workspace_id = await suite().app.createWorkspace(ada)
  views = []
  for (const one of [first, second, third]) views.push((await createSharedView(ada, workspace_id, [one])).id)
})

async function openFirst(before?: (page: Page) => Promise<unknown>): Promise<Page> {
  await ada.supabase.rpc('activate_view', { workspace_id, view_id: views[0] ?? '' }).throwOnError()
  return suite().signedIn(ada, before)
}
const choose = (page: Page, index: number) =>
  page.getByLabel('View', { exact: true }).selectOption(views[index] ?? '')
const chosen = async (page: Page) =>
  views.indexOf(await page.getByLabel('View', { exact: true }).inputValue())
const card = (page: Page, { instanceId }: { instanceId: string }) =>
  page.locator(`[data-instance-id="${instanceId}"]`)

it('is what was chosen last, though what was chosen before is slower', async () => {
  const page = await openFirst()
  const release = await holdOnce(page, 'rpc/activate_view')
  const [activated, asked] = [askedOf(page, '/rpc/activate_view'), askedOf(page, '/rpc/get_dashboard')]
  await choose(page, 1)
  await expect.poll(() => activated.length).toBe(1)
  await choose(page, 2)
  await card(page, third).waitFor()
  const before = asked.length
  const slow = page.waitForResponse(/activate_view/)
  release()
  await (await slow).finished()
  // Time enough to be led back.
  await page.waitForTimeout(500)
  expect(asked.slice(before).map(({ view_id }) => view_id)).not.toContain(views[1])
  expect(await card(page, third).count()).toBe(1)
  expect(await chosen(page)).toBe(2)
  await suite().end(page)
}, 60_000)

it('is what is on screen where another is refused, and the page says so', async () => {
  const page = await openFirst()
  await failOnce(page, 'rpc/activate_view')
  await choose(page, 1)
  await page.getByRole('status').getByText('It cannot be reached.').waitFor()
  expect(await chosen(page)).toBe(0)
  expect(await card(page, first).count()).toBe(1)
  await choose(page, 1)
  await card(page, second).waitFor()
  await suite().end(page)
}, 60_000)

it('stays though a read fails, and is another one where it is gone', async () => {
  const fourth = widget()
  const { id: view_id } = await createSharedView(ada, workspace_id, [fourth])
  const page = await openFirst()
  await page.getByLabel('View', { exact: true }).selectOption(view_id)
  await card(page, fourth).waitFor()
  // In another window they go elsewhere: that is what this one would show if it forgot what was chosen here.
  await ada.supabase.rpc('activate_view', { workspace_id, view_id: views[0] ?? '' }).throwOnError()
  const asked = askedOf(page, '/rpc/get_dashboard')
  await failOnce(page, 'rpc/get_dashboard')
  const failing = page.waitForResponse((response) => response.status() === 503, { timeout: 20_000 })
  const rename = (name: string) =>
    suite().app.server.query('update public.workspaces set name = $2 where id = $1', [workspace_id, name])
  await rename('Fails')
  await failing
  const before = asked.length
  await rename('Is read')
  await expect.poll(() => asked.length, { timeout: 20_000 }).toBeGreaterThan(before)
  expect(new Set(asked.map((one) => one.view_id))).toEqual(new Set([view_id]))
  expect(await card(page, fourth).count()).toBe(1)

  await ada.supabase.rpc('delete_view', { view_id }).throwOnError()
  await card(page, first).waitFor({ timeout: 20_000 })
  expect(await chosen(page)).toBe(0)
  await suite().end(page)
}, 60_000)

it('is refreshed after another that is slow, for which nobody waits', async () => {
  const refreshed: unknown[] = []
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const page = await openFirst((opened) =>
    opened.route('**/functions/v1/widget-refresh', async (route) => {
      refreshed.push(route.request().postDataJSON().view_id)
      await ended
      await route.fulfill({ headers, json: {} })
    }),
  )
  await page.getByText('Ask an agent').waitFor()
  await expect.poll(() => refreshed).toEqual([views[0]])
  await choose(page, 2)
  await card(page, third).waitFor()
  end()
  await expect.poll(() => refreshed).toContain(views[2])
  await suite().end(page)
}, 60_000)
