import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import { widget } from '../support/dashboards/layouts.ts'
import { createSharedView } from '../support/dashboards/view-calls.ts'
import type { Person } from '../support/http/front-end.ts'
import { askedOf, failOnce, headers, pageSuite } from '../support/http/page-suite.ts'
import { insertListings } from '../support/people/marketplace.ts'

// What somebody writes on the example page, in a real browser: it stays theirs until it has arrived.

const suite = pageSuite()
let ada: Person
let workspace_id: string

beforeAll(async () => {
  ada = await suite().app.signUp('Ada Lovelace')
  workspace_id = await suite().app.createWorkspace(ada)
  const { id: view_id } = await createSharedView(ada, workspace_id, [widget()])
  await ada.supabase.rpc('activate_view', { workspace_id, view_id }).throwOnError()
  for (const subject of ['Slow', 'Empty']) {
    const asked = { workspace_id, subject, body: 'Why?', idempotency_key: crypto.randomUUID() }
    await ada.supabase.rpc('open_ticket', asked).throwOnError()
  }
})

async function atSupport(): Promise<Page> {
  const page = await suite().signedIn(ada)
  await page.getByText('Support', { exact: true }).click()
  await page.getByRole('button', { name: 'Slow' }).waitFor()
  return page
}
const press = (page: Page, name: string) => page.locator('.tickets').getByRole('button', { name }).click()
const choose = (page: Page, name: string) =>
  page.getByLabel('File').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(name) })
const problem = (page: Page) => page.locator('.tickets form [role="alert"]', { hasText: 'cannot be reached' })
const reply = (page: Page) => page.getByPlaceholder('Your reply')

it('a reply that was refused goes with the file that is chosen by then', async () => {
  const page = await atSupport()
  await press(page, 'Slow')
  await choose(page, 'first.txt')
  await failOnce(page, 'rpc/reply_to_ticket')
  await press(page, 'Send')
  await problem(page).waitFor()
  await choose(page, 'second.txt')
  await press(page, 'Send')
  await page.getByRole('button', { name: 'second.txt' }).waitFor()
  expect(await page.getByRole('button', { name: 'first.txt' }).count()).toBe(0)
  await suite().end(page)
}, 60_000)

it('a ticket whose file was refused is there, and the file goes with what is written then', async () => {
  const page = await atSupport()
  await page.getByPlaceholder('What is it about?').fill('Broken')
  await page.getByPlaceholder('What happened?').fill('It fell.')
  await choose(page, 'broken.txt')
  await failOnce(page, 'storage/v1/object/support/**')
  await press(page, 'Ask support')
  await problem(page).waitFor()
  await reply(page).fill('See here.')
  await press(page, 'Send')
  await page.getByRole('button', { name: 'broken.txt' }).waitFor()
  expect(await page.locator('.tickets .lines').allTextContents()).toEqual(['It fell.', 'See here.'])
  await press(page, 'All tickets')
  await expect.poll(() => page.getByRole('button', { name: 'Broken' }).count()).toBe(1)
  await suite().end(page)
}, 60_000)

it('a reply is kept while others are read, written and sent', async () => {
  const page = await atSupport()
  await page.getByPlaceholder('What is it about?').fill('Not asked yet')
  await press(page, 'Slow')
  await reply(page).fill('Not sent yet')
  await press(page, 'All tickets')
  await press(page, 'Empty')
  await expect.poll(() => reply(page).inputValue()).toBe('')
  await reply(page).fill('Sent')
  await press(page, 'Send')
  await page.locator('.tickets .lines', { hasText: 'Sent' }).waitFor()
  await expect.poll(() => reply(page).inputValue()).toBe('')
  await press(page, 'All tickets')
  await expect.poll(() => page.getByPlaceholder('What is it about?').inputValue()).toBe('Not asked yet')
  await press(page, 'Slow')
  await expect.poll(() => reply(page).inputValue()).toBe('Not sent yet')
  await suite().end(page)
}, 60_000)

it('a report goes on being written while another listing changes', async () => {
  const { server } = suite().app
  const [, other] = await insertListings(server, 2, { workspaceId: workspace_id })
  const page = await suite().signedIn(ada)
  await page.getByText('Marketplace', { exact: true }).click()
  const item = page.locator('.marketplace li', { hasText: 'published 1' })
  await item.getByText('Report', { exact: true }).click()
  const report = item.getByPlaceholder('What is wrong with it?')
  await report.fill('It shows')
  await server.query("update public.marketplace_listings set description = 'Changed.' where id = $1", [other])
  await server.query("update public.workspaces set name = 'Renamed' where id = $1", [workspace_id])
  await page.getByText('Changed.').waitFor({ timeout: 20_000 })
  await page.keyboard.type(' no tank.')
  expect(await report.inputValue()).toBe('It shows no tank.')
  await suite().end(page)
}, 60_000)

it('a question that was refused can be asked again, as the same; meanwhile no other conversation begins', async () => {
  const page = await suite().signedIn(ada)
  const asked = askedOf(page, '/ai-chat')
  let refuse = () => {}
  await page.route('**/functions/v1/ai-chat', async (route) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    refuse = resolve
    await promise
    const error = { code: 'not_configured', message: 'Nobody answers.', details: null, hint: null }
    await route.fulfill({ status: 503, headers, json: { error } })
  })
  await page.getByText('Ask an agent').click()
  const [question, begin] = [page.getByLabel('Question'), page.getByRole('button', { name: 'New' })]
  await question.fill('How is revenue?')
  for (const times of [1, 2]) {
    await question.press('Enter')
    await expect.poll(() => asked.length).toBe(times)
    expect(await begin.isDisabled()).toBe(true)
    refuse()
    await page.locator('.chat [role="alert"]', { hasText: 'Nobody answers.' }).waitFor()
    await expect.poll(() => question.inputValue()).toBe('How is revenue?')
    expect(await page.locator('.messages li').count()).toBe(0)
    expect(await begin.isEnabled()).toBe(true)
  }
  expect(new Set(asked.map(({ idempotency_key }) => idempotency_key)).size).toBe(1)
  await suite().end(page)
}, 60_000)
