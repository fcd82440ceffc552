import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePorts } from '../../local/stack/index.ts'
import { billingSuite } from '../support/functions/billing-suite.ts'
import { openWindows, type Windows } from '../support/http/browser.ts'
import { startExamplePage } from '../support/http/example-page.ts'
import { password } from '../support/http/front-end.ts'

// The example page in a real browser: a newcomer buys premium, uses it, and cancels.

const [port = 0] = await freePorts(1)
const url = `http://127.0.0.1:${port}/`
const suite = billingSuite({ realtimeLimits: {} }, new URL(url).origin)
let windows: Windows
let example: Awaited<ReturnType<typeof startExamplePage>>

beforeAll(async () => {
  example = await startExamplePage(suite().app.gateway, port)
  windows = await openWindows()
}, 60_000)
afterAll(async () => {
  await windows?.[Symbol.asyncDispose]()
  await example?.[Symbol.asyncDispose]()
})

it('a newcomer buys premium, uses it, cancels, and sees what became read-only', async () => {
  const ada = await suite().buyer()
  const page = await windows.open(url)
  await page.getByLabel('E-mail').fill(ada.email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Support', { exact: true }).click()
  await page.getByText('Free plan', { exact: true }).click()
  // What opens closes what was open, so that nothing covers anything else.
  expect(await page.locator('.bell[open] > summary').allTextContents()).toEqual(['Free plan'])
  await expect.poll(() => page.locator('.limits li').first().textContent()).toMatch(/^AI agents\d of \d$/)

  await page.getByRole('button', { name: 'Make a role' }).click()
  await expect.poll(() => page.locator('.bell[open] [role="alert"]').textContent()).toMatch(/premium/i)

  await page.getByRole('button', { name: /^Buy for .*19\.00 a month$/ }).click()
  await page.getByText('This is a stand-in for Stripe.').waitFor()
  await page.getByRole('button', { name: 'Pay', exact: true }).click()
  await expect.poll(() => page.locator('.plan').textContent(), { timeout: 15_000 }).toBe('Premium')
  expect(new URL(page.url()).searchParams.get('checkout')).toBe('done')

  await page.getByRole('button', { name: 'Make a role' }).click()
  await expect.poll(() => page.locator('.own-roles').textContent()).toBe('Guests')
  expect(await page.locator('.invoices li').count()).toBe(1)

  await page.getByRole('button', { name: 'Manage or cancel' }).click()
  await page.getByRole('button', { name: 'Cancel now' }).click()
  await page.getByRole('link', { name: 'Back' }).click()
  await page.getByText('Free plan', { exact: true }).click({ timeout: 15_000 })
  await expect.poll(() => page.locator('.own-roles').textContent()).toBe('Guests (read-only)')
  const shots = process.env.EXAMPLE_SCREENSHOTS
  if (shots) await page.screenshot({ path: join(shots, 'billing.png'), fullPage: true })
  expect(windows.errors).toEqual([])
}, 120_000)
