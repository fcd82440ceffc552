import { expect, it } from 'vitest'
import { guardSuite } from '../../support/database/guard-suite.ts'

const { query } = guardSuite()

/** Every table of `public`, and of `private` what the log tells of, with the triggers that write it, one line each. */
const audited = `
  select concat_ws(' · ', c.oid::regclass::text,
    case
      when t.oid is null then 'no trigger'
      else concat_ws(', ',
        case when t.tgtype & 4 > 0 then 'insert' end,
        case when t.tgtype & 16 > 0 then 'update' end,
        case when t.tgtype & 8 > 0 then 'delete' end)
    end,
    'key ' || a.arguments[1],
    'withheld ' || nullif(a.arguments[2], ''),
    nullif(a.arguments[3], ''),
    substring(pg_get_triggerdef(t.oid) from 'WHEN \\((.*)\\) EXECUTE')) as line
  from pg_class c
  left join pg_trigger t on t.tgrelid = c.oid and t.tgenabled = 'O'
    and t.tgfoid in ('private.tg_audit()'::regprocedure, 'private.tg_audit_deleted()'::regprocedure)
  left join lateral (select string_to_array(encode(t.tgargs, 'escape'), '\\000') as arguments) as a on true
  where c.relkind in ('r', 'p') and not c.relispartition
    and (c.relnamespace = 'public'::regnamespace or (c.relnamespace = 'private'::regnamespace and t.oid is not null))
  order by c.oid::regclass::text collate "C", t.tgname`

// Run with -u to write them down anew, and read the difference.
it('the log is written for the tables, and withholds the columns, that stand in audited.txt', async () => {
  const lines = (await query<{ line: string }>(audited)).map(({ line }) => line)
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('audited.txt')
})
