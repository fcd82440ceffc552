import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { migrationFiles } from '../../local/migrations/index.ts'
import { difference, readSchema, runProgram } from '../../tools/schema/index.ts'
import { createDatabase, type TestDatabase } from '../support/stack/database.ts'
import { folderOf } from '../support/stack/folders.ts'

// The Supabase CLI on the databases of the embedded stack, as a person runs it.

const root = join(import.meta.dirname, '../..')

let migrated: TestDatabase
let bare: TestDatabase

beforeEach(async () => {
  ;[migrated, bare] = await Promise.all([createDatabase('migrated'), createDatabase('platform')])
})

afterEach(() => Promise.all([migrated.drop(), bare.drop()]))

const push = (database: TestDatabase) =>
  runProgram('supabase', ['db', 'push', '--yes', '--workdir', root, `--remote=${database.url('postgres')}`])

it('db push finds nothing to do after the stack has migrated', async () => {
  const { code, output, errors } = await push(migrated)
  expect(code, errors).toBe(0)
  expect(output + errors).toContain('up to date')
})

it('db push brings an untouched database to the same schema, without the seed', async () => {
  const { code, errors } = await push(bare)
  expect(code, errors).toBe(0)
  const [pushed, usual] = await Promise.all([
    readSchema(bare.url('postgres')),
    readSchema(migrated.url('postgres')),
  ])
  expect(difference(pushed, usual).transactions).toEqual([])
  const list = await runProgram('supabase', [
    'migration',
    'list',
    '--workdir',
    root,
    `--remote=${bare.url('postgres')}`,
  ])
  for (const { version } of migrationFiles(root)) expect(list.output).toContain(version)
})

/** What stands as SQL in the pages, by page. */
const samples = readdirSync(join(root, 'docs'))
  .filter((page) => page.endsWith('.md'))
  .flatMap((page) =>
    [...readFileSync(join(root, 'docs', page), 'utf8').matchAll(/```sql\n([\s\S]*?)```/g)].map(
      ([, sql = ''], place): [string, string] => [`${page} (${place + 1})`, sql],
    ),
  )

it('the pages have SQL to run', () => {
  expect(samples.length).toBeGreaterThan(5)
})

it.each(samples)('db query runs the SQL of docs/%s as pasted', async (_, sql) => {
  const url = migrated.url('postgres')
  // The one database that all tests share is not theirs to change.
  const text = sql.replace('on database postgres', `on database ${new URL(url).pathname.slice(1)}`)
  const file = join(folderOf({ 'sample.sql': text }), 'sample.sql')
  const { code, errors } = await runProgram('supabase', [
    ...['db', 'query', '--yes', '--workdir', root, `--remote=${url}`, '--file', file],
  ])
  expect(code, errors).toBe(0)
})
