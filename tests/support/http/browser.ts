import { existsSync } from 'node:fs'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver, type Page } from 'playwright-core'

/** Windows of a real Chromium, each a browser of its own, as of different people. */
export interface Windows extends AsyncDisposable {
  open(url: string, size?: { width: number; height: number }): Promise<Page>
  /** What went wrong in a page, whichever it was. */
  errors: string[]
}

/** The Chromium of CHROMIUM_PATH, else the one that comes as a package. */
export async function openWindows(): Promise<Windows> {
  const given = process.env.CHROMIUM_PATH
  const executablePath = given && existsSync(given) ? given : await chromium.executablePath()
  // The package turns off what keeps origins apart, which functions are to be held to, and draws by a GPU in software.
  const unwanted =
    /^--(disable-web-security|use-gl|use-angle|enable-unsafe-swiftshader|ignore-gpu-blocklist)\b/
  const args = [...chromium.args.filter((argument) => !unwanted.test(argument)), '--disable-gpu']
  const browsers: Browser[] = []
  const errors: string[] = []
  return {
    errors,
    async open(url, viewport = { width: 1200, height: 800 }) {
      const browser = await driver.launch({ executablePath, args, headless: true })
      browsers.push(browser)
      const page = await (await browser.newContext({ viewport })).newPage()
      page.on('pageerror', ({ message }) => errors.push(message))
      await page.goto(url)
      return page
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(browsers.map((browser) => browser.close()))
    },
  }
}
