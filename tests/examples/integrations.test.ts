import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePorts } from '../../local/stack/index.ts'
import type { ChatStandIn } from '../../tools/stand-ins/chat/index.ts'
import { startSlackStandIn } from '../../tools/stand-ins/slack/index.ts'
import { type FunctionUnderTest, serveFunction } from '../support/functions/serve-function.ts'
import { openWindows, type Windows } from '../support/http/browser.ts'
import { startExamplePage } from '../support/http/example-page.ts'
import { type FrontEnd, password, startFrontEnd } from '../support/http/front-end.ts'

// The example page in a real browser: an admin connects a channel of Slack, played by a stand-in, and tries it.

const root = join(import.meta.dirname, '../..')
let app: FrontEnd
let slack: ChatStandIn
let deliver: FunctionUnderTest
let windows: Windows
let example: Awaited<ReturnType<typeof startExamplePage>>

beforeAll(async () => {
  const [slackPort = 0] = await freePorts(1)
  app = await startFrontEnd({ realtimeLimits: {} })
  slack = await startSlackStandIn({ port: slackPort })
  deliver = await serveFunction(app.gateway, join(root, 'functions/integration-deliver/index.ts'), {
    SLACK_API_URL: slack.url,
  })
  example = await startExamplePage(app.gateway)
  windows = await openWindows()
}, 90_000)
afterAll(async () => {
  await windows?.[Symbol.asyncDispose]()
  await example?.[Symbol.asyncDispose]()
  await deliver?.[Symbol.asyncDispose]()
  await slack?.stop()
  await app[Symbol.asyncDispose]()
})

it('an admin connects a channel, sends a test, and sees that it arrived', async () => {
  const ada = await app.signUp('Ada')
  await app.createWorkspace(ada)
  const page = await windows.open(example.url)
  await page.getByLabel('E-mail').fill(ada.email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Integrations', { exact: true }).click()
  const panel = page.locator('.bell[open]')
  await panel.getByText('Webhooks (premium)').waitFor()

  await panel.getByPlaceholder('Name').fill('Our channel')
  await panel.getByLabel('Kind').selectOption('slack')
  await panel.getByPlaceholder(/hooks\.slack/).fill('https://hooks.slack.com/services/T0/B0/s3cret')
  await panel.getByRole('button', { name: 'Connect' }).click()
  await panel.getByText('Slack: Our channel').waitFor()
  expect(await panel.textContent()).not.toContain('s3cret')

  await panel.getByRole('button', { name: 'Send a test' }).click()
  await expect.poll(() => panel.locator('.deliveries').textContent()).toMatch(/integration\.test: waiting/)
  // As the clock of the database does.
  const answer = await deliver.request('/', { method: 'POST', headers: { apikey: app.gateway.secretKey } })
  expect(await answer.json()).toEqual({ delivered: 1, failed: 0, skipped: 0 })
  expect(slack.messages).toMatchObject([{ text: 'Studio: This is a test of the integration' }])
  await panel.getByRole('button', { name: 'Look again' }).click()
  await expect.poll(() => panel.locator('.deliveries').textContent()).toMatch(/delivered \(200\)/)

  const shots = process.env.EXAMPLE_SCREENSHOTS
  if (shots) await page.screenshot({ path: join(shots, 'integrations.png'), fullPage: true })
  await panel.getByRole('button', { name: 'Delete' }).click()
  await expect.poll(() => panel.locator('.destinations section').count()).toBe(0)
  expect(windows.errors).toEqual([])
}, 120_000)
