import { beforeAll, beforeEach, expect, it } from 'vitest'
import type { Widget } from '../../types/layout.ts'
import { widget } from '../support/dashboards/layouts.ts'
import { createSharedView, readView, saveLayout, withWidget } from '../support/dashboards/view-calls.ts'
import type { Person } from '../support/http/front-end.ts'
import { askedOf, failOnce, holdOnce, pageSuite } from '../support/http/page-suite.ts'

// What somebody does on the example page, in a real browser: it is done once, and what ended leaves nothing.

const suite = pageSuite()
let one: Widget
let ada: Person
let workspace_id: string
let view_id: string

beforeAll(async () => {
  ada = await suite().app.signUp('Ada Lovelace')
  workspace_id = await suite().app.createWorkspace(ada)
})
beforeEach(async () => {
  one = widget({ position: { x: 0, y: 0, width: 3, height: 2 } })
  view_id = (await createSharedView(ada, workspace_id, [one])).id
  await ada.supabase.rpc('activate_view', { workspace_id, view_id }).throwOnError()
})

it('a question about a conflict goes with the page of whoever was asked', async () => {
  const page = await suite().signedIn(ada)
  const other = await page.context().newPage()
  await other.goto(page.url())
  const release = await holdOnce(page, 'rpc/save_layout')
  await page.locator('.widget').press('ArrowRight')
  await page.getByText('Saving …').waitFor()
  const view = await readView(ada, view_id)
  const position = { ...one.position, x: 6, y: 6 }
  await saveLayout(ada, view, withWidget(view, one.instanceId, { position })).throwOnError()
  release()
  await page.getByRole('dialog').waitFor()
  await other.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Password').waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
  await suite().end(page)
}, 60_000)

it('a double click connects once', async () => {
  const page = await suite().signedIn(ada)
  const saved = askedOf(page, '/rpc/save_destination')
  await page.getByText('Integrations', { exact: true }).click()
  const panel = page.locator('.bell[open]')
  await panel.getByLabel('Kind').selectOption('slack')
  await panel.getByPlaceholder('Name').fill('Our channel')
  await panel.getByPlaceholder(/hooks\.slack/).fill('https://hooks.slack.com/services/T0/B0/s3cret')
  await panel.getByRole('button', { name: 'Connect' }).dblclick()
  await panel.getByText('Slack: Our channel').waitFor()
  expect(saved).toHaveLength(1)
  expect(await panel.locator('.destinations section').count()).toBe(1)
  await suite().end(page)
}, 60_000)

it('a search that was left does not open', async () => {
  const page = await suite().signedIn(ada)
  await page.getByLabel('Search', { exact: true }).pressSequentially('shared')
  await page.getByLabel('View', { exact: true }).focus()
  await page.waitForTimeout(1_000)
  expect(await page.locator('.found').isHidden()).toBe(true)
  await suite().end(page)
}, 60_000)

it('a choice that was refused is shown as it is stored', async () => {
  const page = await suite().signedIn(ada)
  await page.locator('summary', { hasText: 'Analytics' }).click()
  const choice = page.getByLabel('Count my use')
  await expect.poll(() => choice.isChecked()).toBe(true)
  await failOnce(page, 'rpc/set_analytics_choice')
  await choice.click()
  await page.locator('.bell[open] [role="alert"]', { hasText: 'cannot be reached' }).waitFor()
  expect(await choice.isChecked()).toBe(true)
  await suite().end(page)
}, 60_000)
