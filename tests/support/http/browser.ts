import { existsSync } from 'node:fs'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContext, chromium as driver, type Page } from 'playwright-core'

/** Windows of a real Chromium, each with cookies and storage of its own, as of different people. */
export interface Windows extends AsyncDisposable {
  open(url: string, size?: { width: number; height: number }): Promise<Page>
  /** What went wrong in a page, whichever it was. */
  errors: string[]
}

/** One Chromium for all suites of this process, which ends with it. */
let common: Promise<Browser> | undefined

/** The Chromium of CHROMIUM_PATH, else the one that comes as a package. */
async function startBrowser(): Promise<Browser> {
  const given = process.env.CHROMIUM_PATH
  const executablePath = given && existsSync(given) ? given : await chromium.executablePath()
  // The package turns off what keeps origins apart, which functions are to be held to, and has all in one process, where
  // there is room for one person.
  const isKept = (argument: string) => !/^--(disable-web-security|single-process|no-zygote)$/.test(argument)
  const args = chromium.args.filter(isKept)
  return driver.launch({ executablePath, args, headless: true })
}

export async function openWindows(): Promise<Windows> {
  common ??= startBrowser()
  const browser = await common
  const contexts: BrowserContext[] = []
  const errors: string[] = []
  return {
    errors,
    async open(url, viewport = { width: 1200, height: 800 }) {
      const context = await browser.newContext({ viewport })
      contexts.push(context)
      const page = await context.newPage()
      page.on('pageerror', ({ message }) => errors.push(message))
      await page.goto(url)
      return page
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(contexts.map((context) => context.close()))
    },
  }
}
