import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { eventSchemas } from '../../../types/events.ts'
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

it('every event stands in realtime.md and leads to a kind of joinLive, and every kind says what to read', () => {
  const source = readFileSync(join(root, 'types/live.ts'), 'utf8')
  const events = Object.keys(eventSchemas)
  const page = readFileSync(join(root, 'docs/realtime.md'), 'utf8')
  expect(events.filter((event) => !page.includes(`| \`${event}\` |`))).toEqual([])
  expect(events.filter((event) => !source.includes(`'${event}'`))).toEqual([])
  const [, stale = ''] = /export type Stale =([\s\S]*?)export interface/.exec(source) ?? []
  const kinds = [...stale.matchAll(/'(\w+)'/g)].map(([, kind]) => kind)
  expect(kinds).toHaveLength(12)
  expect(kinds.filter((kind) => !page.includes(`| \`${kind}\` |`))).toEqual([])
})

it('errors.md says what `details` of rate_limited may be', async () => {
  const sources = await query<{ source: string }>(
    `select p.prosrc as source from pg_proc p where p.pronamespace = 'private'::regnamespace`,
  )
  const inDatabase = sources.flatMap(({ source }) =>
    [...source.matchAll(/raise_error\('rate_limited',([\s\S]*?);/g)].flatMap(([, given = '']) =>
      [...given.matchAll(/'(\w+)'/g)].map(([, word]) => word),
    ),
  )
  const inFunctions = globSync('functions/**/*.ts', { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/name: '(\w+)', quota/g)].map(([, word]) => word),
  )
  expect(inDatabase).toContain('points')
  expect(inFunctions).toContain('questions')
  const row = readFileSync(join(root, 'docs/errors.md'), 'utf8')
    .split('\n')
    .find((line) => line.startsWith('| `rate_limited` |'))
  const missing = [...inDatabase, ...inFunctions].filter((word) => !row?.includes(`\`${word}\``))
  expect(missing).toEqual([])
})
