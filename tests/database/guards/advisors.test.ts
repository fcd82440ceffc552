import { afterAll, beforeAll, expect, it } from 'vitest'
import { withClient } from '../../../local/postgres/index.ts'
import { runProgram } from '../../../tools/schema/index.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase('migrated')
})

afterAll(() => database.drop())

it('the advisors of Supabase find nothing, at any level', async () => {
  const unread = await useEveryIndex(database.url('postgres'))
  const { code, output, errors } = await runProgram('supabase', [
    'db',
    'advisors',
    `--remote=${database.url('postgres')}`,
    '--type=all',
    '--level=info',
    '--fail-on=none',
    '--output=json',
  ])
  expect(code, errors).toBe(0)
  // Nothing found is no output at all.
  const findings: { name: string; detail: string }[] = JSON.parse(output || '[]')
  const isOfUnread = ({ name, detail }: { name: string; detail: string }) =>
    name === 'unused_index' && unread.some((index) => detail.includes(`\`${index}\``))
  expect(
    findings.filter((finding) => !isOfUnread(finding)).map((finding) => `${finding.name}: ${finding.detail}`),
  ).toEqual([])
})

/**
 * The advisors report an index that was never read, which on a database made a moment ago is every index. Each is
 * read once here, so what remains are findings about the schema. An index of blocks, which pays on large tables alone,
 * is chosen on none that is empty: those are returned.
 */
async function useEveryIndex(databaseUrl: string): Promise<string[]> {
  return await withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ read: string }>(`
      select format('select from %s %s order by %s',
        i.indrelid::regclass,
        'where ' || pg_get_expr(i.indpred, i.indrelid),
        (select string_agg(pg_get_indexdef(i.indexrelid, k, true), ', ') from generate_series(1, i.indnkeyatts) as k)
      ) as read
      from pg_index i
      join pg_class c on c.oid = i.indexrelid
      join pg_namespace n on n.oid = c.relnamespace
      join pg_am a on a.oid = c.relam
      where n.nspname in ('public', 'private') and a.amname = 'btree'`)
    await client.query('set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off')
    for (const { read } of rows) await client.query(read)
    // The words of texts are looked for by one of them. In an empty table another one of the same rows looks as good:
    // the others are put aside for so long.
    const searched = await client.query<{ others: string | null; read: string }>(`
      select format('select from %s where %s%s @@ %L', i.indrelid::regclass,
        pg_get_expr(i.indpred, i.indrelid) || ' and ', pg_get_indexdef(i.indexrelid, 1, true), 'a') as read,
        (
          select 'drop index ' || string_agg(o.indexrelid::regclass::text, ', ')
          from pg_index o
          where o.indrelid = i.indrelid and o.indexrelid <> i.indexrelid and o.indpred is not null
            and not exists (select from pg_inherits h where h.inhrelid = o.indexrelid)
        ) as others
      from pg_index i
      join pg_class c on c.oid = i.indexrelid
      join pg_namespace n on n.oid = c.relnamespace
      join pg_am a on a.oid = c.relam
      where n.nspname in ('public', 'private') and a.amname = 'gin'`)
    await client.query('set enable_bitmapscan = on')
    for (const { read, others } of searched.rows) {
      await client.query(`begin; ${others ?? ''}`)
      await client.query(read)
      await client.query('rollback')
    }
    await client.query('select pg_stat_force_next_flush()')
    const ofBlocks = await client.query<{ name: string }>(`
      select c.relname as name from pg_class c join pg_am a on a.oid = c.relam where a.amname = 'brin'`)
    return ofBlocks.rows.map(({ name }) => name)
  })
}
