import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { openWindows, type Windows } from './browser.ts'
import { startExamplePage } from './example-page.ts'
import { type FrontEnd, type Person, password, startFrontEnd } from './front-end.ts'

/** The example page of a suite, in a real browser over the whole project. */
export interface PageSuite {
  app: FrontEnd
  /** A window in which somebody has signed in and sees their dashboard; `before` is done first. */
  signedIn(person: Person, before?: (page: Page) => Promise<unknown>): Promise<Page>
  /** Ends a window in which nothing went wrong. */
  end(page: Page): Promise<void>
}

export function pageSuite(): () => PageSuite {
  const closing = new AsyncDisposableStack()
  let suite: PageSuite
  beforeAll(async () => {
    const app = closing.use(await startFrontEnd({ realtimeLimits: {} }))
    const { url } = closing.use(await startExamplePage(app.gateway))
    const windows: Windows = closing.use(await openWindows())
    suite = {
      app,
      async signedIn({ email }, before) {
        const page = await windows.open(url)
        await before?.(page)
        await page.getByLabel('E-mail').fill(email)
        await page.getByLabel('Password').fill(password)
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.locator('.widget').first().waitFor()
        return page
      },
      async end(page) {
        expect(windows.errors).toEqual([])
        await page.close()
      },
    }
  }, 60_000)
  afterAll(() => closing.disposeAsync())
  return () => suite
}

/** What an answer to another origin is to have. */
export const headers = { 'access-control-allow-origin': '*' }

/** Has the next call of a path fail, as where a server is not reached. */
export async function failOnce(page: Page, path: string): Promise<void> {
  const json = { statusCode: '503', error: 'Unavailable', code: '503', message: 'It cannot be reached.' }
  await page.route(`**/${path}`, (route) => route.fulfill({ status: 503, headers, json }), { times: 1 })
}

/** Holds the next call of a path back until what this gives is called. */
export async function holdOnce(page: Page, path: string): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  await page.route(
    `**/${path}`,
    async (route) => {
      await promise
      await route.continue()
    },
    { times: 1 },
  )
  return resolve
}

/** The bodies of what a page asks of a path, from now on. */
export function askedOf(page: Page, path: string): Record<string, unknown>[] {
  const asked: Record<string, unknown>[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && new URL(request.url()).pathname.endsWith(path))
      asked.push(request.postDataJSON())
  })
  return asked
}
