/** What of a schema the role may touch at all, and how the schema is described; read as that role. */
export interface SchemaAccess {
  description: string | null
  relations: readonly string[]
  /** Oids. */
  routines: readonly number[]
}

/** Answers one row with a `SchemaAccess` as JSON in `access`, of the schema named by the first parameter. */
export const schemaAccessStatement = `
  select json_build_object(
    'description', obj_description(n.oid, 'pg_namespace'),
    'relations', (
      select coalesce(json_agg(c.relname), '[]')
      from pg_catalog.pg_class c
      where c.relnamespace = n.oid and c.relkind in ('v', 'r', 'm', 'f', 'p') and not c.relispartition and (
        pg_has_role(c.relowner, 'usage')
        or has_table_privilege(c.oid, 'select, insert, update, delete')
        or has_any_column_privilege(c.oid, 'select, insert, update')
      )
    ),
    'routines', (
      select coalesce(json_agg(p.oid::bigint), '[]')
      from pg_catalog.pg_proc p
      where p.pronamespace = n.oid and p.prokind = 'f' and has_function_privilege(p.oid, 'execute')
    )
  ) as access
  from pg_catalog.pg_namespace n
  where n.nspname = $1
`
