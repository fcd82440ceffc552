import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { reportPageSchema, reviewQueueSchema } from '../../types/marketplace.ts'
import { ticketListSchema } from '../../types/support.ts'
import { gauge } from '../support/dashboards/components.ts'
import { widget } from '../support/dashboards/layouts.ts'
import { createSharedView } from '../support/dashboards/view-calls.ts'
import { openWindows, type Windows } from '../support/http/browser.ts'
import { startExamplePage } from '../support/http/example-page.ts'
import { type FrontEnd, type Person, password, startFrontEnd } from '../support/http/front-end.ts'
import { setPlan } from '../support/people/plan.ts'

// The example page in a real browser: two people at one dashboard.

let app: FrontEnd
let windows: Windows
let example: Awaited<ReturnType<typeof startExamplePage>>
let ada: Person
let mia: Person
let workspaceId: string
const first = widget({ position: { x: 0, y: 0, width: 3, height: 2 } })
const second = widget({ position: { x: 6, y: 0, width: 3, height: 2 } })

beforeAll(async () => {
  app = await startFrontEnd({ realtimeLimits: {} })
  example = await startExamplePage(app.gateway)
  ;[ada, mia] = await Promise.all([app.signUp('Ada Lovelace'), app.signUp('Mia Hamm')])
  workspaceId = await app.createWorkspace(ada, { member: mia })
  const workspace_id = workspaceId
  const { id: view_id } = await createSharedView(mia, workspace_id, [first, second])
  for (const { supabase } of [ada, mia])
    await supabase.rpc('activate_view', { workspace_id, view_id }).throwOnError()
  windows = await openWindows()
}, 60_000)
afterAll(async () => {
  await windows?.[Symbol.asyncDispose]()
  await example?.[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})

async function signedIn(person: Person, size?: { width: number; height: number }): Promise<Page> {
  const page = await windows.open(example.url, size)
  await signIn(page, person)
  return page
}

async function signIn(page: Page, { email }: Person): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('.widget').first().waitFor()
}

const cardOf = (page: Page, { instanceId }: { instanceId: string }) =>
  page.locator(`[data-instance-id="${instanceId}"]`)

/** Takes a widget where it stands on the screen: at another moment the page may put another in its place. */
async function grab(page: Page, one: { instanceId: string }): Promise<{ x: number; y: number }> {
  const card = cardOf(page, one)
  const within = { x: 20, y: 20 }
  const box = await vi.waitUntil(async () => {
    await card.hover({ position: within })
    return card.boundingBox()
  })
  await page.mouse.down()
  return { x: box.x + within.x, y: box.y + within.y }
}

/** Where a widget lies: its column and row, from 1. */
const placeOf = async (page: Page, one: { instanceId: string }) =>
  (await cardOf(page, one).getAttribute('style'))
    ?.match(/(\d+) \/ (\d+)/)
    ?.slice(1)
    .map(Number)

it('what one person moves, the other sees; who is here is seen, and seen to leave', async () => {
  const [adas, mias] = await Promise.all([signedIn(ada), signedIn(mia)])
  const initials = (page: Page) => page.locator('.person').allTextContents()
  await expect.poll(() => initials(adas), { timeout: 20_000 }).toHaveLength(2)
  await expect.poll(async () => (await initials(mias)).sort()).toEqual(['AL', 'MH'])

  const { x, y } = await grab(mias, first)
  await mias.mouse.move(x, y + 4 * 96, { steps: 4 })
  await mias.mouse.up()
  await expect.poll(() => placeOf(adas, first), { timeout: 10_000 }).toEqual([5, 1])
  await expect.poll(() => placeOf(mias, first)).toEqual([5, 1])

  // The other widget by keyboard, from the other side: both changes stand.
  await cardOf(adas, second).press('ArrowRight')
  await expect.poll(() => placeOf(mias, second), { timeout: 10_000 }).toEqual([1, 8])
  await adas.keyboard.press('ArrowRight')
  await expect.poll(() => placeOf(mias, second), { timeout: 10_000 }).toEqual([1, 9])
  expect(await placeOf(adas, first)).toEqual([5, 1])

  await mias.close()
  await expect.poll(() => initials(adas), { timeout: 10_000 }).toEqual(['AL'])
  expect(windows.errors).toEqual([])
}, 60_000)

