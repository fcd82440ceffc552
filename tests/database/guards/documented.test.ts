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

it('every permission stands in permissions.md, with what it allows, the roles that have it, and whether keys can', async () => {
  const permissions = await query<{ key: string; description: string; held_by: string[]; keys: boolean }>(
    'select key, description, held_by, for_api_keys as keys from public.permissions order by key',
  )
  expect(permissions.length).toBeGreaterThan(20)
  const rows = permissions.map(({ key, description, held_by, keys }) => {
    const roles = ['admin', ...held_by.toSorted()].join(', ')
    return `| \`${key}\` | ${description} | ${roles} | ${keys ? 'yes' : ''} |`
  })
  const page = readFileSync(join(root, 'docs/permissions.md'), 'utf8')
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows)
})

it('every tool of agents stands in agents.md', async () => {
  const tools = await query<{ key: string; description: string }>(
    'select key, description from public.ai_tools order by position',
  )
  expect(tools.length).toBeGreaterThan(3)
  const page = readFileSync(join(root, 'docs/agents.md'), 'utf8')
  expect(page).toContain(tools.map(({ key, description }) => `| \`${key}\` | ${description} |`).join('\n'))
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

/** The rows of the table of a page that begins with these cells, each cell as what it names in code. */
function tableOf(page: string, ...heads: string[]): string[][][] {
  const [, table = ''] = readFileSync(join(root, 'docs', page), 'utf8').split(`| ${heads.join(' | ')} |\n`)
  return (table.split(/\n(?!\|)/)[0] ?? '')
    .split('\n')
    .slice(1)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name)),
    )
}

it('what each type takes of a question about metrics stands in metrics.md', async () => {
  const [row] = await query<{ keys: Record<string, { alone?: string[]; breakdown?: string[] }> }>(
    'select private.metric_keys() as keys',
  )
  const rows = tableOf('metrics.md', 'type', 'without `breakdown`', 'with `breakdown`')
  expect(Object.fromEntries(rows.map(([[type = ''] = [], ...keys]) => [type, keys]))).toEqual(
    Object.fromEntries(
      Object.entries(row?.keys ?? {}).map(([type, { alone = [], breakdown = [] }]) => [
        type,
        [alone, breakdown],
      ]),
    ),
  )
  const types = await query<{ types: string[] }>('select private.metric_types() as types')
  expect(types).toEqual([{ types: Object.keys(row?.keys ?? {}).sort() }])
})

it('what types show of a workspace stands in data-sources.md, and of its use in analytics.md', async () => {
  const told = [
    ...tableOf('data-sources.md', '`about`', 'what', 'types')
      .filter(([named]) => !named?.includes('analytics'))
      .map(([named, , types = []]) => ({ query: { about: named?.[0] }, types })),
    ...tableOf('analytics.md', '`measure`', 'types').flatMap(([measures = [], types = []]) =>
      measures.map((measure) => ({ query: { about: 'analytics', measure }, types })),
    ),
  ]
  expect(told.length).toBeGreaterThan(10)
  const types = (await query<{ key: string }>('select key from public.component_types')).map(({ key }) => key)
  for (const one of told) {
    const shown = await query<{ type: string }>(
      `select t.type from unnest($1::text[]) as t (type)
       where private.workspace_query_problem(t.type, $2) is null`,
      [types, one.query],
    )
    expect(shown.map(({ type }) => type).sort(), JSON.stringify(one.query)).toEqual(one.types.toSorted())
  }
})
