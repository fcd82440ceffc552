import type pg from 'pg'
import { isSibling, sibling } from './siblings.ts'
import { tenantTables } from './tenant-tables.ts'
import { twin } from './twin.ts'

/** From here on, what is written is recorded, and nothing of a twin is written, nor of a sibling that is there. */
export async function watchWrites(client: pg.Client): Promise<void> {
  await client.query(`
    create table private.written (number bigint generated always as identity, what text, "row" jsonb);
    create function private.tg_record_written() returns trigger language plpgsql security definer as $$
    begin
      insert into private.written (what, "row")
      values (tg_op || ' ' || tg_relid::regclass, to_jsonb(case tg_op when 'DELETE' then old else new end));
      return null;
    end $$;
    create function private.tg_refuse_write() returns trigger language plpgsql security definer as $$
    begin
      raise exception 'What nobody asked about is written: % of %.', tg_op, tg_relid::regclass;
    end $$`)
  for (const table of await tenantTables(client)) {
    const { name, workspace } = table
    const old = isSibling({ ...table, key: table.key.map((column) => `old.${column}`) })
    await client.query(`
      create trigger zz_record after insert or update or delete on ${name}
        for each row execute function private.tg_record_written();
      create trigger zz_refuse_insert after insert on ${name}
        for each row when (new.${workspace} = '${twin}') execute function private.tg_refuse_write();
      create trigger zz_refuse after update or delete on ${name}
        for each row when (old.${workspace} = '${twin}' or ${old}) execute function private.tg_refuse_write()`)
  }
  await takeWritten(client)
}

/**
 * What was written since it was asked last, in any order, and the messages that were sent; but for what only tells
 * siblings of it.
 */
export async function takeWritten(client: pg.Client): Promise<unknown[]> {
  const { rows } = await client.query(
    `with taken as (delete from private.written returning what, "row"),
       sent as (delete from realtime.messages returning topic, event, payload - 'id' as payload)
     select what, "row" from taken union all select topic || ' ' || event, payload from sent`,
  )
  return rows.filter((row) => !JSON.stringify(row).includes(`${sibling}-`))
}