it('who is here is what was heard last, whichever name is read first', async () => {
  const page = await windows.open(example.url)
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const isName = (url: URL) => url.pathname.endsWith('/rpc/get_member')
  await page.route(
    isName,
    async (route) => {
      await released
      await route.continue()
    },
    { times: 1 },
  )
  const [late] = await Promise.all([
    page.waitForRequest((request) => isName(new URL(request.url()))),
    signIn(page, ada),
  ])
  const mias = await signedIn(mia)
  const initials = async () => (await page.locator('.person').allTextContents()).sort()
  await expect.poll(initials).toEqual(['AL', 'MH'])
  release()
  await (await late.response())?.finished()
  await page.waitForLoadState('networkidle')
  expect(await initials()).toEqual(['AL', 'MH'])
  await Promise.all([page.close(), mias.close()])
  expect(windows.errors).toEqual([])
}, 60_000)

it('who gets another role sees what it permits, and who is removed sees the workspace no more', async () => {
  const [pia, eve] = await Promise.all([app.signUp('Pia Novak'), app.signUp('Eve Polastri')])
  const workspace_id = await app.createWorkspace(pia, { viewer: eve })
  const page = await signedIn(eve)
  const plan = page.getByText('Free plan')
  expect(await plan.count()).toBe(0)
  const user_id = eve.id
  await pia.supabase.rpc('change_member', { workspace_id, user_id, role: 'admin' }).throwOnError()
  await plan.waitFor()
  await page.waitForLoadState('networkidle')
  await pia.supabase.rpc('remove_member', { workspace_id, user_id }).throwOnError()
  await page.getByText('You are in no workspace.').waitFor()
  expect(await page.getByText('Studio').count()).toBe(0)
  expect(windows.errors).toEqual([])
  await page.close()
}, 60_000)

it('on a phone the widgets stand below each other, and nothing is wider than the screen', async () => {
  const page = await signedIn(ada, { width: 390, height: 800 })
  await page.getByText('Notifications').click()
  await page.locator('.notifications li').first().waitFor()
  const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')
  expect(widths).toEqual([390, 390])
  const lefts = await page.evaluate(
    "Array.from(document.querySelectorAll('.widget'), (card) => card.getBoundingClientRect().left)",
  )
  expect(lefts).toHaveLength(2)
  expect(new Set(lefts as number[]).size).toBe(1)
}, 60_000)

it('what somebody is told is there at once, counted until it is read, and text whatever is in it', async () => {
  const page = await signedIn(ada)
  const bell = page.getByText('Notifications')
  const unread = page.locator('.bell .count')
  await bell.click()
  await expect.poll(() => page.locator('.notifications').textContent()).toBe('Nothing yet.')
  const name = 'Mia &lt; Hamm'
  await app.server.query('update public.profiles set name = $2 where id = $1', [mia.id, name])
  const { id: view_id } = await createSharedView(mia, workspaceId, [first])
  const share = { workspace_id: workspaceId, view_id, user_id: ada.id }
  await mia.supabase.from('dashboard_view_shares').insert(share).throwOnError()
  const said = page.locator('.notifications strong')
  await expect.poll(() => said.allTextContents()).toEqual([`${name} shared Shared with you`])
  expect(await unread.textContent()).toBe('1')
  await page.getByRole('button', { name: 'Mark as read', exact: true }).click()
  await expect.poll(() => unread.textContent()).toBe('')
  expect(await page.locator('[data-unread]').count()).toBe(0)
  await page.close()
}, 60_000)

it('what is asked of support is there at once, and its answer too, as text', async () => {
  const page = await signedIn(mia)
  await page.getByText('Support', { exact: true }).click()
  await page.getByPlaceholder('What is it about?').fill('The chart is empty')
  await page.getByPlaceholder('What happened?').fill('It was there yesterday.')
  await page
    .getByLabel('File')
    .setInputFiles({ name: 'chart.txt', mimeType: 'text/plain', buffer: Buffer.from('Empty') })
  await page.getByRole('button', { name: 'Ask support' }).dblclick()
  const said = page.locator('.tickets .lines')
  await expect
    .poll(() => said.allTextContents(), { timeout: 30_000 })
    .toEqual(['It was there yesterday.', ''])
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'chart.txt' }).click()
  expect((await downloading).suggestedFilename()).toBe('chart.txt')
  const listed = await mia.supabase.rpc('list_tickets', { workspace_id: workspaceId })
  const { tickets } = ticketListSchema.parse(listed.data)
  expect(tickets).toHaveLength(1)
  await page.getByPlaceholder('Your reply').fill('Not sent yet')
  const answer = {
    workspace_id: workspaceId,
    id: tickets[0]?.id ?? '',
    idempotency_key: crypto.randomUUID(),
  }
  await app.gateway
    .adminClient()
    .rpc('answer_ticket', { ...answer, body: 'Try & again' })
    .throwOnError()
  await expect.poll(() => said.allTextContents(), { timeout: 10_000 }).toContain('Try & again')
  // Whoever is typing goes on typing.
  await page.keyboard.type(', and more')
  expect(await page.getByPlaceholder('Your reply').inputValue()).toBe('Not sent yet, and more')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Open again' }).waitFor()
  expect(windows.errors).toEqual([])
  await page.close()
}, 60_000)

