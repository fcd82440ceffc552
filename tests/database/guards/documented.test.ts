import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { guardSuite } from '../../support/database/guard-suite.ts'

const { query } = guardSuite()
const root = join(import.meta.dirname, '../../..')

/** What the first column of a page's tables names in code. */
const namedIn = (page: string) =>
  readFileSync(join(root, 'docs', page), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([\w-]+)`/g)].map(([, name]) => name))

it('every job stands in operations.md, at its time if it has one', async () => {
  const jobs = await query<{ jobname: string; schedule: string }>('select jobname, schedule from cron.job')
  const named = namedIn('operations.md')
  expect(jobs.map(({ jobname }) => jobname).filter((name) => !named.includes(name))).toEqual([])
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8')
  for (const { jobname, schedule } of jobs) {
    const [minute = '', hour = ''] = schedule.split(' ')
    if (!/^\d+$/.test(hour)) continue
    expect(page).toContain(`| \`${jobname}\` | ${hour.padStart(2, '0')}:${minute.padStart(2, '0')} |`)
  }
})

it('every function stands in functions.md', () => {
  const functions = readdirSync(join(root, 'functions'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map(({ name }) => name)
  expect(functions.length).toBeGreaterThan(5)
  expect(functions.filter((name) => !namedIn('functions.md').includes(name))).toEqual([])
})
