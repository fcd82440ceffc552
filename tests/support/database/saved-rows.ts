import pg from 'pg'

/**
 * Remembers the rows of every table of the project, and returns what brings them back, whatever has been committed
 * since: in milliseconds, past every trigger and reference. `client` is a session of `postgres` for this alone.
 */
export async function saveRows(client: pg.Client): Promise<() => Promise<void>> {
  const { rows: tables } = await client.query<{ schema: string; name: string; columns: string[] }>(`
    select n.nspname as schema, c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where n.nspname in ('public', 'private') and c.relkind in ('r', 'p') and not c.relispartition
    group by n.nspname, c.relname
    order by n.nspname, c.relname`)
  const statements = tables.map(({ schema, name, columns }) => {
    const [table, copy] = [schema, 'saved'].map(
      (place) => `${pg.escapeIdentifier(place)}.${pg.escapeIdentifier(name)}`,
    )
    const list = columns.map((column) => pg.escapeIdentifier(column)).join(', ')
    return {
      save: `create table ${copy} as select ${list} from ${table}`,
      // Only where something was written since: rows that are brought back again and again leave their dead behind.
      restore: `
        if exists (select from ${table} where xmin::text::bigint > v_since)
          or (select count(*) from ${table}) <> (select count(*) from ${copy})
        then
          delete from ${table};
          insert into ${table} (${list}) select ${list} from ${copy};
        end if;`,
    }
  })
  await client.query(`
    create schema saved;
    ${statements.map(({ save }) => save).join('; ')};
    create table saved.moments (since bigint);
    insert into saved.moments values (pg_current_xact_id()::text::bigint)`)
  // A procedure, whose statements are planned once: to set the role each time would throw every plan away.
  await client.query(`
    create procedure saved.restore() language plpgsql as $$
    declare
      v_since bigint := (select since from saved.moments);
    begin
      ${statements.map(({ restore }) => restore).join('')}
      update saved.moments set since = pg_current_xact_id()::text::bigint;
    end $$;
    set session_replication_role = replica`)
  return async () => {
    await client.query('call saved.restore()')
  }
}
