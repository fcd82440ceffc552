import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePorts } from '../../local/stack/index.ts'
import { billingSuite } from '../support/functions/billing-suite.ts'
import { openWindows, type Windows } from '../support/http/browser.ts'
import { documentedSteps, press } from '../support/http/documented-steps.ts'
import { startExamplePage } from '../support/http/example-page.ts'
import { password } from '../support/http/front-end.ts'

// The example page in a real browser: a newcomer follows docs/billing.md, word by word.

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

it('a newcomer does what the page says: buys premium, uses it, cancels, and sees what became read-only', async () => {
  const [signingIn, refusal, purchase, use, end, ...others] = documentedSteps(
    'billing.md',
    'Buying on your own machine',
  )
  expect(signingIn).toEqual([])
  expect(others).toEqual([])
  const ada = await suite().buyer()
  const page = await windows.open(url)
  await page.getByLabel('E-mail').fill(ada.email)
  await page.getByLabel('Password').fill(password)
  await press(page, 'Sign in', 'Support')

  const [open = '', ...more] = refusal ?? []
  await press(page, open)
  // What opens closes what was open, so that nothing covers anything else.
  expect(await page.locator('.bell[open] > summary').allTextContents()).toEqual(['Free plan'])
  await expect.poll(() => page.locator('.limits li').first().textContent()).toMatch(/^AI agents\d of \d$/)
  await press(page, ...more)
  await expect.poll(() => page.locator('.bell[open] [role="alert"]').textContent()).toMatch(/premium/i)

  const [buy = '', pay = ''] = purchase ?? []
  await press(page, buy)
  await page.getByText('This is a stand-in for Stripe.').waitFor()
  await press(page, pay)
  await expect.poll(() => page.locator('.plan').textContent(), { timeout: 15_000 }).toBe('Premium')
  expect(new URL(page.url()).searchParams.get('checkout')).toBe('done')

  await press(page, ...(use ?? []))
  await expect.poll(() => page.locator('.own-roles').textContent()).toBe('Guests')
  expect(await page.locator('.invoices li').count()).toBe(1)

  await press(page, ...(end ?? []))
  await expect.poll(() => page.locator('.plan').textContent()).toBe('Free')
  await expect.poll(() => page.locator('.own-roles').textContent()).toBe('Guests (read-only)')
  const shots = process.env.EXAMPLE_SCREENSHOTS
  if (shots) await page.screenshot({ path: join(shots, 'billing.png'), fullPage: true })
  expect(windows.errors).toEqual([])
}, 120_000)
