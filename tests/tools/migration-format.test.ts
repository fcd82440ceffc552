import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { expect, it } from 'vitest'
import { splitStatements } from '../../local/migrations/index.ts'
import { withClient } from '../../local/postgres/index.ts'
import { difference, formatSql, readSchema } from '../../tools/schema/index.ts'
import { createDatabase } from '../support/stack/database.ts'

const root = join(import.meta.dirname, '../..')
const migrations = globSync('supabase/migrations/*.sql', { cwd: root }).sort()

/** A migration's generated part, and the copies of the data files after it. */
function parts(file: string): { generated: string; copied: string } {
  const text = readFileSync(join(root, file), 'utf8')
  const start = text.search(/^-- Rows of /m)
  return start < 0
    ? { generated: text, copied: '' }
    : { generated: text.slice(0, start), copied: text.slice(start) }
}

let texts: { generated: string; text: string; copied: string }[] | undefined

/** Every migration with its generated part formatted once more. */
function formattedMigrations() {
  texts ??= migrations.map(parts).map((part) => ({ ...part, text: formatSql(part.generated) }))
  return texts
}

it('formatting changes nothing that Postgres sees', async () => {
  const statementsOf = (part: 'generated' | 'text') =>
    formattedMigrations().flatMap((each) => splitStatements(each[part]).map((statement) => statement.trim()))
  // The same statements need no database to be the same; those that look different are run.
  if (isDeepStrictEqual(statementsOf('text'), statementsOf('generated'))) return
  const [formatted, migrated] = await Promise.all([createDatabase('platform'), createDatabase('migrated')])
  try {
    await withClient(formatted.url('postgres'), async (client) => {
      for (const { text, copied } of formattedMigrations()) {
        await client.query(`begin; ${text} ${copied}; commit;`)
        await client.query('reset all')
      }
    })
    const [one, other] = await Promise.all([
      readSchema(formatted.url('postgres')),
      readSchema(migrated.url('postgres')),
    ])
    expect(difference(one, other).transactions).toEqual([])
    expect(difference(other, one).transactions).toEqual([])
  } finally {
    await Promise.all([formatted.drop(), migrated.drop()])
  }
}, 60_000)

it('no formatted line is wider than 120 characters', () => {
  const lines = formattedMigrations().flatMap(({ text }) => text.split('\n'))
  expect(lines.filter((line) => line.length > 120)).toEqual([])
})

it('leaves the bodies of functions as they are', () => {
  const body = "\nbegin\n  SELECT   1;  -- not 'ours'\n\n\n  return NEW;\nend;\n"
  const sql = `CREATE FUNCTION public.tg_x() RETURNS trigger LANGUAGE plpgsql AS $function$${body}$function$;`
  expect(formatSql(sql)).toContain(`$function$${body}$function$;`)
})

it.each(["'", "E'"])(
  'breaks a long comment that opens with %s after spaces, and keeps its text',
  async (quote) => {
    const text = `It''s a ${'long '.repeat(60)} ${quote === "E'" ? '\\n' : ''} comment`
    const formatted = formatSql(`COMMENT ON SCHEMA public IS ${quote}${text}';`)
    expect(formatted.split('\n').length).toBeGreaterThan(2)
    const database = await createDatabase('platform')
    try {
      await withClient(database.url('postgres'), async (client) => {
        const read = async (sql: string) => {
          await client.query(sql)
          return (await client.query("select obj_description('public'::regnamespace) as text")).rows
        }
        expect(await read(formatted)).toEqual(await read(`comment on schema public is ${quote}${text}'`))
      })
    } finally {
      await database.drop()
    }
  },
)

it('no line of a migration is wider than 120 characters', () => {
  const wide = migrations.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (line.length > 120 ? [`${file}:${index + 1}`] : [])),
  )
  expect(wide).toEqual([])
})
