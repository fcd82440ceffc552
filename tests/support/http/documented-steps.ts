import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'

/** What each step of a numbered list in a page of `docs` has in quotation marks: what a reader looks for and presses. */
export function documentedSteps(page: string, heading: string): string[][] {
  const text = readFileSync(join(import.meta.dirname, '../../../docs', page), 'utf8')
  const [, section = ''] = text.split(`\n## ${heading}\n`)
  const [list = ''] = section.split('\n## ')
  const steps = list.split(/^(?=\d+\. )/m).slice(1)
  // A step ends with its paragraph.
  return steps.map((step) =>
    [...(step.split('\n\n')[0] ?? '').matchAll(/"([^"]+)"/g)].map(([, label = '']) =>
      label.replace(/\s+/g, ' '),
    ),
  )
}

/** Presses what has these words, one after the other, as a reader does: once it is there. */
export async function press(page: Page, ...labels: string[]): Promise<void> {
  for (const label of labels)
    await page
      .locator('button:visible, summary:visible, a:visible')
      .filter({ hasText: new RegExp(`^${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`, 'i') })
      .last()
      .click({ timeout: 30_000 })
}
