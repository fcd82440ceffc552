import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { build } from 'rolldown'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freePorts } from '../../local/stack/index.ts'
import type { TrackedEvent } from '../../types/track.ts'
import { openWindows, type Windows } from '../support/http/browser.ts'

// A page in a real Chromium tells of its use: it is not slower for it, whatever becomes of what it tells, and what it
// tells arrives though it is closed.

const directory = mkdtempSync(join(tmpdir(), 'tracking-'))
const servers: Server[] = []
let windows: Windows
let page: string
let project: string
/** What the project does with what it is told. */
let answers: 'at once' | 'late' | 'never' | 'with an error' = 'at once'
interface Told {
  workspace: string
  name: string | undefined
  events: TrackedEvent[]
}
let told: Told[] = []

async function serveOn(port: number, app: Hono): Promise<string> {
  const server = serve({ hostname: '127.0.0.1', port, fetch: app.fetch }) as Server
  await once(server, 'listening')
  servers.push(server)
  return `http://127.0.0.1:${port}`
}

beforeAll(async () => {
  await build({
    input: join(import.meta.dirname, '../support/tracking/page.js'),
    platform: 'browser',
    logLevel: 'warn',
    output: { dir: directory, entryFileNames: 'page.js', codeSplitting: false },
  })
  const [pagePort = 0, projectPort = 0] = await freePorts(2)
  page = await serveOn(
    pagePort,
    new Hono()
      .get('/', (c) => c.html('<!doctype html><body><script type="module" src="/page.js"></script></body>'))
      .get('/elsewhere', (c) => c.html('<!doctype html><p>Elsewhere</p>'))
      .get('/page.js', (c) =>
        c.body(readFileSync(join(directory, 'page.js'), 'utf8'), 200, { 'content-type': 'text/javascript' }),
      ),
  )
  project = await serveOn(
    projectPort,
    new Hono()
      .use(cors({ origin: page, maxAge: 600 }))
      .post('/rest/v1/rpc/ask', (c) => c.json({}))
      .post('/rest/v1/rpc/track', async (c) => {
        const body = await c.req.json<{ workspace_id: string; events: TrackedEvent[] }>()
        told.push({ workspace: body.workspace_id, name: c.req.header('authorization'), events: body.events })
        if (answers === 'never') await new Promise(() => undefined)
        if (answers === 'late') await new Promise((resolve) => setTimeout(resolve, 1_500))
        return c.json(
          answers === 'with an error' ? { message: 'no' } : {},
          answers === 'with an error' ? 500 : 200,
        )
      }),
  )
  windows = await openWindows()
}, 60_000)
afterAll(async () => {
  await windows?.[Symbol.asyncDispose]()
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
  rmSync(directory, { recursive: true, force: true })
})
beforeEach(() => {
  answers = 'at once'
  told = []
})

/** Each page tells of a workspace of its own: one that is closed still says its last. */
const addressOf = (isTold: boolean, every: number, workspace: string = crypto.randomUUID()) =>
  `${page}/?${new URLSearchParams({ project, workspace, told: String(isTold), every: String(every) })}`

/** How long a page took to answer clicks: the median, the 95th percentile, and its longest pause. */
async function clicked(isTold: boolean) {
  const workspace = crypto.randomUUID()
  const window = await windows.open(addressOf(isTold, 50, workspace))
  const { times, pause } = await window.evaluate<{ times: number[]; pause: number }>('clickThrough(40)')
  await window.close()
  const sorted = times.toSorted((a, b) => a - b)
  return {
    median: sorted[20] ?? Number.NaN,
    p95: sorted[38] ?? Number.NaN,
    pause,
    calls: told.filter((one) => one.workspace === workspace).length,
  }
}

it('a page that tells of its use answers as one beside it that tells nothing', async () => {
  for (const one of ['at once', 'late', 'never', 'with an error'] as const) {
    answers = one
    const [silent, telling] = await Promise.all([clicked(false), clicked(true)])
    expect(silent.calls, one).toBe(0)
    expect(telling.calls, one).toBeGreaterThan(0)
    // The machine may be busy; a page that waited for what it tells would take seconds, or never answer.
    expect(telling.median, one).toBeLessThan(2 * silent.median + 100)
    expect(telling.p95, one).toBeLessThan(2 * silent.p95 + 300)
    expect(telling.pause, one).toBeLessThan(2 * silent.pause + 200)
  }
  expect(windows.errors).toEqual([])
}, 120_000)

type Page = Awaited<ReturnType<Windows['open']>>

describe.each([
  ['left', (window: Page) => window.goto(`${page}/elsewhere`)],
  ['closed', (window: Page) => window.close({ runBeforeUnload: true })],
])('what waits when the page is %s', (_, leave) => {
  it.each([
    ['at once', 'at once'],
    ['though what was told before never got an answer', 'never'],
  ] as const)(
    'arrives %s',
    async (_, answer) => {
      answers = answer
      const workspace = crypto.randomUUID()
      const window = await windows.open(addressOf(true, 300, workspace))
      const calls = () => told.filter((one) => one.workspace === workspace)
      const ids = () => new Set(calls().flatMap(({ events }) => events.map(({ id }) => id))).size
      const click = async (times: number) => {
        await window.locator('button').dispatchEvent('click')
        await expect.poll(() => window.locator('button').textContent()).toBe(String(times))
      }
      await click(1)
      await expect.poll(ids).toBe(50)
      await click(2)
      await leave(window)
      // What got no answer may come again, under the same ids.
      await expect.poll(ids).toBe(100)
      expect(new Set(calls().map(({ name }) => name))).toEqual(new Set(['Bearer ada']))
    },
    60_000,
  )
})
