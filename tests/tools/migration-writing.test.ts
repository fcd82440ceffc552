import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMigration, type WrittenMigration } from '../../tools/schema/index.ts'
import { createDatabase } from '../support/stack/database.ts'

const config = `project_id = "test"
[api]
[db]
major_version = 17
[experimental.pgdelta]
declarative_schema_path = "../sql"`

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'schema-'))
  mkdirSync(join(root, 'supabase'))
  writeFileSync(join(root, 'supabase/config.toml'), config)
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

const declare = (file: string, sql: string) => {
  const path = join(root, 'sql', file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, sql)
}
const read = (written: WrittenMigration | undefined) =>
  (written?.paths ?? []).map((path) => readFileSync(path, 'utf8')).join('\n')
const migrate = (name: string, now = new Date('2030-01-02T03:04:05Z')) =>
  createMigration({ root, name, now, createDatabase: () => createDatabase('platform') })
const written = () => readdirSync(join(root, 'supabase/migrations'))

const notes = 'create table public.notes (id int primary key);'

describe('writing a migration', () => {
  it('carries structure, then rows, and nothing a second time', async () => {
    declare('data/10_notes.sql', 'insert into public.notes values (1) on conflict do nothing;')
    declare('10_notes.sql', notes)
    const first = await migrate('add_notes')
    expect(first?.paths.map((path) => basename(path))).toEqual(['20300102030405_add_notes.sql'])
    expect(read(first)).toMatch(
      /create table "public"."notes"[\s\S]*-- Rows of sql\/data\/10_notes\.sql\ninsert/i,
    )
    expect(await migrate('again')).toBeUndefined()

    declare('data/10_notes.sql', 'insert into public.notes values (1), (2) on conflict do nothing;')
    const second = await migrate('one_more')
    expect(read(second)).toContain('values (1), (2)')
    expect(read(second)).not.toMatch(/create table/i)
    expect(written()).toEqual(['20300102030405_add_notes.sql', '20300102030406_one_more.sql'])
  })

  it("carries what belongs to the project on the platform's tables", async () => {
    declare(
      '10_platform.sql',
      `create function public.tg_hello() returns trigger language plpgsql as 'begin return null; end';
       create trigger hello after insert on auth.users for each row execute function public.tg_hello();
       create policy hello on storage.objects for select to authenticated using (true);
       create policy hello on realtime.messages for select to authenticated using (true);`,
    )
    expect(read(await migrate('hello'))).toMatch(
      /create trigger hello\s+after insert on auth\.users[\s\S]*on "realtime"\."messages"[\s\S]*on "storage"\."objects"/i,
    )
    expect(await migrate('again')).toBeUndefined()
  })

  it('leaves extensions, cron jobs and partitions to the data files', async () => {
    declare('10_days.sql', 'create table public.days (day date primary key) partition by range (day);')
    declare(
      'data/10_days.sql',
      `create table if not exists public.days_2030 partition of public.days
         for values from ('2030-01-01') to ('2031-01-01');
       create extension if not exists pg_cron with schema pg_catalog;
       select cron.schedule('tidy', '@daily', 'select 1');`,
    )
    const [structure = '', data = ''] = read(await migrate('add_days')).split(/^-- Rows of/m)
    expect(structure).toMatch(/create table "public"."days"/i)
    expect(structure).not.toMatch(/days_2030|pg_cron|cron\./)
    expect(data).toMatch(/days_2030[\s\S]*pg_cron[\s\S]*tidy/)
    expect(await migrate('again')).toBeUndefined()
  })

  it('names the statements that lose data', async () => {
    declare('10_notes.sql', notes)
    await migrate('add_notes')
    declare('10_notes.sql', '')
    expect((await migrate('drop_notes'))?.destructive).toEqual([expect.stringMatching(/drop table/i)])
  })

  it.each(['', 'Add notes', 'add-notes', '../escape', 'add__notes'])(
    'refuses the name "%s"',
    async (name) => {
      declare('10_notes.sql', notes)
      await expect(migrate(name)).rejects.toMatchObject({ name: 'StackError' })
    },
  )

  it('says file, line and reason where sql/ does not apply, and writes nothing', async () => {
    declare('10_notes.sql', `${notes}\n\ncreate index on public.notes (nothing);`)
    await expect(migrate('add_notes')).rejects.toThrow(
      /^sql\/10_notes\.sql, line 3: column "nothing" does not exist/,
    )
    expect(readdirSync(join(root, 'supabase'))).toEqual(['config.toml'])
  })

  it('takes a migration back that does not lead to sql/', async () => {
    declare('10_notes.sql', notes)
    // Not idempotent, and not about rows: after the structure has been carried over, it undoes itself.
    declare(
      'data/10_notes.sql',
      `do $$ begin
         if exists (select from pg_attribute where attrelid = 'public.notes'::regclass and attname = 'seen') then
           alter table public.notes drop column seen;
         else
           alter table public.notes add column seen boolean;
         end if;
       end $$;`,
    )
    await expect(migrate('add_notes')).rejects.toThrow(/^The migration would not lead to sql\/\./)
    expect(written()).toEqual([])
  })
})
