import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePorts } from '../../local/stack/index.ts'
import { openaiVariables, startOpenaiStandIn } from '../../tools/stand-ins/openai/index.ts'
import { filledView } from '../support/dashboards/filled-view.ts'
import { type FunctionUnderTest, serveFunction } from '../support/functions/serve-function.ts'
import { openWindows, type Windows } from '../support/http/browser.ts'
import { documentedSteps, press } from '../support/http/documented-steps.ts'
import { startExamplePage } from '../support/http/example-page.ts'
import { type FrontEnd, type Person, password, startFrontEnd } from '../support/http/front-end.ts'

// The chat of the example page in a real browser, with the stand-in that `npm start -- --with openai` starts.

const root = join(import.meta.dirname, '../..')
const closing = new AsyncDisposableStack()
let app: FrontEnd
let chat: FunctionUnderTest
let windows: Windows
let url: string
let ada: Person
let mia: Person
let instanceId: string

beforeAll(async () => {
  app = closing.use(await startFrontEnd({ realtimeLimits: {} }))
  const [port = 0, providerPort = 0] = await freePorts(2)
  url = `http://127.0.0.1:${port}/`
  const provider = await startOpenaiStandIn({ port: providerPort })
  closing.defer(provider.stop)
  chat = closing.use(
    await serveFunction(app.gateway, join(root, 'functions/ai-chat/index.ts'), {
      ALLOWED_ORIGINS: url.slice(0, -1),
      ...openaiVariables({ port: providerPort }),
    }),
  )
  closing.use(await startExamplePage(app.gateway, port))
  ;[ada, mia] = await Promise.all([app.signUp('Ada'), app.signUp('Mia')])
  const workspace_id = await app.createWorkspace(ada, { member: mia })
  const view = await filledView(app, ada, workspace_id)
  instanceId = view.instanceId
  for (const { supabase } of [ada, mia])
    await supabase.rpc('activate_view', { workspace_id, view_id: view.viewId }).throwOnError()
  windows = closing.use(await openWindows())
}, 90_000)
afterAll(() => closing.disposeAsync())

/** A window of somebody, whose calls of the function come to its processes in turn. */
async function signedIn({ email }: Person): Promise<Page> {
  const page = await windows.open(url)
  let turn = 0
  await page.route('**/functions/v1/ai-chat**', (route) => {
    const [, rest = ''] = route.request().url().split('/functions/v1/ai-chat')
    return route.continue({ url: `${chat.urls[turn++ % chat.urls.length]}${rest}` })
  })
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('.widget').first().waitFor()
  return page
}

it('a question streams, is complete when the tab comes back, cites, proposes what the other tab then shows, and has its cost in the report', async () => {
  const [signingIn, asking, cited, accepted, cost, ...others] = documentedSteps(
    'agents.md',
    'On your own machine',
  )
  expect([signingIn, others]).toEqual([[], []])
  const [adas, mias] = [await signedIn(ada), await signedIn(mia)]
  const [open = ''] = asking ?? []
  await press(adas, open)
  await adas.getByLabel('Question').fill('How is revenue?')
  await press(adas, 'Ask')
  const answer = adas.locator('.messages li[data-role="assistant"]')
  await answer.getByText('Revenue on top').waitFor()
  // The tab is closed before the end, and opened again.
  await adas.reload()
  await adas.locator('.messages li[data-status="complete"]').waitFor({ state: 'attached' })
  if (!(await answer.isVisible())) await press(adas, open)
  await expect.poll(() => answer.textContent()).toContain('I propose to put it on top')
  await press(adas, ...(cited ?? []))
  await expect.poll(() => adas.locator('dialog .axis').textContent()).toContain('January')
  expect(await adas.locator('dialog pre').count()).toBe(0)
  await press(adas, 'Close')
  const [accept = ''] = accepted ?? []
  await press(adas, accept)
  await answer.getByText('Accepted.').waitFor()
  await expect
    .poll(() => mias.locator(`[data-instance-id="${instanceId}"]`).getAttribute('style'))
    .toContain('span 12')

  await press(adas, ...(cost ?? []))
  const { rows } = await app.server.query(
    'select count(*)::int as calls, sum(credits)::float as credits from private.ai_usage',
  )
  const [{ calls, credits }] = rows
  expect(credits).toBeGreaterThan(0)
  const told = await adas.locator('.cost li').allTextContents()
  expect(told).toEqual([
    expect.stringMatching(new RegExp(`^Layout optimizer: ([\\d.]+) credits, ${calls} calls$`)),
  ])
  expect(Number(/: ([\d.]+) /.exec(told[0] ?? '')?.[1])).toBeCloseTo(credits, 3)
  // Who does not manage what is paid sees their own.
  await press(mias, open, 'What you spent this month')
  expect(await mias.locator('.cost').textContent()).toContain('Together 0 credits')
  expect(windows.errors).toEqual([])
}, 90_000)