it('a component is offered, reviewed, installed elsewhere, upgraded with a preview and rolled back', async () => {
  const [pia, eve] = await Promise.all([app.signUp('Pia Novak'), app.signUp('Eve Polastri')])
  const [pias, eves] = await Promise.all([app.createWorkspace(pia), app.createWorkspace(eve)])
  for (const workspace of [pias, eves]) await setPlan(app.server, 'premium', workspace)
  const offer = async (version: string, configSchema = gauge.configSchema) => {
    const component = { ...gauge, id: 'dial', version, configSchema, defaultConfig: { unit: 'l' } }
    const document = JSON.parse(JSON.stringify(component))
    await pia.supabase.rpc('publish_component', { workspace_id: pias, document }).throwOnError()
    const page = await signedIn(pia)
    await page.getByText('Marketplace', { exact: true }).click()
    const form = page.locator('.marketplace form')
    await form.getByPlaceholder('Name of the listing').fill('Dial')
    await form.getByPlaceholder('Who you are, to others').fill('Pia’s studio')
    await form.getByPlaceholder('What it is for').fill('How full the tank is.')
    await form.getByRole('button', { name: 'Offer' }).click()
    await page.getByText(/in review/).waitFor()
    await page.close()
    const server = app.gateway.adminClient()
    const { data } = await server.rpc('list_listings_to_review').throwOnError()
    const [listing] = reviewQueueSchema.parse(data).listings
    await server
      .rpc('review_listing', {
        listing_id: listing?.id ?? '',
        decision: 'publish',
        submitted_at: listing?.submittedAt ?? '',
      })
      .throwOnError()
  }
  await offer('1.0.0')

  const dial = widget({ widgetId: 'dial', config: { unit: 'l', limit: 20 } })
  await createSharedView(eve, eves, [first])
  const page = await signedIn(eve)
  await page.getByText('Marketplace', { exact: true }).click()
  const market = page.locator('.marketplace')
  await market.getByRole('button', { name: 'Install' }).click()
  await market.getByText('Installed.', { exact: true }).waitFor()
  await createSharedView(eve, eves, [dial])

  // The next version knows no `limit`: what is configured so keeps its version, which is said before.
  const { limit: _, ...properties } = gauge.configSchema.properties ?? {}
  await offer('1.1.0', { ...gauge.configSchema, properties })
  await market.getByRole('button', { name: 'What would 1.1.0 change?' }).click({ timeout: 20_000 })
  await market
    .getByText('1 widgets in 1 views: 0 get another configuration, 1 keep their version. In Shared (1).')
    .waitFor()
  await market.getByRole('button', { name: 'Upgrade', exact: true }).click()
  await market.getByText('Pia’s studio · 1.1.0').waitFor()
  await market.getByRole('button', { name: 'Roll back' }).click()
  await market.getByText('Pia’s studio · 1.0.0').waitFor()
  await market.getByRole('button', { name: 'Remove' }).click()
  await market.getByText('It is used: Shared (1)').waitFor()

  // What is reported is taken down: it is offered no more, and the copy goes on with a notice.
  await market.getByText('Report', { exact: true }).click()
  await market.getByLabel('Reason').selectOption('misleading')
  await market.getByPlaceholder('What is wrong with it?').fill('It shows no tank.')
  await market.getByRole('button', { name: 'Send report' }).click()
  await market.getByText('Thank you, somebody looks at it.').waitFor()
  const server = app.gateway.adminClient()
  const { data } = await server.rpc('list_listing_reports').throwOnError()
  const [report] = reportPageSchema.parse(data).reports
  expect(report).toMatchObject({ name: 'Dial', reason: 'misleading', body: 'It shows no tank.' })
  const takedown = { listing_id: report?.listingId ?? '', reason: 'It shows no tank' }
  await server.rpc('take_down_listing', takedown).throwOnError()
  const notice = market.getByText('It was taken down: It shows no tank. This copy goes on working.')
  await notice.waitFor({ timeout: 20_000 })
  await market.getByText('Nothing is offered yet.').waitFor()
  await page.locator('.widget').first().waitFor()
  expect(windows.errors).toEqual([])
  await page.close()
}, 120_000)

it('a wrong password is said, and nothing else', async () => {
  const page = await windows.open(example.url)
  await page.getByLabel('E-mail').fill(ada.email)
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect.poll(() => page.getByRole('alert').textContent()).toBe('Invalid login credentials')
}, 30_000)
