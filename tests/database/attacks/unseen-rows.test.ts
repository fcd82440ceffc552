import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, person } from '../../support/database/act.ts'
import { bystanderId, matrixActors } from '../../support/database/policy-matrix.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { matrixCast } from '../matrix/cast.ts'

// A statement that reads no column is asked for no right to read: the policies of update and delete stand alone there,
// and must not let through what those of select would have hidden.

const story = policySuite(matrixCast)

/** Every table that people may delete from or update, with a column of its key and one that they may write. */
const written = `
  select c.relname as name,
    (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
     where i.indrelid = c.oid and i.indisprimary) as key,
    has_table_privilege('authenticated', c.oid, 'delete') as "isDeleted",
    (select a.attname from pg_attribute a
     where a.attrelid = c.oid and a.attnum > 0 and has_column_privilege('authenticated', c.oid, a.attnum, 'update')
     order by a.attnum limit 1) as column
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    and (has_table_privilege('authenticated', c.oid, 'delete')
      or has_any_column_privilege('authenticated', c.oid, 'update'))
  order by 1`

interface Written {
  name: string
  key: string
  isDeleted: boolean
  column: string | null
}

/** Notes the rows that come to a write, and lets none be written, so that nothing but policies decides. */
const recorder = `
  create table private.touched (row jsonb);
  create function private.tg_record() returns trigger language plpgsql security definer as $$
  begin
    insert into private.touched values (to_jsonb(old));
    return null;
  end $$`

async function touchedBy(client: pg.Client, actor: Actor, sql: string): Promise<unknown[]> {
  await client.query('truncate private.touched')
  await actAs(client, actor, sql)
  return (await client.query('select row from private.touched order by row::text')).rows
}

/** What comes to every write that reads nothing is what comes to one that reads a column. */
async function expectUnseenUntouched(client: pg.Client, actors: Record<string, Actor>): Promise<void> {
  const { rows: tables } = await client.query<Written>(written)
  expect(tables.length).toBeGreaterThan(8)
  await client.query(`set constraints all immediate; ${recorder}`)
  for (const { name, key, isDeleted, column } of tables) {
    await client.query(`alter table public.${name} disable trigger user;
      create trigger record before update or delete on public.${name}
        for each row execute function private.tg_record()`)
    const statements = [
      ...(isDeleted ? [`delete from public.${name}`] : []),
      ...(column ? [`update public.${name} set ${column} = null`] : []),
    ]
    for (const statement of statements)
      for (const [who, actor] of Object.entries(actors)) {
        if (actor.role !== 'authenticated') continue
        const blind = await touchedBy(client, actor, statement)
        const seeing = await touchedBy(client, actor, `${statement} where ${key} is not null`)
        expect(blind, `${statement} as ${who}`).toEqual(seeing)
      }
  }
}

describe('what is not seen is neither updated nor deleted by a statement without a condition', () => {
  it(
    'whoever runs it',
    story((client) => expectUnseenUntouched(client, matrixActors)),
  )

  // Who may change members or roles need not be able to read them.
  it.each(['dashboards.read', 'themes.read', 'components.read'])(
    'of somebody whose role permits everything but %s',
    (withheld) =>
      story(async (client) => {
        const { rows } = await client.query<{ key: string }>('select key from public.permissions')
        const others = rows.map(({ key }) => key).filter((key) => key !== withheld)
        await giveCustomRole(client, 'blind', others, [bystanderId])
        await expectUnseenUntouched(client, { bystander: person(bystanderId) })
      })(),
  )
})
